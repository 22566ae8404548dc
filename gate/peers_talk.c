/* Peers: messages in and out, and what they say of entries until the journal holds it. */
#include "crypto/seal.h"
#include "gate.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <string.h>

#define TURN_MAX 256 /* messages of one turn: passengers come first */

/* ---- entries that are not in the journal yet */

void
gate_peers_flush(struct gate *g)
{
    struct gate_peers *ps = &g->peers;
    enum tbc_err err;

    if (g->box == NULL || ps->heard_n == 0) {
        return;
    }
    err = tbc_outbox_hear(g->box, ps->heard, ps->heard_n);
    if (err == TBC_ERR_FULL) {
        ps->heard_since = tbc_clock_mono(); /* kept here, and tried again */
        return;
    }
    if (err != TBC_OK) {
        gate_journal_failed(g, err);
        return;
    }
    ps->heard_n = 0;
}

bool
gate_peers_have_heard(const struct gate *g, const struct tbc_entry *entry,
                      struct tbc_utc *since)
{
    for (size_t i = 0; i < g->peers.heard_n; i++) {
        const struct tbc_entry *e = &g->peers.heard[i];

        if (gate_group_compete(e, entry) && e->act == TBC_ACT_ENTER &&
            e->verdict < TBC_VERDICT_N &&
            tbc_verdict_opens((enum tbc_verdict)e->verdict)) {
            *since = e->at;
            return true;
        }
    }
    return false;
}

/* Room for a message's entries; false while the journal takes none. */
static bool
make_room(struct gate *g)
{
    if (g->peers.heard_n + TBC_WIRE_EVENTS_MAX > GATE_HEARD_MAX) {
        gate_peers_flush(g);
    }
    return g->peers.heard_n + TBC_WIRE_EVENTS_MAX <= GATE_HEARD_MAX;
}

static void
remember(struct gate_peers *ps, const struct tbc_share *share)
{
    if (ps->heard_n == 0) {
        ps->heard_since = tbc_clock_mono();
    }
    for (size_t i = 0; i < share->entries_n; i++) {
        ps->heard[ps->heard_n++] = share->entries[i];
    }
}

/* ---- what peers say */

/* What this gate knows of a claim; false when it cannot say. */
static bool
look_up(struct gate *g, const struct tbc_entry *entry, bool *is_known,
        struct tbc_utc *since)
{
    struct tbc_outbox_memory memory;
    enum tbc_err err;

    *is_known = gate_peers_have_heard(g, entry, since);
    if (g->box == NULL || *is_known) {
        return g->box != NULL;
    }
    err = tbc_outbox_recall(g->box, entry, NULL, &memory);
    if (err != TBC_OK) {
        gate_journal_failed(g, err);
        return false;
    }
    gate_spare_recall(&g->spare, entry, NULL, &memory);
    *is_known = memory.entered;
    *since = memory.entered_at;
    return true;
}

static enum tbc_code
hear_claim(struct gate *g, size_t slot, struct tbc_mono now)
{
    struct gate_peers *ps = &g->peers;
    struct tbc_utc since = { 0 };
    bool is_known = false;

    if (ps->in.claim.entries_n != 1 || ps->in.claim.number == 0 ||
        ps->in.claim.entries[0].act != TBC_ACT_ENTER) {
        return TBC_CODE_BAD_REQUEST;
    }
    if (!look_up(g, &ps->in.claim.entries[0], &is_known, &since)) {
        return TBC_CODE_TROUBLE; /* out of order: whoever was let in here is not known */
    }
    gate_group_on_claim(&ps->core, slot, &ps->in.claim, is_known ? &since : NULL, now,
                        &ps->out.claim_reply);
    return TBC_CODE_FINE;
}

static enum tbc_code
hear_share(struct gate *g, size_t slot, struct tbc_mono now)
{
    struct gate_peers *ps = &g->peers;

    if (!make_room(g)) {
        return TBC_CODE_BUSY;
    }
    if (gate_group_on_share(&ps->core, slot, &ps->in.share, now,
                            &ps->out.share_reply)) {
        remember(ps, &ps->in.share);
    }
    return TBC_CODE_FINE;
}

/* Fills ps->out when FINE. */
static enum tbc_code
hear_request(struct gate *g, size_t slot, const struct tbc_request *request)
{
    struct gate_peers *ps = &g->peers;
    struct tbc_mono now = tbc_clock_mono();

    memset(&ps->out, 0, sizeof ps->out);
    if (request->op != TBC_OP_GREET && request->op != TBC_OP_CLAIM &&
        request->op != TBC_OP_SHARE) {
        return TBC_CODE_UNSUPPORTED;
    }
    if (tbc_wire_read(tbc_wire_request_shape(request->op), request->body, &ps->in,
                      NULL) != TBC_OK) {
        return TBC_CODE_BAD_REQUEST;
    }
    if (request->op == TBC_OP_CLAIM) {
        return hear_claim(g, slot, now);
    }
    if (request->op == TBC_OP_SHARE) {
        return hear_share(g, slot, now);
    }
    gate_group_on_greet(&ps->core, slot, &ps->in.greet, now);
    gate_group_greet(&ps->core, slot, &ps->out.greet);
    return TBC_CODE_FINE;
}

static void
hear_reply(struct gate *g, size_t slot, const struct tbc_reply *reply)
{
    struct gate_peers *ps = &g->peers;
    struct tbc_mono now = tbc_clock_mono();

    gate_group_heard(&ps->core, slot, now);
    if (reply->code != TBC_CODE_FINE ||
        (reply->op != TBC_OP_GREET && reply->op != TBC_OP_CLAIM &&
         reply->op != TBC_OP_SHARE) ||
        tbc_wire_read(tbc_wire_reply_shape(reply->op), reply->body, &ps->in, NULL) !=
            TBC_OK) {
        return;
    }
    if (reply->op == TBC_OP_GREET) {
        gate_group_on_greet(&ps->core, slot, &ps->in.greet, now);
    } else if (reply->op == TBC_OP_CLAIM) {
        gate_group_on_claim_reply(&ps->core, slot, &ps->in.claim_reply, now);
    } else {
        gate_group_on_share_reply(&ps->core, slot, &ps->in.share_reply, now);
    }
}

static void
answer(struct gate *g, const struct tbc_group_from *from,
       const struct tbc_request *request)
{
    struct tbc_buf out = { 0 };
    enum tbc_code code = hear_request(g, from->slot, request);
    enum tbc_err err = tbc_wire_put_reply(&out, request, code,
                                          code == TBC_CODE_FINE ? &g->peers.out : NULL);

    if (err == TBC_OK) {
        err = tbc_group_answer(g->peers.net, from, tbc_buf_span(&out));
    }
    if (err != TBC_OK) { /* it is asked again, or goes on without */
        tbc_log(TBC_LOG_DEBUG, "an answer to a peer: %s", tbc_err_text(err));
    }
    tbc_buf_fini(&out);
}

void
gate_peers_listen(struct gate *g)
{
    struct tbc_group_from from;
    struct tbc_span bytes;

    for (size_t i = 0;
         i < TURN_MAX && tbc_group_recv(g->peers.net, &from, &bytes) == TBC_OK; i++) {
        struct tbc_request request;
        struct tbc_reply reply;

        if (tbc_wire_open_request(bytes, &request, NULL) == TBC_OK) {
            answer(g, &from, &request);
        } else if (tbc_wire_open_reply(bytes, &reply, NULL) == TBC_OK) {
            hear_reply(g, from.slot, &reply);
        }
    }
}

/* ---- what is said to them */

static enum tbc_err
fill_share(struct gate *g, size_t slot)
{
    struct gate_peers *ps = &g->peers;
    struct tbc_share *share = &ps->out.share;
    const struct tbc_utc since = { g->now.s - GATE_SHARE_S };
    struct tbc_outbox_page page = { .entries = share->entries,
                                    .max = TBC_WIRE_EVENTS_MAX };
    enum tbc_err err;

    if (g->box == NULL) {
        return TBC_ERR_BUSY;
    }
    memcpy(share->journal, ps->core.journal, sizeof share->journal);
    share->from = ps->core.peers[slot].given;
    err = tbc_outbox_above(g->box, share->from, since, &page);
    share->entries_n = page.n;
    share->upto = page.upto;
    if (err != TBC_OK) {
        gate_journal_failed(g, err);
    }
    return err;
}

static enum tbc_err
fill(struct gate *g, enum gate_word word, size_t slot, enum tbc_op *op)
{
    struct gate_peers *ps = &g->peers;

    memset(&ps->out, 0, sizeof ps->out);
    switch (word) {
    case GATE_WORD_GREET:
        *op = TBC_OP_GREET;
        gate_group_greet(&ps->core, slot, &ps->out.greet);
        return TBC_OK;
    case GATE_WORD_CLAIM:
        *op = TBC_OP_CLAIM;
        ps->out.claim.number = ps->core.claim.number;
        ps->out.claim.entries[0] = ps->core.claim.entry;
        ps->out.claim.entries_n = 1;
        return TBC_OK;
    case GATE_WORD_SHARE:
        *op = TBC_OP_SHARE;
        return fill_share(g, slot);
    case GATE_WORD_NONE:
        break;
    }
    return TBC_ERR_UNSUPPORTED;
}

void
gate_peers_speak(struct gate *g)
{
    enum gate_word word;
    size_t slot;

    while ((word = gate_group_step(&g->peers.core, tbc_clock_mono(), &slot)) !=
           GATE_WORD_NONE) {
        uint8_t id[TBC_WIRE_ID_LEN];
        struct tbc_buf out = { 0 };
        enum tbc_op op;
        enum tbc_err err;

        if ((err = fill(g, word, slot, &op)) == TBC_OK &&
            (err = tbc_random(id, sizeof id)) == TBC_OK &&
            (err = tbc_wire_put_request(&out, id, op, &g->peers.out)) == TBC_OK) {
            err = tbc_group_send(g->peers.net, slot, tbc_buf_span(&out));
        }
        if (err != TBC_OK && err != TBC_ERR_BUSY) {
            tbc_log(TBC_LOG_WARN, "a word to peer %s: %s",
                    g->peers.core.peers[slot].row.name, tbc_err_text(err));
        }
        tbc_buf_fini(&out);
    }
}
