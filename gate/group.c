#include "group.h"

#include <string.h>

#define KEY_LEN 32

/* clang-format off */
const struct gate_rule gate_rules[] = {
    /* known  rival               answer               gives way */
    { true,   GATE_RIVAL_NONE,    TBC_CLAIM_ENTERED,   false },
    { true,   GATE_RIVAL_HELD,    TBC_CLAIM_ENTERED,   false },
    { true,   GATE_RIVAL_LOWER,   TBC_CLAIM_ENTERED,   false },
    { true,   GATE_RIVAL_HIGHER,  TBC_CLAIM_ENTERED,   false },
    { true,   GATE_RIVAL_FREE,    TBC_CLAIM_ENTERED,   false },
    { false,  GATE_RIVAL_NONE,    TBC_CLAIM_AGREED,    false },
    { false,  GATE_RIVAL_HELD,    TBC_CLAIM_CONTENDED, false }, /* the station may say yes */
    { false,  GATE_RIVAL_LOWER,   TBC_CLAIM_CONTENDED, false },
    { false,  GATE_RIVAL_HIGHER,  TBC_CLAIM_AGREED,    true },
    { false,  GATE_RIVAL_FREE,    TBC_CLAIM_CONTENDED, false },
};
/* clang-format on */

const size_t gate_rules_n = sizeof gate_rules / sizeof *gate_rules;

bool
gate_group_compete(const struct tbc_entry *a, const struct tbc_entry *b)
{
    static const uint8_t nobody[sizeof a->holder];
    const bool one_card = memcmp(a->cti, b->cti, sizeof a->cti) == 0;
    const bool one_person = memcmp(a->holder, nobody, sizeof nobody) != 0 &&
                            memcmp(a->holder, b->holder, sizeof a->holder) == 0;

    return (one_card || one_person) && strcmp(a->train, b->train) == 0 &&
           a->depart.s == b->depart.s;
}

static bool
same_event(const struct tbc_entry *a, const struct tbc_entry *b)
{
    return memcmp(a->event, b->event, sizeof a->event) == 0;
}

static bool
same_journal(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, TBC_WIRE_ID_LEN) == 0;
}

static bool
is_live(const struct gate_peer *p, struct tbc_mono now)
{
    return p->used && p->was_heard && now.ms - p->heard.ms < GATE_LIVE_MS;
}

/* A row of the list; NULL when the key is not in it. */
static const struct tbc_peer_row *
row_of(const struct tbc_peers *list, const uint8_t *key)
{
    for (size_t i = 0; i < list->rows_n; i++) {
        if (memcmp(list->rows[i].key, key, KEY_LEN) == 0) {
            return &list->rows[i];
        }
    }
    return NULL;
}

static size_t
slot_of(const struct gate_group *group, const uint8_t *key)
{
    size_t i = 0;

    while (i < GATE_GROUP_MAX && (!group->peers[i].used ||
                                  memcmp(group->peers[i].row.key, key, KEY_LEN) != 0)) {
        i++;
    }
    return i;
}

static void
add(struct gate_group *group, const struct tbc_peer_row *row)
{
    for (size_t i = 0; i < GATE_GROUP_MAX; i++) {
        struct gate_peer *p = &group->peers[i];

        if (!p->used) {
            memset(p, 0, sizeof *p);
            p->used = true;
            p->row = *row;
            return;
        }
    }
}

/* Times of claims are numbers: milliseconds, so that a restart goes on above what was before. */
static uint64_t
number_of(struct tbc_utc utc)
{
    return utc.s > 0 ? (uint64_t)utc.s * 1000 : 0;
}

void
gate_group_init(struct gate_group *group, const uint8_t journal[static TBC_WIRE_ID_LEN],
                uint64_t newest, struct tbc_utc utc)
{
    memset(group, 0, sizeof *group);
    memcpy(group->journal, journal, sizeof group->journal);
    group->newest = newest;
    group->claim.number = number_of(utc);
    group->decided = group->claim.number;
}

/* The list is never longer than there are slots: it stands for this gate too. */
void
gate_group_enrol(struct gate_group *group, const struct tbc_peers *list,
                 const uint8_t own[static 32])
{
    for (size_t i = 0; i < GATE_GROUP_MAX; i++) {
        struct gate_peer *p = &group->peers[i];
        const struct tbc_peer_row *row = p->used ? row_of(list, p->row.key) : NULL;

        if (row != NULL) {
            p->row = *row;
        } else if (p->used) {
            memset(p, 0, sizeof *p);
        }
    }
    for (size_t i = 0; i < list->rows_n; i++) {
        if (memcmp(list->rows[i].key, own, KEY_LEN) != 0 &&
            slot_of(group, list->rows[i].key) == GATE_GROUP_MAX) {
            add(group, &list->rows[i]);
        }
    }
}

void
gate_group_wrote(struct gate_group *group, uint64_t newest)
{
    group->newest = newest > group->newest ? newest : group->newest;
}

size_t
gate_group_live(const struct gate_group *group, struct tbc_mono now)
{
    size_t n = 0;

    for (size_t i = 0; i < GATE_GROUP_MAX; i++) {
        n += is_live(&group->peers[i], now) ? 1 : 0;
    }
    return n;
}

/* The word that was given to a peer about this certificate and trip, or NULL. */
static const struct gate_promise *
promise_to(const struct gate_peer *p, const struct tbc_entry *entry,
           struct tbc_mono now)
{
    for (size_t i = 0; p->used && i < GATE_PROMISES_MAX; i++) {
        const struct gate_promise *w = &p->promises[i];

        if (w->number != 0 && now.ms < w->until.ms &&
            gate_group_compete(&w->entry, entry)) {
            return w;
        }
    }
    return NULL;
}

bool
gate_group_promised(const struct gate_group *group, const struct tbc_entry *entry,
                    bool online, struct tbc_mono now, struct tbc_utc *at)
{
    for (size_t i = 0; i < GATE_GROUP_MAX; i++) {
        const struct gate_peer *p = &group->peers[i];
        const struct gate_promise *w = promise_to(p, entry, now);

        if (w != NULL && (online || !is_live(p, now))) {
            *at = w->entry.at;
            return true;
        }
    }
    return false;
}

/* ---- the claim */

static void
lose(struct gate_claim *claim, struct tbc_utc at)
{
    if (claim->state == GATE_CLAIM_WAITING) {
        claim->state = GATE_CLAIM_TAKEN;
        claim->at = at;
    }
}

/* Nobody is waited for any more?  Whose earlier claim was pointed out by another, and who has not
 * said what came of it, may have let them in. */
static void
weigh(struct gate_group *group, bool is_due)
{
    struct gate_claim *claim = &group->claim;
    bool all = true;
    bool in_doubt = false;

    if (claim->state != GATE_CLAIM_WAITING) {
        return;
    }
    for (size_t i = 0; i < GATE_GROUP_MAX; i++) {
        const struct gate_peer *p = &group->peers[i];
        bool silent = p->used && p->asked && !p->agreed;

        all = all && !silent;
        in_doubt = in_doubt || (silent && p->holds);
    }
    if (is_due && in_doubt) {
        lose(claim, claim->entry.at);
    } else if (is_due || all) {
        claim->state = GATE_CLAIM_FREE;
    }
}

void
gate_group_claim(struct gate_group *group, const struct tbc_entry *entry, bool held,
                 struct tbc_utc utc, struct tbc_mono now)
{
    const uint64_t number = number_of(utc);

    group->claim = (struct gate_claim){
        .state = GATE_CLAIM_WAITING,
        .held = held,
        .number = number > group->claim.number ? number : group->claim.number + 1,
        .entry = *entry,
        .due = { now.ms + GATE_CLAIM_MS },
    };
    for (size_t i = 0; i < GATE_GROUP_MAX; i++) {
        struct gate_peer *p = &group->peers[i];

        p->asked = is_live(p, now);
        p->told = false;
        p->agreed = false;
        p->holds = p->asked && promise_to(p, entry, now) != NULL;
    }
    weigh(group, false);
}

void
gate_group_decided(struct gate_group *group, bool all_written)
{
    group->claim.state = GATE_CLAIM_NONE;
    if (all_written) {
        group->decided = group->claim.number;
    }
}

/* Those that somebody else is bound to: peers that we ask ourselves answer for themselves. */
static void
mark_holders(struct gate_group *group, struct tbc_span holders, struct tbc_utc at)
{
    for (size_t i = 0; i + KEY_LEN <= holders.len; i += KEY_LEN) {
        size_t slot = slot_of(group, holders.ptr + i);

        if (slot == GATE_GROUP_MAX || !group->peers[slot].asked) {
            lose(&group->claim, at);
        } else {
            group->peers[slot].holds = true;
        }
    }
}

void
gate_group_on_claim_reply(struct gate_group *group, size_t slot,
                          const struct tbc_claim_reply *reply, struct tbc_mono now)
{
    struct gate_claim *claim = &group->claim;
    struct gate_peer *p = &group->peers[slot];

    gate_group_heard(group, slot, now);
    if (claim->state != GATE_CLAIM_WAITING || !p->asked ||
        memcmp(reply->event, claim->entry.event, sizeof reply->event) != 0) {
        return; /* too late, or about another */
    }
    if (reply->answer != TBC_CLAIM_AGREED) {
        lose(claim, reply->at.s != 0 ? reply->at : claim->entry.at);
        return;
    }
    claim->agreed_n += p->agreed ? 0 : 1;
    p->agreed = true;
    mark_holders(group, reply->holders, claim->entry.at);
    weigh(group, false);
}

static enum gate_rival
rival_of(const struct gate_claim *own, const struct tbc_entry *entry)
{
    if (own->state == GATE_CLAIM_NONE || !gate_group_compete(&own->entry, entry)) {
        return GATE_RIVAL_NONE;
    }
    if (own->held) {
        return GATE_RIVAL_HELD;
    }
    switch (own->state) {
    case GATE_CLAIM_FREE:
        return GATE_RIVAL_FREE;
    case GATE_CLAIM_WAITING:
        return memcmp(own->entry.event, entry->event, sizeof entry->event) < 0
                   ? GATE_RIVAL_LOWER
                   : GATE_RIVAL_HIGHER;
    case GATE_CLAIM_NONE:
    case GATE_CLAIM_TAKEN:
        break;
    }
    return GATE_RIVAL_NONE;
}

/* Its place is that of the same event, a free one, or the oldest. */
static void
keep_word(struct gate_peer *p, const struct tbc_claim *claim, struct tbc_mono now)
{
    struct gate_promise *place = &p->promises[0];

    for (size_t i = 0; i < GATE_PROMISES_MAX; i++) {
        struct gate_promise *w = &p->promises[i];

        if (w->number != 0 && same_event(&w->entry, &claim->entries[0])) {
            place = w;
            break;
        }
        if (w->number < place->number) {
            place = w;
        }
    }
    *place = (struct gate_promise){ .number = claim->number,
                                    .entry = claim->entries[0],
                                    .until = { now.ms + GATE_PROMISE_MS } };
}

/* Who else has that word; false: more than can be named. */
static bool
name_holders(struct gate_group *group, size_t slot, const struct tbc_entry *entry,
             struct tbc_mono now, size_t *len)
{
    for (size_t i = 0; i < GATE_GROUP_MAX; i++) {
        const struct gate_peer *p = &group->peers[i];

        if (i == slot || promise_to(p, entry, now) == NULL) {
            continue;
        }
        if (*len == TBC_WIRE_HOLDERS_MAX) {
            return false;
        }
        memcpy(group->holders + *len, p->row.key, KEY_LEN);
        *len += KEY_LEN;
    }
    return true;
}

void
gate_group_on_claim(struct gate_group *group, size_t slot,
                    const struct tbc_claim *claim, const struct tbc_utc *known,
                    struct tbc_mono now, struct tbc_claim_reply *reply)
{
    const struct tbc_entry *entry = &claim->entries[0];
    const enum gate_rival rival = rival_of(&group->claim, entry);
    size_t len = 0;

    gate_group_heard(group, slot, now);
    *reply = (struct tbc_claim_reply){ .answer = TBC_CLAIM_CONTENDED };
    memcpy(reply->event, entry->event, sizeof reply->event);
    for (size_t i = 0; i < gate_rules_n; i++) {
        const struct gate_rule *rule = &gate_rules[i];

        if (rule->known == (known != NULL) && rule->rival == rival) {
            reply->answer = rule->answer;
            if (rule->gives_way) {
                lose(&group->claim, entry->at);
            }
        }
    }
    reply->at = known != NULL ? *known : group->claim.entry.at;
    if (reply->answer != TBC_CLAIM_AGREED) {
        return;
    }
    reply->at.s = 0;
    keep_word(&group->peers[slot], claim, now);
    if (!name_holders(group, slot, entry, now, &len)) {
        reply->answer = TBC_CLAIM_CONTENDED;
        reply->at = entry->at;
        return;
    }
    reply->holders = tbc_span_of(group->holders, len);
}

/* ---- greetings and shares */

void
gate_group_heard(struct gate_group *group, size_t slot, struct tbc_mono now)
{
    group->peers[slot].was_heard = true;
    group->peers[slot].heard = now;
}

/* All rows up to those it had when it said what was decided are here: a decided claim whose entry is
 * not among them came to nothing. */
static void
release_decided(struct gate_peer *p)
{
    for (size_t i = 0; p->have >= p->newest && i < GATE_PROMISES_MAX; i++) {
        if (p->promises[i].number <= p->decided) {
            p->promises[i].number = 0;
        }
    }
}

/* The entry itself is here. */
static void
release_entered(struct gate_group *group, const struct tbc_entry *entry)
{
    for (size_t i = 0; i < GATE_GROUP_MAX; i++) {
        for (size_t k = 0; k < GATE_PROMISES_MAX; k++) {
            struct gate_promise *w = &group->peers[i].promises[k];

            if (w->number != 0 && same_event(&w->entry, entry)) {
                w->number = 0;
            }
        }
    }
}

static void
meet_journal(struct gate_peer *p, const uint8_t *journal)
{
    if (!same_journal(p->journal, journal)) {
        memcpy(p->journal, journal, sizeof p->journal);
        p->have = 0;
    }
}

void
gate_group_on_greet(struct gate_group *group, size_t slot,
                    const struct tbc_greet *greet, struct tbc_mono now)
{
    struct gate_peer *p = &group->peers[slot];
    const bool is_ours = same_journal(greet->yours, group->journal);

    gate_group_heard(group, slot, now);
    meet_journal(p, greet->journal);
    p->decided = greet->decided; /* both of one greeting, also of an older one */
    p->newest = greet->newest;
    if (!p->sharing || !is_ours) {
        p->knows = true;
        p->given = is_ours ? greet->have : 0;
        p->sharing = false;
    }
    release_decided(p);
}

void
gate_group_greet(const struct gate_group *group, size_t slot, struct tbc_greet *greet)
{
    const struct gate_peer *p = &group->peers[slot];

    *greet = (struct tbc_greet){ .newest = group->newest,
                                 .decided = group->decided,
                                 .have = p->have };
    memcpy(greet->journal, group->journal, sizeof greet->journal);
    memcpy(greet->yours, p->journal, sizeof greet->yours);
}

bool
gate_group_on_share(struct gate_group *group, size_t slot,
                    const struct tbc_share *share, struct tbc_mono now,
                    struct tbc_share_reply *reply)
{
    struct gate_peer *p = &group->peers[slot];
    bool fits;

    gate_group_heard(group, slot, now);
    meet_journal(p, share->journal);
    fits = share->from <= p->have;
    if (fits) {
        for (size_t i = 0; i < share->entries_n; i++) {
            release_entered(group, &share->entries[i]);
        }
        p->have = share->upto > p->have ? share->upto : p->have;
        release_decided(p);
    }
    *reply = (struct tbc_share_reply){ .have = p->have };
    memcpy(reply->journal, p->journal, sizeof reply->journal);
    return fits;
}

void
gate_group_on_share_reply(struct gate_group *group, size_t slot,
                          const struct tbc_share_reply *reply, struct tbc_mono now)
{
    struct gate_peer *p = &group->peers[slot];

    gate_group_heard(group, slot, now);
    if (same_journal(reply->journal, group->journal)) {
        p->given = reply->have;
        p->sharing = false;
    }
}

/* ---- time */

static enum gate_word
word_to(struct gate_group *group, size_t slot, struct tbc_mono now)
{
    struct gate_peer *p = &group->peers[slot];

    if (group->claim.state == GATE_CLAIM_WAITING && p->asked && !p->told) {
        p->told = true;
        return GATE_WORD_CLAIM;
    }
    if (now.ms >= p->hail.ms) {
        p->hail.ms = now.ms + GATE_HAIL_MS;
        return GATE_WORD_GREET;
    }
    if (is_live(p, now) && p->knows && p->given < group->newest &&
        (!p->sharing || now.ms >= p->share_again.ms)) {
        p->sharing = true;
        p->share_again.ms = now.ms + GATE_SHARE_AGAIN_MS;
        return GATE_WORD_SHARE;
    }
    return GATE_WORD_NONE;
}

enum gate_word
gate_group_step(struct gate_group *group, struct tbc_mono now, size_t *slot)
{
    weigh(group, now.ms >= group->claim.due.ms);
    for (*slot = 0; *slot < GATE_GROUP_MAX; (*slot)++) {
        enum gate_word word =
            group->peers[*slot].used ? word_to(group, *slot, now) : GATE_WORD_NONE;

        if (word != GATE_WORD_NONE) {
            return word;
        }
    }
    return GATE_WORD_NONE;
}

int
gate_group_wait_ms(const struct gate_group *group, struct tbc_mono now, int most)
{
    int64_t left = group->claim.due.ms - now.ms;

    if (group->claim.state != GATE_CLAIM_WAITING || left > most) {
        return most;
    }
    return left < 0 ? 0 : (int)left;
}
