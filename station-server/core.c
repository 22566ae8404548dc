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
judge_asked(enum tbc_verdict own, const struct station_record *record,
            struct tbc_utc now)
{
    if (!tbc_verdict_opens(own)) {
        return own;
    }
    if (record->is_ours && now.s >= record->expires.s) {
        return TBC_EXPIRED;
    }
    if (record->is_ours && record->revoked) {
        return TBC_REVOKED;
    }
    return record->entered ? TBC_ALREADY_ENTERED : TBC_ACCEPTED;
}

struct tbc_entry_reply
station_decide_entry(const struct tbc_entry *entry, const struct station_record *record,
                     struct tbc_utc now)
{
    const enum tbc_verdict own = (enum tbc_verdict)entry->verdict;
    struct tbc_entry_reply reply = { .verdict = entry->verdict };

    memcpy(reply.event, entry->event, sizeof reply.event);
    if (entry->told) {
        reply.conflict = record->entered && tbc_verdict_opens(own);
    } else {
        reply.verdict = judge_asked(own, record, now);
    }
    if (reply.conflict || reply.verdict == TBC_ALREADY_ENTERED) {
        reply.earlier = record->earlier;
    }
    return reply;
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
