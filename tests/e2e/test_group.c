/* Gates that share their entries: what the station tells them of each other. */
#include "stage.h"
#include "suite.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a gate says that it listens; the answer's code. */
static struct answer
greet(struct tbc_client *client, const char *address)
{
    static struct tbc_hello_reply out;
    struct tbc_hello hello = { .software = "test" };

    (void)snprintf(hello.group, sizeof hello.group, "%s", address);
    return stage_ask(client, TBC_OP_HELLO, &hello, &out);
}

/* The list that is newer than a version; false when there is none. */
static bool
peers_since(struct tbc_client *client, uint64_t version, struct tbc_peers *peers)
{
    const struct tbc_snapshot have = { .peers = version };
    struct tbc_snapshot_reply s;
    struct tbc_reply reply;

    return tbc_client_call(client, TBC_OP_SNAPSHOT, &have, STAGE_CALL_MS, &reply) ==
               TBC_OK &&
           tbc_wire_read(tbc_wire_reply_shape(TBC_OP_SNAPSHOT), reply.body, &s, NULL) ==
               TBC_OK &&
           s.peers.len > 0 &&
           tbc_wire_read(&tbc_wire_peers_shape, s.peers, peers, NULL) == TBC_OK;
}

static const struct tbc_peer_row *
row_of(const struct tbc_peers *peers, const char *name)
{
    for (size_t i = 0; i < peers->rows_n; i++) {
        if (strcmp(peers->rows[i].name, name) == 0) {
            return &peers->rows[i];
        }
    }
    return NULL;
}

/* Killed, and started again where it was. */
static void
fell_station(struct stage *s)
{
    tbc_client_close(&s->client);
    CU_ASSERT_EQUAL(stage_end(s, SIGKILL), 128 + SIGKILL);
}

static void
raise_station_again(struct stage *s)
{
    const char *more[] = { "--front", NULL, "--feed", NULL, NULL };
    struct tbc_device_file file;

    CU_ASSERT_EQUAL_FATAL(tbc_device_read(&file, stage_path(s, "gate-1.device")),
                          TBC_OK);
    more[1] = file.front;
    more[3] = file.feed;
    CU_ASSERT_FATAL(stage_start(s, more));
    CU_ASSERT_FATAL(stage_connect(s));
    tbc_device_fini(&file);
}

static void
gates_learn_where_the_others_are(void)
{
    static const char *const gates[] = { "gate-1", "gate-2" };
    static const struct tbc_device drop = { .action = TBC_DEVICE_REVOKE,
                                            .name = "gate-2" };
    static struct tbc_device_reply fleet;
    static struct tbc_peers peers;
    static struct stage s;
    struct tbc_client *c[3] = { NULL };
    uint64_t version;

    stage_raise(&s);
    CU_ASSERT_FATAL(stage_enrol(&s, "kiosk-1", TBC_ROLE_KIOSK));
    CU_ASSERT_FATAL(stage_connect_as(&c[2], stage_path(&s, "kiosk-1.device"), false));
    for (size_t i = 0; i < 2; i++) {
        char file[64];
        char address[64];

        (void)snprintf(file, sizeof file, "%s.device", gates[i]);
        (void)snprintf(address, sizeof address, "tcp://10.0.0.%zu:7712", i + 1);
        CU_ASSERT_FATAL(stage_enrol(&s, gates[i], TBC_ROLE_GATE));
        CU_ASSERT_FATAL(stage_connect_as(&c[i], stage_path(&s, file), false));
        CU_ASSERT(stage_is(greet(c[i], address), TBC_CODE_FINE));
    }
    CU_ASSERT_FATAL(peers_since(c[0], 0, &peers));
    CU_ASSERT_EQUAL(peers.rows_n, 2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(row_of(&peers, "gate-2"));
    CU_ASSERT_STRING_EQUAL(row_of(&peers, "gate-2")->address, "tcp://10.0.0.2:7712");
    version = peers.version;
    CU_ASSERT_FALSE(peers_since(c[0], version, &peers)); /* has the newest */
    CU_ASSERT_FALSE(peers_since(c[2], 0, &peers));       /* a kiosk has no peers */
    CU_ASSERT(stage_is(greet(c[2], "tcp://10.0.0.3:7712"), TBC_CODE_BAD_REQUEST));
    CU_ASSERT(stage_is(greet(c[0], "tcp://0.0.0.0:7712"), TBC_CODE_BAD_REQUEST));
    CU_ASSERT(stage_is(greet(c[0], "tcp://10.0.0.1:*"), TBC_CODE_BAD_REQUEST));
    CU_ASSERT(stage_is(greet(c[0], "tcp://10.0.0.1:7712"), TBC_CODE_FINE));
    CU_ASSERT_FALSE(peers_since(c[0], version, &peers)); /* nothing has changed */
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_DEVICE, &drop, &fleet), TBC_CODE_FINE));
    CU_ASSERT_FATAL(peers_since(c[0], version, &peers));
    CU_ASSERT(peers.version > version);
    CU_ASSERT_PTR_NULL(row_of(&peers, "gate-2"));
    version = peers.version;
    tbc_client_close(&c[0]);
    fell_station(&s);
    raise_station_again(&s);
    CU_ASSERT_FATAL(stage_connect_as(&c[0], stage_path(&s, "gate-1.device"), false));
    CU_ASSERT_FATAL(peers_since(c[0], 0, &peers)); /* remembered */
    CU_ASSERT_EQUAL(peers.version, version);
    CU_ASSERT_PTR_NOT_NULL(row_of(&peers, "gate-1"));
    CU_ASSERT(stage_is(greet(c[0], ""), TBC_CODE_FINE)); /* --group none */
    CU_ASSERT_FATAL(peers_since(c[0], version, &peers));
    CU_ASSERT_EQUAL(peers.rows_n, 0);
    for (size_t i = 0; i < 3; i++) {
        tbc_client_close(&c[i]);
    }
    stage_strike(&s);
}

TBC_SUITE("e2e/group", TEST(gates_learn_where_the_others_are))
