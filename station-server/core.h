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
    bool entered; /* another event was let in for the same certificate and trip */
    struct tbc_utc earlier;
};

/* The answer to one presentation.
 *   asked  the gate's own refusal stands; else what the record says, ACCEPTED when nothing
 *          speaks against it
 *   told   what happened stays what happened; conflict when it let in a second time */
struct tbc_entry_reply
station_decide_entry(const struct tbc_entry *entry, const struct station_record *record,
                     struct tbc_utc now);

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
