/* What the station decides.  Pure: no clock, no store, no socket; "now" and what is known are
 * parameters. */
#ifndef STATION_CORE_H
#define STATION_CORE_H

#include "codec/wire.h"

/* A holder's next certificate. */
enum station_issue {
    STATION_ISSUE_NEW,   /* a fresh one, which counts */
    STATION_ISSUE_AGAIN, /* the one they have is shown once more, nothing counts */
    STATION_ISSUE_QUOTA, /* the month's are used up */
};

/*   expires  of the newest unrevoked certificate, { 0 } when there is none
 *   used     certificates since station_month_start(now) */
enum station_issue
station_decide_issue(const struct tbc_policy *policy, struct tbc_utc expires,
                     uint64_t used, struct tbc_utc now);

/* What remains of the month's after this one. */
uint64_t station_quota_left(const struct tbc_policy *policy, enum station_issue issue,
                            uint64_t used);

/* When the calendar month of now began in the railway's civil time. */
struct tbc_utc station_month_start(struct tbc_utc now);

/* FINE, FACE_AGAIN or FACE_REFUSED.  permille: cosine x 1000. */
enum tbc_code station_decide_face(const struct tbc_policy *policy, int64_t permille);
/* A cosine as it stands in replies: x 1000, rounded, 0 when negative or no number. */
int64_t station_permille(double cosine);

uint64_t station_tries_left(const struct tbc_policy *policy, uint64_t failures);

/* age: whole years, -1 when the document does not say. */
bool station_wants_guardian(const struct tbc_policy *policy, int age, bool consented);

/* Trips a passenger is shown: those that depart from now to the end of tomorrow. */
void station_trip_window(struct tbc_utc now, struct tbc_utc *from, struct tbc_utc *to);

/* What the station knows about a presentation at a gate. */
struct station_record {
    bool is_ours; /* this station issued the certificate */
    bool revoked;
    struct tbc_utc expires;
    struct tbc_presence trip; /* of the person, for that trip, without this event */
    bool entered;             /* the person had come in at all, without this event */
};

/* The answer to one presentation that is asked about.  The gate's own refusal stands; else what the
 * record says, ACCEPTED when nothing speaks against it.  Out goes whoever had come in: what a
 * certificate is still worth does not matter then, and of whom nothing is known goes to an officer. */
struct tbc_entry_reply
station_decide_asked(const struct tbc_entry *entry, const struct station_record *record,
                     const struct tbc_policy *policy, struct tbc_utc now);

/* The answer to one that is told: what happened stays what happened; conflict when it is one of
 * two that are in with one certificate.
 *   uses    the person's, settled, with this event among them if it counts */
struct tbc_entry_reply station_decide_told(const struct tbc_entry *entry,
                                           const struct tbc_use *uses, size_t n);

/* When an event that the station is asked about takes place: at its own time, but after all that is
 * known of the person by then, so that the answer stays true whatever two gates' clocks say. */
struct tbc_utc
station_time_asked(const struct tbc_entry *entry, const struct tbc_use *uses, size_t n,
                   const struct tbc_policy *policy);

/* Whether an event can be, by its own fields; NULL, or the field that says not. */
const char *station_unsound(const struct tbc_entry *entry);

/* The block of status indices from which the counter's next one is drawn: the first is small, each
 * further one is as large as all before it.  n is 0 beyond STATION_INDEX_MOST. */
#define STATION_INDEX_MOST \
    (UINT64_C(1) << 26) /* what one status list can hold, 8 MiB */
struct station_block {
    uint64_t first;
    uint64_t n;
};
struct station_block station_index_block(uint64_t counter);

#endif
