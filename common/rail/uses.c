#include "rail/uses.h"

#include <stdlib.h>
#include <string.h>

const char *
tbc_act_word(uint64_t act)
{
    static const char *const words[TBC_ACT_N] = { "enter", "exit", "annul" };

    return act < TBC_ACT_N ? words[act] : "?";
}

static int
compare_time(struct tbc_utc a, struct tbc_utc b)
{
    return (a.s > b.s) - (a.s < b.s);
}

static int
by_event(const void *left, const void *right)
{
    const struct tbc_use *a = left;
    const struct tbc_use *b = right;
    int c = memcmp(a->event, b->event, sizeof a->event);

    return c != 0 ? c : compare_time(a->at, b->at);
}

static int
by_time(const void *left, const void *right)
{
    const struct tbc_use *a = left;
    const struct tbc_use *b = right;
    int c = compare_time(a->at, b->at);

    return c != 0 ? c : memcmp(a->event, b->event, sizeof a->event);
}

static void
forget_findings(struct tbc_use *use)
{
    use->annulled = false;
    use->conflict = false;
    use->disputed = false;
    use->inside = false;
    use->round = 0;
}

/* Each event once: sorted by event, then time. */
static size_t
drop_repeats(struct tbc_use *uses, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (kept == 0 ||
            memcmp(uses[i].event, uses[kept - 1].event, TBC_EVENT_LEN) != 0) {
            uses[kept] = uses[i];
            forget_findings(&uses[kept++]);
        }
    }
    return kept;
}

static void
annul(struct tbc_use *uses, size_t n, const uint8_t *event)
{
    for (size_t i = 0; i < n; i++) {
        if (uses[i].act != TBC_ACT_ANNUL &&
            memcmp(uses[i].event, event, TBC_EVENT_LEN) == 0) {
            uses[i].annulled = true;
        }
    }
}

static bool
counts(const struct tbc_use *use)
{
    return use->act != TBC_ACT_ANNUL && !use->annulled;
}

static bool
is_for(const struct tbc_use *use, const char *train, struct tbc_utc depart)
{
    return counts(use) && use->act == TBC_ACT_ENTER && strcmp(use->train, train) == 0 &&
           use->depart.s == depart.s;
}

/* Somebody comes; before[0..n) has happened. */
static void
come(struct tbc_use *use, struct tbc_use *before, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct tbc_use *b = &before[i];

        if (!is_for(b, use->train, use->depart)) {
            continue;
        }
        b->inside = b->inside && !use->fresh;
        use->conflict = use->conflict || b->inside;
        b->disputed = b->disputed || b->inside;
        if (b->round + 1 > use->round) {
            use->round = b->round + 1;
        }
    }
    use->disputed = use->conflict;
    use->inside = true;
    if (use->conflict) {
        use->round--; /* the round that is going on */
    }
}

static bool
is_first_inside(const struct tbc_use *uses, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (uses[k].inside && is_for(&uses[k], uses[i].train, uses[i].depart)) {
            return false;
        }
    }
    return uses[i].inside;
}

/* Somebody leaves: of those inside for a trip, the one who came first.  Where two went in with one
 * certificate, two have to come out. */
static void
leave(struct tbc_use *use, struct tbc_use *before, size_t n)
{
    use->conflict = true;
    for (size_t i = n;
         i-- > 0;) { /* from behind: who is first does not change meanwhile */
        if (is_first_inside(before, i)) {
            before[i].inside = false;
            use->conflict = false;
        }
    }
}

/* The next that counts; n when there is none. */
static size_t
next_of(const struct tbc_use *uses, size_t n, size_t i)
{
    for (i++; i < n && !counts(&uses[i]); i++) {
    }
    return i;
}

/* Who seems to leave just before they came has come first. */
static void
mend_order(struct tbc_use *uses, size_t n, size_t i, int64_t skew_s)
{
    size_t next = next_of(uses, n, i);

    if (uses[i].act == TBC_ACT_EXIT && next < n && uses[next].act == TBC_ACT_ENTER &&
        uses[next].at.s - uses[i].at.s <= skew_s && !tbc_uses_inside(uses, i)) {
        struct tbc_use moved = uses[i];

        uses[i] = uses[next];
        uses[next] = moved;
    }
}

size_t
tbc_uses_settle(struct tbc_use *uses, size_t n, int64_t skew_s)
{
    if (n == 0) {
        return 0;
    }
    qsort(uses, n, sizeof *uses, by_event);
    n = drop_repeats(uses, n);
    for (size_t i = 0; i < n; i++) {
        if (uses[i].act == TBC_ACT_ANNUL) {
            annul(uses, n, uses[i].of);
        }
    }
    qsort(uses, n, sizeof *uses, by_time);
    for (size_t i = 0; i < n; i++) {
        if (!counts(&uses[i])) {
            continue;
        }
        mend_order(uses, n, i, skew_s);
        if (uses[i].act == TBC_ACT_ENTER) {
            come(&uses[i], uses, i);
        } else {
            leave(&uses[i], uses, i);
        }
    }
    return n;
}

struct tbc_presence
tbc_uses_presence(const struct tbc_use *uses, size_t n, const char *train,
                  struct tbc_utc depart)
{
    struct tbc_presence p = { 0 };

    for (size_t i = 0; i < n; i++) {
        const struct tbc_use *u = &uses[i];

        if (!is_for(u, train, depart)) {
            continue;
        }
        if (u->round + (u->inside ? 0 : 1) > p.rounds) {
            p.rounds = u->round + (u->inside ? 0 : 1);
        }
        p.newest = u->at;
        p.since = p.inside ? p.since : u->at;
        p.inside = p.inside || u->inside;
    }
    return p;
}

bool
tbc_uses_entered(const struct tbc_use *uses, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (uses[i].act == TBC_ACT_ENTER && counts(&uses[i])) {
            return true;
        }
    }
    return false;
}

bool
tbc_uses_inside(const struct tbc_use *uses, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (uses[i].inside) {
            return true;
        }
    }
    return false;
}
