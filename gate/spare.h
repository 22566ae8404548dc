/* Acceptances that the disk had no room for, at a gate that is told to open all the same
 * (--full-disk open): remembered as the journal would, told to the station as from the journal, and
 * written when there is room.  Lost with the power.  Pure. */
#ifndef GATE_SPARE_H
#define GATE_SPARE_H

#include "store/outbox.h"

#define GATE_SPARE_MAX 256 /* beyond that the gate stays shut */

struct gate_spare_row {
    struct tbc_outbox_entry row; /* its proof is below */
    bool has_proof;
    uint8_t proof[TBC_OUTBOX_PROOF_LEN];
};

struct gate_spare {
    struct gate_spare_row rows[GATE_SPARE_MAX];
    size_t n;
};

/* ERR_LIMIT: no room here either; ERR_EXISTS: that proof is used up. */
enum tbc_err
gate_spare_put(struct gate_spare *s, const struct tbc_outbox_entry *row) TBC_MUST_CHECK;
/* What is remembered of a certificate, beside what the journal said of it. */
void gate_spare_recall(const struct gate_spare *s, const struct tbc_entry *about,
                       const uint8_t *proof, struct tbc_outbox_memory *memory);
/* The oldest that the station does not know, at most max, marked told. */
size_t
gate_spare_waiting(const struct gate_spare *s, struct tbc_entry *entries, size_t max);
/* The station has recorded these; returns how many of them were waiting here. */
size_t gate_spare_settle(struct gate_spare *s, const struct tbc_entry_reply *replies,
                         size_t n);
/* The oldest, for the journal; NULL: there is none.  And that it took it. */
const struct tbc_outbox_entry *gate_spare_oldest(struct gate_spare *s);
void gate_spare_drop(struct gate_spare *s);

#endif
