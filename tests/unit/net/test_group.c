/* Gates that talk to each other, over real sockets of the loopback. */
#include "net/client.h"
#include "net/group.h"
#include "suite.h"
#include "sys/clock.h"

#include <zmq.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>

#define GATES_N     3
#define WAIT_MS     8000
#define STEP_MS     20
#define SILENCE_MS  600
#define ZAP_ADDRESS "inproc://zeromq.zap.01"
#define FLOOD       2000

/* The call of libzmq that a test takes away. */
int real_bind(void *socket, const char *address) __asm__("__real_zmq_bind");
int some_bind(void *socket, const char *address) __asm__("__wrap_zmq_bind");

static bool without_handler;

int
some_bind(void *socket, const char *address)
{
    return without_handler && strcmp(address, ZAP_ADDRESS) == 0
               ? 0
               : real_bind(socket, address);
}

struct gate {
    struct tbc_group *group;
    char public_key[TBC_Z85_LEN + 1];
    char secret_key[TBC_Z85_LEN + 1];
    uint8_t key[32];
};

static struct gate gates[GATES_N];

static void
open_gate(struct gate *g)
{
    const struct tbc_group_options options = { .address = "tcp://127.0.0.1:*",
                                               .public_key = g->public_key,
                                               .secret_key = g->secret_key };

    CU_ASSERT_EQUAL_FATAL(tbc_group_open(&g->group, &options), TBC_OK);
}

static void
open_gates(void)
{
    memset(gates, 0, sizeof gates);
    for (size_t i = 0; i < GATES_N; i++) {
        CU_ASSERT_FATAL(tbc_curve_pair(gates[i].public_key, gates[i].secret_key) ==
                            TBC_OK &&
                        tbc_z85_decode(gates[i].public_key, gates[i].key));
        open_gate(&gates[i]);
    }
}

static void
close_gates(void)
{
    for (size_t i = 0; i < GATES_N; i++) {
        tbc_group_close(&gates[i].group);
    }
}

/* Gate `at` takes gate `other` as a peer, in the slot of its number. */
static void
befriend(size_t at, size_t other)
{
    CU_ASSERT_EQUAL(tbc_group_put(gates[at].group, other, gates[other].key,
                                  tbc_group_address(gates[other].group)),
                    TBC_OK);
}

/* Each gate's handshakes go on, and what came for one of them is given; others' messages are
 * dropped.  False: nothing within the step. */
static bool
turn(size_t at, struct tbc_group_from *from, char *text, size_t size)
{
    struct pollfd fds[GATES_N];
    bool heard = false;

    for (size_t i = 0; i < GATES_N; i++) {
        struct tbc_group_from other;
        struct tbc_span bytes;

        fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
        if (gates[i].group == NULL) {
            continue;
        }
        fds[i].fd = tbc_group_fd(gates[i].group);
        if (i == at ? heard : false) {
            continue;
        }
        if (tbc_group_recv(gates[i].group, &other, &bytes) == TBC_OK && i == at) {
            *from = other;
            (void)snprintf(text, size, "%.*s", (int)bytes.len, (const char *)bytes.ptr);
            heard = true;
        }
    }
    if (!heard) {
        (void)poll(fds, GATES_N, STEP_MS);
    }
    return heard;
}

/* Say a text again and again until the other one has it: the connection takes its time. */
static bool
reaches(size_t at, size_t other, const char *text, int ms, struct tbc_group_from *from)
{
    const int64_t end = tbc_clock_mono().ms + ms;

    while (tbc_clock_mono().ms < end) {
        enum tbc_err err = tbc_group_send(gates[at].group, other, tbc_span_str(text));
        char got[64];

        CU_ASSERT(err == TBC_OK || err == TBC_ERR_BUSY || err == TBC_ERR_NOT_FOUND);
        while (turn(other, from, got, sizeof got)) {
            if (from->slot == at && strcmp(got, text) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void
two_gates_talk_both_ways(void)
{
    struct tbc_group_from from;

    open_gates();
    befriend(0, 1);
    befriend(1, 0);
    CU_ASSERT(reaches(0, 1, "hello", WAIT_MS, &from));
    CU_ASSERT_EQUAL(from.slot, 0);
    CU_ASSERT(reaches(1, 0, "welcome", WAIT_MS, &from));
    CU_ASSERT_EQUAL(from.slot, 1);
    close_gates();
}

/* Gate 1 was restarted and listens elsewhere; gate 0 knows only where it was. */
static void
a_gate_that_listens_elsewhere_now_calls_and_is_answered(void)
{
    struct tbc_group_from from;
    char old[TBC_ADDRESS_MAX + 1];
    char got[64] = "";
    bool answered = false;
    int64_t end;

    open_gates();
    (void)snprintf(old, sizeof old, "%s", tbc_group_address(gates[1].group));
    tbc_group_close(&gates[1].group);
    CU_ASSERT_EQUAL(tbc_group_put(gates[0].group, 1, gates[1].key, old), TBC_OK);
    open_gate(&gates[1]);
    befriend(1, 0);
    CU_ASSERT(reaches(1, 0, "I am here now", WAIT_MS, &from));
    CU_ASSERT_FALSE(from.called);
    CU_ASSERT_EQUAL(tbc_group_answer(gates[0].group, &from, tbc_span_str("good")),
                    TBC_OK);
    end = tbc_clock_mono().ms + WAIT_MS;
    while (!answered && tbc_clock_mono().ms < end) {
        answered = turn(1, &from, got, sizeof got) && strcmp(got, "good") == 0;
    }
    CU_ASSERT(answered);
    CU_ASSERT(reaches(0, 1, "and now I ask", WAIT_MS, &from));
    close_gates();
}

static void
an_unknown_key_is_refused(void)
{
    struct tbc_group_from from;

    open_gates();
    befriend(0, 1);
    befriend(1, 0);
    befriend(2, 0); /* which does not know 2 */
    CU_ASSERT_FALSE(reaches(2, 0, "let me in", SILENCE_MS, &from));
    CU_ASSERT(reaches(1, 0, "I may", WAIT_MS, &from));
    CU_ASSERT(tbc_group_refused(gates[0].group) > 0);
    close_gates();
}

static void
a_dropped_key_is_refused_on_its_open_session(void)
{
    struct tbc_group_from from;
    uint64_t refused;

    open_gates();
    befriend(0, 1);
    befriend(1, 0);
    befriend(2, 1);
    befriend(1, 2);
    CU_ASSERT(reaches(0, 1, "I am one of you", WAIT_MS, &from));
    CU_ASSERT(reaches(2, 1, "so am I", WAIT_MS, &from));
    refused = tbc_group_refused(gates[1].group);
    tbc_group_drop(gates[1].group, 0);
    CU_ASSERT_FALSE(reaches(0, 1, "still?", SILENCE_MS, &from));
    CU_ASSERT(tbc_group_refused(gates[1].group) > refused);
    CU_ASSERT(reaches(2, 1, "I am still", WAIT_MS, &from));
    CU_ASSERT_EQUAL(tbc_group_send(gates[1].group, 0, tbc_span_str("x")),
                    TBC_ERR_NOT_FOUND);
    close_gates();
}

/* Who poses as gate 1, at its address, with another key, is not spoken to. */
static void
a_gate_with_another_key_at_that_address_hears_nothing(void)
{
    struct tbc_group_from from;

    open_gates();
    befriend(2, 0);
    CU_ASSERT_EQUAL(tbc_group_put(gates[0].group, 2, gates[1].key,
                                  tbc_group_address(gates[2].group)),
                    TBC_OK);
    CU_ASSERT_FALSE(reaches(0, 2, "are you 1?", SILENCE_MS, &from));
    close_gates();
}

static void
without_its_handler_nobody_comes_in(void)
{
    struct tbc_group_from from;

    without_handler = true;
    open_gates();
    without_handler = false;
    befriend(0, 1);
    befriend(1, 0);
    CU_ASSERT_FALSE(reaches(0, 1, "anybody there?", SILENCE_MS, &from));
    close_gates();
}

/* A peer whose sockets are there and never read: what is said to it is dropped, not kept. */
static void
a_peer_that_does_not_listen_costs_nothing(void)
{
    static char large[TBC_GROUP_MESSAGE_MAX];
    struct tbc_group_from from;
    size_t busy = 0;

    open_gates();
    befriend(0, 1);
    befriend(1, 0);
    CU_ASSERT(reaches(0, 1, "hello", WAIT_MS, &from));
    for (size_t i = 0; i < FLOOD; i++) {
        enum tbc_err err =
            tbc_group_send(gates[0].group, 1, tbc_span_of(large, sizeof large));

        CU_ASSERT(err == TBC_OK || err == TBC_ERR_BUSY);
        busy += err == TBC_ERR_BUSY ? 1 : 0;
    }
    CU_ASSERT(busy > 0);
    CU_ASSERT_EQUAL(
        tbc_group_send(gates[0].group, 1, tbc_span_of(large, sizeof large + 1)),
        TBC_ERR_LIMIT);
    close_gates();
}

/* Bytes that no gate sends, by a peer's key: too large, in many frames, none. */
static void
strange_messages_end_nothing(void)
{
    static char large[TBC_GROUP_MESSAGE_MAX + 1];
    struct tbc_group_from from;
    const int none = 0;
    char server[TBC_Z85_LEN + 1];
    void *context = zmq_ctx_new();
    void *s = zmq_socket(context, ZMQ_DEALER);
    int64_t end = tbc_clock_mono().ms + SILENCE_MS;

    open_gates();
    befriend(0, 1);
    befriend(0, 2);
    befriend(2, 0);
    CU_ASSERT_FATAL(tbc_z85_encode(gates[0].key, server));
    CU_ASSERT_FATAL(
        zmq_setsockopt(s, ZMQ_LINGER, &none, sizeof none) == 0 &&
        zmq_setsockopt(s, ZMQ_CURVE_SERVERKEY, server, sizeof server) == 0 &&
        zmq_setsockopt(s, ZMQ_CURVE_PUBLICKEY, gates[1].public_key, TBC_Z85_LEN + 1) ==
            0 &&
        zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, gates[1].secret_key, TBC_Z85_LEN + 1) ==
            0 &&
        zmq_connect(s, tbc_group_address(gates[0].group)) == 0);
    while (tbc_clock_mono().ms < end) {
        char got[64];

        (void)zmq_send(s, "", 0, ZMQ_DONTWAIT | ZMQ_SNDMORE);
        (void)zmq_send(s, "b", 1, ZMQ_DONTWAIT | ZMQ_SNDMORE);
        (void)zmq_send(s, "c", 1, ZMQ_DONTWAIT);
        (void)zmq_send(s, large, sizeof large, ZMQ_DONTWAIT);
        if (turn(0, &from, got, sizeof got)) {
            CU_FAIL("a strange message was given");
        }
    }
    CU_ASSERT(reaches(2, 0, "I speak well", WAIT_MS, &from));
    CU_ASSERT(tbc_group_refused(gates[0].group) > 0);
    (void)zmq_close(s);
    (void)zmq_ctx_term(context);
    close_gates();
}

static void
what_is_wrong_with_an_address_or_slot_is_named(void)
{
    struct tbc_group *second = NULL;
    struct tbc_group_options options;

    open_gates();
    options = (struct tbc_group_options){ .address = tbc_group_address(gates[0].group),
                                          .public_key = gates[1].public_key,
                                          .secret_key = gates[1].secret_key };
    CU_ASSERT_EQUAL(tbc_group_open(&second, &options), TBC_ERR_EXISTS);
    options.address = "tcp://127.0.0.1:70000";
    CU_ASSERT_EQUAL(tbc_group_open(&second, &options), TBC_ERR_MALFORMED);
    options.secret_key = "short";
    CU_ASSERT_EQUAL(tbc_group_open(&second, &options), TBC_ERR_MALFORMED);
    CU_ASSERT_PTR_NULL(second);
    CU_ASSERT_EQUAL(
        tbc_group_put(gates[0].group, TBC_GROUP_MAX, gates[1].key, "tcp://127.0.0.1:9"),
        TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(tbc_group_put(gates[0].group, 1, gates[1].key, "tcp://127.0.0.1:*"),
                    TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(tbc_group_put(gates[0].group, 1, gates[1].key, "tcp://127.0.0.1:9"),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_group_put(gates[0].group, 2, gates[1].key, "tcp://127.0.0.1:9"),
                    TBC_ERR_EXISTS);
    close_gates();
}

TBC_SUITE("net/group", TEST(two_gates_talk_both_ways),
          TEST(a_gate_that_listens_elsewhere_now_calls_and_is_answered),
          TEST(an_unknown_key_is_refused),
          TEST(a_dropped_key_is_refused_on_its_open_session),
          TEST(a_gate_with_another_key_at_that_address_hears_nothing),
          TEST(without_its_handler_nobody_comes_in),
          TEST(a_peer_that_does_not_listen_costs_nothing),
          TEST(strange_messages_end_nothing),
          TEST(what_is_wrong_with_an_address_or_slot_is_named))
