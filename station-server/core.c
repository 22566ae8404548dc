#include "core.h"

#include <string.h>

#define FIRST_BLOCK 65536

enum station_issue
station_decide_issue(const struct tbc_policy *policy, struct tbc_utc expires,
                     uint64_t used, struct tbc_utc now)
{
    if (expires.s > now.s && expires.s - now.s > policy->renewal_s) {
        return STATION_ISSUE_AGAIN;
    }
    return used >= (uint64_t)policy->quota_month ? STATION_ISSUE_QUOTA
                                                 : STATION_ISSUE_NEW;
}

uint64_t
station_quota_left(const struct tbc_policy *policy, enum station_issue issue,
                   uint64_t used)
{
    const uint64_t quota = (uint64_t)policy->quota_month;
    const uint64_t after = used + (issue == STATION_ISSUE_NEW ? 1 : 0);

    return after >= quota ? 0 : quota - after;
}

struct tbc_utc
station_month_start(struct tbc_utc now)
{
    struct tbc_civil c = tbc_utc_civil(now, TBC_CIVIL_OFFSET_S);

    return tbc_day_start(tbc_days_from_civil(c.year, c.month, 1));
}

enum tbc_code
station_decide_face(const struct tbc_policy *policy, int64_t permille)
{
    if (permille >= policy->face_accept_permille) {
        return TBC_CODE_FINE;
    }
    return permille >= policy->face_retry_permille ? TBC_CODE_FACE_AGAIN
                                                   : TBC_CODE_FACE_REFUSED;
}

int64_t
station_permille(double cosine)
{
    if (!(cosine > 0.0)) {
        return 0;
    }
    return cosine >= 1.0 ? 1000 : (int64_t)(cosine * 1000.0 + 0.5);
}

uint64_t
station_tries_left(const struct tbc_policy *policy, uint64_t failures)
{
    const uint64_t tries = (uint64_t)policy->face_tries;

    return failures >= tries ? 0 : tries - failures;
}

bool
station_wants_guardian(const struct tbc_policy *policy, int age, bool consented)
{
    return age >= 0 && age < policy->guardian_under && !consented;
}

void
station_trip_window(struct tbc_utc now, struct tbc_utc *from, struct tbc_utc *to)
{
    *from = now;
    *to = tbc_day_start(tbc_utc_day(now) + 2);
}

static enum tbc_verdict
judge_coming(const struct station_record *record, const struct tbc_policy *policy,
             struct tbc_utc now)
{
    if (record->is_ours && now.s >= record->expires.s) {
        return TBC_EXPIRED;
    }
    if (record->is_ours && record->revoked) {
        return TBC_REVOKED;
    }
    return record->trip.inside || record->trip.rounds > (uint64_t)policy->reentries
               ? TBC_ALREADY_ENTERED
               : TBC_ACCEPTED;
}

struct tbc_entry_reply
station_decide_asked(const struct tbc_entry *entry, const struct station_record *record,
                     const struct tbc_policy *policy, struct tbc_utc now)
{
    struct tbc_entry_reply reply = { .verdict = entry->verdict };

    memcpy(reply.event, entry->event, sizeof reply.event);
    if (!tbc_verdict_opens((enum tbc_verdict)entry->verdict)) {
        return reply;
    }
    if (entry->act == TBC_ACT_EXIT) {
        reply.verdict = record->entered ? TBC_ACCEPTED : TBC_REFER_TO_OFFICER;
        return reply;
    }
    reply.verdict = judge_coming(record, policy, now);
    if (reply.verdict == TBC_ALREADY_ENTERED) {
        reply.earlier = record->trip.since;
    }
    return reply;
}

static bool
is_same_trip(const struct tbc_use *a, const struct tbc_use *b)
{
    return strcmp(a->train, b->train) == 0 && a->depart.s == b->depart.s;
}

/* With whom an entry is in conflict: the first that came for that trip. */
static struct tbc_utc
find_other(const struct tbc_use *own, const struct tbc_use *uses, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (&uses[i] != own && uses[i].disputed && is_same_trip(&uses[i], own)) {
            return uses[i].at;
        }
    }
    return (struct tbc_utc){ 0 };
}

struct tbc_entry_reply
station_decide_told(const struct tbc_entry *entry, const struct tbc_use *uses, size_t n)
{
    struct tbc_entry_reply reply = { .verdict = entry->verdict };

    memcpy(reply.event, entry->event, sizeof reply.event);
    for (size_t i = 0; i < n; i++) {
        if (uses[i].disputed &&
            memcmp(uses[i].event, entry->event, sizeof entry->event) == 0) {
            reply.conflict = true;
            reply.earlier = find_other(&uses[i], uses, n);
        }
    }
    return reply;
}

struct tbc_utc
station_time_asked(const struct tbc_entry *entry, const struct tbc_use *uses, size_t n,
                   const struct tbc_policy *policy)
{
    struct tbc_utc at = entry->at;

    for (size_t i = 0; i < n; i++) {
        /* who left without having come may seem to leave after this entry: not within the tolerance */
        const bool odd = uses[i].act == TBC_ACT_EXIT && uses[i].conflict;
        const int64_t after = uses[i].at.s + 1 + (odd ? policy->skew_s : 0);

        if (at.s < after && uses[i].act != TBC_ACT_ANNUL && !uses[i].annulled) {
            at.s = after;
        }
    }
    return at;
}

static bool
is_zero(const uint8_t *bytes, size_t len)
{
    while (len > 0 && bytes[len - 1] == 0) {
        len--;
    }
    return len == 0;
}

const char *
station_unsound(const struct tbc_entry *entry)
{
    const bool has_trip = entry->train[0] != '\0';

    if (entry->act >= TBC_ACT_N) {
        return "act";
    }
    if (entry->verdict >= TBC_VERDICT_N) {
        return "verdict";
    }
    if (has_trip != (entry->depart.s != 0) ||
        (has_trip && entry->act == TBC_ACT_EXIT)) {
        return "train";
    }
    if (is_zero(entry->of, sizeof entry->of) != (entry->act != TBC_ACT_ANNUL)) {
        return "of";
    }
    if (entry->act == TBC_ACT_ANNUL &&
        (!entry->told || !tbc_verdict_opens((enum tbc_verdict)entry->verdict))) {
        return entry->told ? "verdict" : "told";
    }
    return NULL;
}

struct station_block
station_index_block(uint64_t counter)
{
    struct station_block b = { .n = FIRST_BLOCK };

    if (counter >= STATION_INDEX_MOST) {
        return (struct station_block){ .first = STATION_INDEX_MOST };
    }
    while (counter >= b.first + b.n) {
        b.first += b.n;
        b.n = b.first;
    }
    return b;
}
