#include "spare.h"

#include <string.h>

enum tbc_err
gate_spare_put(struct gate_spare *s, const struct tbc_outbox_entry *row)
{
    struct gate_spare_row *to = &s->rows[s->n];

    if (s->n == GATE_SPARE_MAX) {
        return TBC_ERR_LIMIT;
    }
    for (size_t i = 0; i < s->n && row->proof != NULL; i++) {
        if (s->rows[i].has_proof &&
            memcmp(s->rows[i].proof, row->proof, sizeof s->rows[i].proof) == 0) {
            return TBC_ERR_EXISTS;
        }
    }
    *to = (struct gate_spare_row){ .row = *row, .has_proof = row->proof != NULL };
    to->row.proof = NULL; /* the caller's */
    if (row->proof != NULL) {
        memcpy(to->proof, row->proof, sizeof to->proof);
    }
    s->n++;
    return TBC_OK;
}

static bool
is_of_same(const struct tbc_entry *a, const struct tbc_entry *b)
{
    static const uint8_t none[TBC_HOLDER_LEN];

    return memcmp(a->cti, b->cti, sizeof a->cti) == 0 ||
           (memcmp(a->holder, none, sizeof none) != 0 &&
            memcmp(a->holder, b->holder, sizeof none) == 0);
}

static void
remember(const struct tbc_outbox_entry *row, const struct tbc_entry *about,
         struct tbc_outbox_memory *memory)
{
    const struct tbc_entry *e = &row->entry;

    if (!is_of_same(e, about) || !tbc_verdict_opens((enum tbc_verdict)e->verdict)) {
        return;
    }
    memory->alone = memory->alone || !row->settled;
    if (e->act != TBC_ACT_ENTER) {
        memory->entered = false; /* left, or did not come */
        return;
    }
    memory->came = true;
    if (strcmp(e->train, about->train) == 0 && e->depart.s == about->depart.s) {
        memory->entered = true;
        memory->entered_at = e->at;
    }
}

void
gate_spare_recall(const struct gate_spare *s, const struct tbc_entry *about,
                  const uint8_t *proof, struct tbc_outbox_memory *memory)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct gate_spare_row *r = &s->rows[i];

        remember(&r->row, about, memory);
        if (proof != NULL && r->has_proof &&
            memcmp(r->proof, proof, sizeof r->proof) == 0) {
            memory->proof_used = true;
        }
    }
}

size_t
gate_spare_waiting(const struct gate_spare *s, struct tbc_entry *entries, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n && n < max; i++) {
        if (!s->rows[i].row.settled) {
            entries[n] = s->rows[i].row.entry;
            entries[n++].told = true;
        }
    }
    return n;
}

size_t
gate_spare_settle(struct gate_spare *s, const struct tbc_entry_reply *replies, size_t n)
{
    size_t settled = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < s->n; k++) {
            struct tbc_outbox_entry *row = &s->rows[k].row;

            if (!row->settled && memcmp(row->entry.event, replies[i].event,
                                        sizeof row->entry.event) == 0) {
                row->settled = true;
                settled++;
            }
        }
    }
    return settled;
}

const struct tbc_outbox_entry *
gate_spare_oldest(struct gate_spare *s)
{
    if (s->n == 0) {
        return NULL;
    }
    s->rows[0].row.proof = s->rows[0].has_proof ? s->rows[0].proof : NULL;
    return &s->rows[0].row;
}

void
gate_spare_drop(struct gate_spare *s)
{
    if (s->n > 0) {
        memmove(s->rows, s->rows + 1, --s->n * sizeof *s->rows);
        tbc_wipe(&s->rows[s->n], sizeof s->rows[s->n]);
    }
}
