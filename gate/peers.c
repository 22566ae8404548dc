/* Peers: the list of them, where they are, and what becomes of a visit that they are asked about. */
#include "peers.h"

#include "crypto/seal.h"
#include "gate.h"
#include "net/client.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdio.h>
#include <string.h>

#define KEPT_LIST    "peers"
#define KEPT_JOURNAL "journal" /* what this journal is called among peers */
#define KEPT_ADDRESS "group"   /* where this gate listened last */
#define CURSOR_SIZE  64
#define LISTEN_MS    30000 /* between attempts */

/* ---- the list */

static void
cursor_name(const struct gate_peer *p, char name[static CURSOR_SIZE])
{
    (void)snprintf(name, CURSOR_SIZE, "peer %s", p->row.name);
}

/* How far the journal has what that peer had sent. */
static void
load_cursor(struct gate *g, struct gate_peer *p)
{
    struct tbc_share_reply cursor;
    struct tbc_buf bytes = { 0 };
    char name[CURSOR_SIZE];

    cursor_name(p, name);
    if (g->box != NULL && tbc_outbox_load(g->box, name, &bytes, NULL, NULL) == TBC_OK &&
        tbc_wire_read(tbc_wire_reply_shape(TBC_OP_SHARE), tbc_buf_span(&bytes), &cursor,
                      NULL) == TBC_OK) {
        memcpy(p->journal, cursor.journal, sizeof p->journal);
        p->have = cursor.have;
    }
    tbc_buf_fini(&bytes);
}

static void
keep_cursor(struct gate *g, const struct gate_peer *p)
{
    struct tbc_share_reply cursor = { .have = p->have };
    struct tbc_buf bytes = { 0 };
    char name[CURSOR_SIZE];

    cursor_name(p, name);
    memcpy(cursor.journal, p->journal, sizeof cursor.journal);
    if (tbc_wire_put(&bytes, tbc_wire_reply_shape(TBC_OP_SHARE), &cursor) == TBC_OK) {
        gate_journal_keep(g, name, 0, tbc_buf_span(&bytes));
    }
    tbc_buf_fini(&bytes);
}

static void
keep_cursors(struct gate *g)
{
    for (size_t i = 0; i < GATE_GROUP_MAX && g->box != NULL; i++) {
        const struct gate_peer *p = &g->peers.core.peers[i];

        if (p->used && p->have != g->peers.put[i]) {
            g->peers.put[i] = p->have;
            keep_cursor(g, p);
        }
    }
}

/* The sockets follow the list; a new peer goes on from where the journal has it. */
static void
connect_all(struct gate *g)
{
    struct gate_peers *ps = &g->peers;

    for (size_t i = 0; i < GATE_GROUP_MAX; i++) {
        struct gate_peer *p = &ps->core.peers[i];
        enum tbc_err err;

        if (!p->used) {
            tbc_group_drop(ps->net, i);
            continue;
        }
        if (!p->was_heard && p->have == 0) {
            load_cursor(g, p);
            ps->put[i] = p->have;
        }
        err = tbc_group_put(ps->net, i, p->row.key, p->row.address);
        if (err != TBC_OK) {
            tbc_log(TBC_LOG_WARN, "peer %s at %s: %s", p->row.name, p->row.address,
                    tbc_err_text(err));
        }
    }
}

/* Slots that change hands are free first: a key has one slot at a time. */
static void
enrol(struct gate *g)
{
    struct gate_peers *ps = &g->peers;
    uint8_t own[32];

    if (ps->net == NULL) {
        return; /* once it is there */
    }
    if (!tbc_z85_decode(g->device.public_key, own)) {
        return; /* the sockets could not have been opened */
    }
    gate_group_enrol(&ps->core, &ps->list, own);
    connect_all(g);
    tbc_log(TBC_LOG_INFO, "%zu gates in the group", ps->list.rows_n);
}

static bool
read_list(struct gate *g, struct tbc_span bytes)
{
    struct tbc_fault fault = { 0 };
    enum tbc_err err =
        tbc_wire_read(&tbc_wire_peers_shape, bytes, &g->peers.list, &fault);

    if (err != TBC_OK) {
        tbc_log(TBC_LOG_WARN, "list of peers not taken: %s%s%s", tbc_err_text(err),
                fault.what != NULL ? ", " : "", fault.what != NULL ? fault.what : "");
    }
    return err == TBC_OK;
}

/* The list at hand is read into once more when the new one is of no use. */
static void
load_list(struct gate *g)
{
    struct tbc_buf bytes = { 0 };
    enum tbc_err err = g->box == NULL
                           ? TBC_ERR_NOT_FOUND
                           : tbc_outbox_load(g->box, KEPT_LIST, &bytes, NULL, NULL);

    if (err == TBC_OK && read_list(g, tbc_buf_span(&bytes))) {
        enrol(g);
    } else if (err != TBC_OK && err != TBC_ERR_NOT_FOUND) {
        tbc_log(TBC_LOG_WARN, "kept list of peers is of no use: %s", tbc_err_text(err));
    }
    tbc_buf_fini(&bytes);
}

void
gate_peers_take(struct gate *g, struct tbc_span bytes)
{
    const uint64_t before = g->peers.list.version;

    if (!g->peers.wanted || g->box == NULL) {
        return;
    }
    if (!read_list(g, bytes) || g->peers.list.version < before) {
        load_list(g);
        return;
    }
    gate_journal_keep(g, KEPT_LIST, g->peers.list.version, bytes);
    enrol(g);
}

/* ---- opening */

/* Sixteen bytes that tell this journal from one that was made anew. */
static enum tbc_err
name_journal(struct gate *g, uint8_t name[static TBC_WIRE_ID_LEN])
{
    struct tbc_buf bytes = { 0 };
    enum tbc_err err = tbc_outbox_load(g->box, KEPT_JOURNAL, &bytes, NULL, NULL);

    if (err == TBC_OK && bytes.len == TBC_WIRE_ID_LEN) {
        memcpy(name, bytes.ptr, TBC_WIRE_ID_LEN);
    } else if ((err = tbc_random(name, TBC_WIRE_ID_LEN)) == TBC_OK) {
        err = tbc_outbox_keep(g->box, KEPT_JOURNAL, 0, g->now,
                              tbc_span_of(name, TBC_WIRE_ID_LEN));
    }
    tbc_buf_fini(&bytes);
    return err;
}

/* Where the others remember this gate, when it may listen at any port. */
static enum tbc_err
listen_again(struct gate *g, struct tbc_group_options *o)
{
    const size_t host = strlen(o->address) - 1; /* without the port's star */
    struct tbc_buf kept = { 0 };
    enum tbc_err err = TBC_ERR_NOT_FOUND;
    const char *text;

    if (o->address[host] == '*' &&
        tbc_outbox_load(g->box, KEPT_ADDRESS, &kept, NULL, NULL) == TBC_OK &&
        (text = tbc_buf_str(&kept)) != NULL && strncmp(text, o->address, host) == 0) {
        const char *wanted = o->address;

        o->address = text;
        err = tbc_group_open(&g->peers.net, o);
        o->address = wanted;
    }
    tbc_buf_fini(&kept);
    return err;
}

static enum tbc_err
listen_somewhere(struct gate *g)
{
    struct tbc_group_options o = { .address = g->options.group,
                                   .public_key = g->device.public_key,
                                   .secret_key = g->device.secret_key };
    enum tbc_err err = g->box == NULL ? TBC_ERR_BUSY : listen_again(g, &o);

    if (err != TBC_OK && err != TBC_ERR_BUSY &&
        (err = tbc_group_open(&g->peers.net, &o)) == TBC_ERR_EXISTS) {
        tbc_log(TBC_LOG_ERROR, "--group %s: another program listens there already",
                g->options.group);
    }
    g->peers.listen_again.ms = tbc_clock_mono().ms + LISTEN_MS;
    if (err == TBC_OK) {
        gate_journal_keep(g, KEPT_ADDRESS, 0,
                          tbc_span_str(tbc_group_address(g->peers.net)));
        g->link.greeted = false; /* the station hears where */
        load_list(g);
    }
    return err;
}

enum tbc_err
gate_peers_open(struct gate *g)
{
    uint8_t journal[TBC_WIRE_ID_LEN];
    uint64_t newest;
    enum tbc_err err;

    if (strcmp(g->options.group, "none") == 0) {
        return TBC_OK;
    }
    if ((err = name_journal(g, journal)) != TBC_OK ||
        (err = tbc_outbox_newest(g->box, &newest)) != TBC_OK) {
        return tbc_log_err(err, "journal in %s", g->options.data);
    }
    g->peers.wanted = true;
    gate_group_init(&g->peers.core, journal, newest, g->now);
    err = listen_somewhere(g);
    return err == TBC_ERR_MALFORMED ? err : TBC_OK;
}

void
gate_peers_close(struct gate *g)
{
    if (g->peers.net != NULL && g->box != NULL) {
        gate_peers_flush(g);
        keep_cursors(g);
    }
    tbc_group_close(&g->peers.net);
}

int
gate_peers_fd(const struct gate *g)
{
    return g->peers.net != NULL ? tbc_group_fd(g->peers.net) : -1;
}

int
gate_peers_wait_ms(const struct gate *g, struct tbc_mono now, int most)
{
    return g->peers.net != NULL ? gate_group_wait_ms(&g->peers.core, now, most) : most;
}

const char *
gate_peers_address(const struct gate *g)
{
    return g->peers.net != NULL ? tbc_group_address(g->peers.net) : "";
}

size_t
gate_peers_live(const struct gate *g)
{
    return g->peers.net != NULL ? gate_group_live(&g->peers.core, tbc_clock_mono()) : 0;
}

/* ---- a visit */

void
gate_peers_recall(struct gate *g, struct gate_visit *v)
{
    struct tbc_utc since;

    if (g->peers.net == NULL || v->memory.entered || v->entry.act != TBC_ACT_ENTER ||
        (!gate_peers_have_heard(g, &v->entry, &since) &&
         !gate_group_promised(&g->peers.core, &v->entry, g->link.mode == GATE_ONLINE,
                              tbc_clock_mono(), &since))) {
        return;
    }
    v->memory.entered = true;
    v->memory.entered_at = since;
    v->memory.alone = true; /* the station may not know */
}

/* The claim is over.  The rows first: one that has ended well is among them. */
static void
end_claim(struct gate *g)
{
    struct gate_peers *ps = &g->peers;
    uint64_t newest;
    enum tbc_err err;

    if (g->box == NULL) {
        return;
    }
    if ((err = tbc_outbox_newest(g->box, &newest)) != TBC_OK) {
        gate_journal_failed(g, err);
        return;
    }
    gate_group_wrote(&ps->core, newest);
    gate_group_decided(&ps->core, g->spare.n == 0);
}

bool
gate_peers_claim(struct gate *g, bool by_station)
{
    struct gate_peers *ps = &g->peers;
    struct tbc_mono now = tbc_clock_mono();

    ps->alone = !by_station;
    if (ps->net == NULL || g->visit.entry.act != TBC_ACT_ENTER ||
        gate_group_live(&ps->core, now) == 0) {
        return false;
    }
    end_claim(g); /* of the visit before */
    gate_group_claim(&ps->core, &g->visit.entry, by_station, g->now, now);
    gate_peers_speak(g);
    return true;
}

static bool
is_claimed(const struct gate *g)
{
    const struct gate_claim *c = &g->peers.core.claim;

    return g->peers.net != NULL && c->state != GATE_CLAIM_NONE &&
           memcmp(c->entry.event, g->visit.entry.event, sizeof c->entry.event) == 0;
}

bool
gate_peers_go_on(struct gate *g)
{
    g->peers.alone = true;
    return is_claimed(g);
}

void
gate_peers_weigh(struct gate *g)
{
    if (is_claimed(g) && g->peers.core.claim.state == GATE_CLAIM_TAKEN) {
        g->visit.memory.entered = true;
        g->visit.memory.entered_at = g->peers.core.claim.at;
        g->visit.memory.alone = true;
    }
}

const char *
gate_peers_text(struct gate *g)
{
    struct gate_peers *ps = &g->peers;

    ps->text[0] = '\0';
    if (is_claimed(g) && !g->visit.answered) {
        (void)snprintf(ps->text, sizeof ps->text, " peers=%zu",
                       ps->core.claim.agreed_n);
    }
    return ps->text;
}

/* When the peers alone are asked, their word is the decision. */
static void
decide(struct gate *g)
{
    static const struct gate_answer absent = { .kind = GATE_ANSWER_ABSENT };

    if (g->flow.state == GATE_ASKING && g->peers.alone && is_claimed(g) &&
        g->peers.core.claim.state != GATE_CLAIM_WAITING) {
        gate_peers_weigh(g);
        gate_answered(g, &absent);
    }
}

static void
tell_live(struct gate *g)
{
    const size_t n = gate_peers_live(g);

    if (g->ready && n != g->peers.live_n) {
        g->peers.live_n = n;
        gate_say(g, "peers %zu", n);
    }
}

void
gate_peers_tick(struct gate *g)
{
    struct gate_peers *ps = &g->peers;
    struct tbc_mono now = tbc_clock_mono();

    if (ps->net == NULL && ps->wanted && now.ms >= ps->listen_again.ms &&
        listen_somewhere(g) == TBC_OK) {
        tbc_log(TBC_LOG_INFO, "listening for other gates at %s", gate_peers_address(g));
    }
    if (ps->net == NULL) {
        return;
    }
    gate_peers_listen(g);
    gate_peers_speak(g); /* the bound of a claim passes here */
    decide(g);
    if (g->flow.state != GATE_ASKING && g->flow.state != GATE_WRITING) {
        end_claim(g);
    }
    gate_peers_speak(g);
    gate_peers_listen(g); /* sending may have used up the descriptor's signal */
    tell_live(g);
    if (ps->heard_n > 0 && now.ms - ps->heard_since.ms >= GATE_HEARD_MS) {
        gate_peers_flush(g);
    }
    if (now.ms - ps->cursors_kept.ms >= GATE_CURSOR_MS && ps->heard_n == 0) {
        ps->cursors_kept = now;
        keep_cursors(g);
    }
}
