/* A gate's shell among its peers: one whole gate, and a peer whose every byte is the test's. */
#include "gate.h"
#include "net/client.h"
#include "suite.h"
#include "sys/clock.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MS 8000
#define STEP_MS 20

/* The gate under test; the peer, which it knows, and which knows it. */
static struct {
    struct gate *g;
    struct tbc_group *peer;
    char peer_public[TBC_Z85_LEN + 1];
    char peer_secret[TBC_Z85_LEN + 1];
    char folder[64];
    char path[96];
    struct tbc_peers list;
} rig;

static void
open_box(void)
{
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_outbox_open(&rig.g->box, rig.path, "gate-1", &why),
                          TBC_OK);
    tbc_buf_fini(&why);
}

static void
open_gate(void)
{
    open_box();
    rig.g->now = tbc_clock_utc();
    CU_ASSERT_EQUAL_FATAL(gate_peers_open(rig.g), TBC_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(rig.g->peers.net);
}

static void
close_gate(void)
{
    gate_peers_close(rig.g);
    tbc_outbox_close(&rig.g->box);
    memset(&rig.g->peers, 0, sizeof rig.g->peers);
}

static void
add_row(const char *name, const char *public_key, const char *address)
{
    struct tbc_peer_row *row = &rig.list.rows[rig.list.rows_n++];

    (void)snprintf(row->name, sizeof row->name, "%s", name);
    (void)snprintf(row->address, sizeof row->address, "%s", address);
    CU_ASSERT_TRUE(tbc_z85_decode(public_key, row->key));
}

static void
take_list(uint64_t version)
{
    struct tbc_buf bytes = { 0 };

    rig.list.version = version;
    CU_ASSERT_EQUAL(tbc_wire_put(&bytes, &tbc_wire_peers_shape, &rig.list), TBC_OK);
    gate_peers_take(rig.g, tbc_buf_span(&bytes));
    tbc_buf_fini(&bytes);
}

static void
begin(void)
{
    struct tbc_group_options o = { .address = "tcp://127.0.0.1:*",
                                   .public_key = rig.peer_public,
                                   .secret_key = rig.peer_secret };
    struct tbc_device_file *d;

    memset(&rig, 0, sizeof rig);
    CU_ASSERT_PTR_NOT_NULL_FATAL(rig.g = calloc(1, sizeof *rig.g));
    d = &rig.g->device;
    (void)snprintf(rig.folder, sizeof rig.folder, "/tmp/tbc-peers-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(rig.folder));
    (void)snprintf(rig.path, sizeof rig.path, "%s/journal.db", rig.folder);
    (void)snprintf(rig.g->options.group, sizeof rig.g->options.group, "%s", o.address);
    CU_ASSERT_FATAL(tbc_curve_pair(d->public_key, d->secret_key) == TBC_OK &&
                    tbc_curve_pair(rig.peer_public, rig.peer_secret) == TBC_OK &&
                    tbc_group_open(&rig.peer, &o) == TBC_OK);
    open_gate();
    add_row("gate-1", d->public_key, gate_peers_address(rig.g));
    add_row("gate-2", rig.peer_public, tbc_group_address(rig.peer));
    CU_ASSERT_EQUAL(
        tbc_group_put(rig.peer, 0, rig.list.rows[0].key, gate_peers_address(rig.g)),
        TBC_OK);
    take_list(10);
}

static void
end(void)
{
    char wal[112];

    close_gate();
    tbc_group_close(&rig.peer);
    (void)snprintf(wal, sizeof wal, "%s-wal", rig.path);
    (void)unlink(wal);
    (void)unlink(rig.path);
    CU_ASSERT_EQUAL(rmdir(rig.folder), 0);
    free(rig.g);
}

/* Send bytes as the peer until an answer to that id comes; the gate's greetings are answered by
 * nobody. */
static bool
exchange(struct tbc_span bytes, const uint8_t *id, struct tbc_reply *reply)
{
    const int64_t until = tbc_clock_mono().ms + WAIT_MS;

    while (tbc_clock_mono().ms < until) {
        struct pollfd fds[] = {
            { .fd = tbc_group_fd(rig.peer), .events = POLLIN },
            { .fd = gate_peers_fd(rig.g), .events = POLLIN },
        };
        struct tbc_group_from from;
        struct tbc_span got;
        enum tbc_err sent = tbc_group_send(rig.peer, 0, bytes);

        CU_ASSERT(sent == TBC_OK || sent == TBC_ERR_BUSY);
        for (unsigned i = 0; i < 5; i++) {
            gate_peers_tick(rig.g);
            while (tbc_group_recv(rig.peer, &from, &got) == TBC_OK) {
                if (tbc_wire_open_reply(got, reply, NULL) == TBC_OK &&
                    memcmp(reply->id, id, TBC_WIRE_ID_LEN) == 0) {
                    return true;
                }
            }
            (void)poll(fds, 2, STEP_MS);
        }
    }
    return false;
}

/* A request of the peer, answered under a code; out gets the body when it is FINE. */
static void
asks(enum tbc_op op, const void *msg, enum tbc_code code, void *out)
{
    static uint8_t number;
    const uint8_t id[TBC_WIRE_ID_LEN] = { 1, ++number };
    struct tbc_buf bytes = { 0 };
    struct tbc_reply reply;

    CU_ASSERT_EQUAL_FATAL(tbc_wire_put_request(&bytes, id, op, msg), TBC_OK);
    CU_ASSERT_FATAL(exchange(tbc_buf_span(&bytes), id, &reply));
    CU_ASSERT_EQUAL(reply.op, op);
    CU_ASSERT_EQUAL(reply.code, code);
    if (reply.code == TBC_CODE_FINE && out != NULL) {
        CU_ASSERT_EQUAL(tbc_wire_read(tbc_wire_reply_shape(op), reply.body, out, NULL),
                        TBC_OK);
    }
    tbc_buf_fini(&bytes);
}

static struct tbc_entry
entry_of(uint8_t event, uint8_t passenger)
{
    struct tbc_entry e = { .event = { event },
                           .cti = { passenger },
                           .verdict = TBC_ACCEPTED_OFFLINE,
                           .at = tbc_clock_utc(),
                           .train = "G1",
                           .told = true };

    e.depart.s = e.at.s + 1800;
    return e;
}

static uint64_t
claims(uint64_t number, const struct tbc_entry *entry)
{
    static struct tbc_claim claim;
    struct tbc_claim_reply reply = { .answer = 99 };

    claim =
        (struct tbc_claim){ .number = number, .entries = { *entry }, .entries_n = 1 };
    asks(TBC_OP_CLAIM, &claim, TBC_CODE_FINE, &reply);
    return reply.answer;
}

static void
a_list_never_goes_back_and_outlives_a_restart(void)
{
    begin();
    CU_ASSERT_EQUAL(rig.g->peers.list.rows_n, 2);
    CU_ASSERT_TRUE(rig.g->peers.core.peers[0].used);
    rig.list.rows_n = 1;
    take_list(9); /* an older one, without the peer */
    CU_ASSERT_EQUAL(rig.g->peers.list.version, 10);
    CU_ASSERT_TRUE(rig.g->peers.core.peers[0].used);
    gate_peers_take(rig.g, tbc_span_str("\xa1\x01"));
    CU_ASSERT_EQUAL(rig.g->peers.list.version, 10);
    close_gate();
    open_gate();
    CU_ASSERT_EQUAL(rig.g->peers.list.version, 10);
    CU_ASSERT_STRING_EQUAL(rig.g->peers.core.peers[0].row.name, "gate-2");
    CU_ASSERT_STRING_EQUAL(gate_peers_address(rig.g), rig.list.rows[0].address);
    take_list(11); /* revoked */
    CU_ASSERT_FALSE(rig.g->peers.core.peers[0].used);
    close_gate();
    open_gate();
    CU_ASSERT_FALSE(rig.g->peers.core.peers[0].used);
    end();
}

static void
what_a_peer_should_not_say_is_answered_by_name(void)
{
    static const struct tbc_claim nobody = { .number = 1 };
    static struct tbc_claim unnumbered = { .entries_n = 1 };
    static const uint8_t id[TBC_WIRE_ID_LEN] = { 9 };
    static const char *const strange[] = { "", "\xff", "\x80", "hello" };
    struct tbc_greet greet = { .journal = { 5 } };
    struct tbc_buf bytes = { 0 };
    struct tbc_reply reply;

    begin();
    asks(TBC_OP_HELLO, NULL, TBC_CODE_UNSUPPORTED, NULL);
    asks(TBC_OP_CLAIM, &nobody, TBC_CODE_BAD_REQUEST, NULL);
    asks(TBC_OP_CLAIM, &unnumbered, TBC_CODE_BAD_REQUEST, NULL);
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
        CU_ASSERT_EQUAL(tbc_group_send(rig.peer, 0, tbc_span_str(strange[i])), TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_wire_put_request(&bytes, id, TBC_OP_GREET, &greet), TBC_OK);
    bytes.ptr[bytes.len - 18] = 0x09; /* the key of the last field */
    CU_ASSERT_TRUE(exchange(tbc_buf_span(&bytes), id, &reply));
    CU_ASSERT_EQUAL(reply.code, TBC_CODE_BAD_REQUEST);
    asks(TBC_OP_GREET, &greet, TBC_CODE_FINE, &greet); /* and it goes on */
    tbc_buf_fini(&bytes);
    end();
}

static void
what_a_peer_let_in_is_known_at_once_and_after_a_restart(void)
{
    static struct tbc_share share = { .journal = { 5 }, .upto = 7, .entries_n = 1 };
    const struct tbc_entry theirs = entry_of(1, 1);
    const struct tbc_entry again = entry_of(2, 1);
    const struct tbc_entry other = entry_of(3, 2);
    struct tbc_share_reply had = { 0 };
    struct tbc_greet greet = { .journal = { 5 }, .newest = 7 };
    struct tbc_greet back = { 0 };
    static struct gate_visit visit;

    begin();
    share.entries[0] = theirs;
    asks(TBC_OP_SHARE, &share, TBC_CODE_FINE, &had);
    CU_ASSERT_EQUAL(had.have, 7);
    visit.entry = again;
    gate_peers_recall(rig.g, &visit);
    CU_ASSERT_TRUE(visit.memory.entered || rig.g->peers.heard_n == 0);
    CU_ASSERT_EQUAL(claims(1000, &again), TBC_CLAIM_ENTERED);
    CU_ASSERT_EQUAL(claims(1001, &other), TBC_CLAIM_AGREED);
    close_gate();
    open_gate();
    CU_ASSERT_EQUAL(rig.g->peers.heard_n, 0);
    CU_ASSERT_EQUAL(claims(1002, &again), TBC_CLAIM_ENTERED);
    asks(TBC_OP_GREET, &greet, TBC_CODE_FINE, &back);
    CU_ASSERT_EQUAL(back.yours[0], 5); /* goes on from there */
    CU_ASSERT_EQUAL(back.have, 7);
    end();
}

/* Whoever leaves needs nobody's word, and is told to the others like all that opened a barrier. */
static void
leaving_is_told_and_not_claimed(void)
{
    static struct tbc_share share = { .journal = { 5 }, .upto = 2, .entries_n = 2 };
    static struct tbc_claim claim = { .number = 1, .entries_n = 1 };
    const struct tbc_entry entry = entry_of(1, 1);
    const struct tbc_entry again = entry_of(2, 1);
    struct tbc_share_reply had = { 0 };

    begin();
    claim.entries[0] = again;
    claim.entries[0].act = TBC_ACT_EXIT;
    asks(TBC_OP_CLAIM, &claim, TBC_CODE_BAD_REQUEST, NULL);
    rig.g->visit.entry = claim.entries[0];
    CU_ASSERT_FALSE(gate_peers_claim(rig.g, false));
    share.entries[0] = entry;
    share.entries[1] = entry;
    share.entries[1].event[0] = 7;
    share.entries[1].act = TBC_ACT_EXIT;
    share.entries[1].at.s += 60;
    asks(TBC_OP_SHARE, &share, TBC_CODE_FINE, &had);
    gate_peers_flush(rig.g);
    CU_ASSERT_EQUAL(rig.g->peers.heard_n, 0);
    CU_ASSERT_EQUAL(claims(9, &again), TBC_CLAIM_AGREED); /* is outside */
    end();
}

/* A gate that opens with a full disk: what it let in is not in the journal, so that no row can tell
 * it; its peers keep their words until one can. */
static void
who_was_let_in_without_a_row_is_known_and_stays_undecided(void)
{
    const struct tbc_outbox_entry row = { .entry = entry_of(1, 1) };
    const struct tbc_entry again = entry_of(2, 1);
    struct tbc_greet greet = { .journal = { 5 } };
    struct tbc_greet back = { 0 };
    uint64_t before;

    begin();
    asks(TBC_OP_GREET, &greet, TBC_CODE_FINE, &back);
    before = back.decided;
    rig.g->visit.entry = row.entry;
    CU_ASSERT_TRUE(gate_peers_claim(rig.g, false));
    CU_ASSERT_EQUAL(gate_spare_put(&rig.g->spare, &row), TBC_OK);
    CU_ASSERT_EQUAL(claims(1, &again), TBC_CLAIM_ENTERED);
    asks(TBC_OP_GREET, &greet, TBC_CODE_FINE, &back);
    CU_ASSERT_EQUAL(back.decided, before);
    CU_ASSERT_EQUAL(tbc_outbox_write(rig.g->box, &row), TBC_OK);
    gate_spare_drop(&rig.g->spare);
    gate_peers_tick(rig.g); /* looks at the rows */
    asks(TBC_OP_GREET, &greet, TBC_CODE_FINE, &back);
    CU_ASSERT_TRUE(back.decided > before);
    CU_ASSERT_EQUAL(back.newest, 1);
    end();
}

static void
without_its_journal_a_gate_does_not_agree(void)
{
    const struct tbc_entry entry = entry_of(1, 1);
    static struct tbc_claim claim = { .number = 1, .entries_n = 1 };

    begin();
    claim.entries[0] = entry;
    tbc_outbox_close(&rig.g->box);
    asks(TBC_OP_CLAIM, &claim, TBC_CODE_TROUBLE, NULL);
    open_box();
    CU_ASSERT_EQUAL(claims(2, &entry), TBC_CLAIM_AGREED);
    end();
}

static void
a_gate_asks_before_it_opens_and_hears_no(void)
{
    const int64_t until = tbc_clock_mono().ms + WAIT_MS;
    struct tbc_greet greet = { .journal = { 5 } };
    struct tbc_greet back = { 0 };
    bool asked = false;

    begin();
    rig.g->visit.entry = entry_of(1, 1);
    CU_ASSERT_FALSE(gate_peers_claim(rig.g, false)); /* nobody has been heard yet */
    asks(TBC_OP_GREET, &greet, TBC_CODE_FINE, &back);
    CU_ASSERT_TRUE(gate_peers_claim(rig.g, false));
    while (!asked && tbc_clock_mono().ms < until) {
        struct pollfd fd = { .fd = tbc_group_fd(rig.peer), .events = POLLIN };
        struct tbc_claim_reply no = { .event = { 1 }, .answer = TBC_CLAIM_ENTERED };
        struct tbc_group_from from;
        struct tbc_request request;
        struct tbc_buf out = { 0 };
        struct tbc_span got;

        while (!asked && tbc_group_recv(rig.peer, &from, &got) == TBC_OK) {
            asked = tbc_wire_open_request(got, &request, NULL) == TBC_OK &&
                    request.op == TBC_OP_CLAIM;
        }
        if (asked) {
            CU_ASSERT_EQUAL(tbc_wire_put_reply(&out, &request, TBC_CODE_FINE, &no),
                            TBC_OK);
            CU_ASSERT_EQUAL(tbc_group_answer(rig.peer, &from, tbc_buf_span(&out)),
                            TBC_OK);
            tbc_buf_fini(&out);
        }
        (void)poll(&fd, 1, STEP_MS);
    }
    CU_ASSERT_TRUE(asked);
    while (rig.g->peers.core.claim.state == GATE_CLAIM_WAITING &&
           tbc_clock_mono().ms < until) {
        gate_peers_listen(rig.g);
    }
    gate_peers_weigh(rig.g);
    CU_ASSERT_TRUE(rig.g->visit.memory.entered);
    end();
}

TBC_SUITE("gate/peers", TEST(a_list_never_goes_back_and_outlives_a_restart),
          TEST(what_a_peer_should_not_say_is_answered_by_name),
          TEST(what_a_peer_let_in_is_known_at_once_and_after_a_restart),
          TEST(leaving_is_told_and_not_claimed),
          TEST(who_was_let_in_without_a_row_is_known_and_stays_undecided),
          TEST(without_its_journal_a_gate_does_not_agree),
          TEST(a_gate_asks_before_it_opens_and_hears_no))
