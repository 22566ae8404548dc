/* Messages byte by byte, and the names of what stands in them.  The tables of the messages are walked
 * in test_wire.c. */
#include "base/text.h"
#include "codec/wire.h"
#include "suite.h"

#include <string.h>

#define OPS_N 25

static const uint8_t some_id[TBC_WIRE_ID_LEN] = { 7, 7, 7 };

static void
roles_are_what_the_list_says(void)
{
    CU_ASSERT(tbc_op_permits(TBC_OP_APPLY, TBC_ROLE_KIOSK));
    CU_ASSERT(tbc_op_permits(TBC_OP_APPLY, TBC_ROLE_PATROL));
    CU_ASSERT_FALSE(tbc_op_permits(TBC_OP_APPLY, TBC_ROLE_GATE));
    CU_ASSERT_FALSE(tbc_op_permits(TBC_OP_ENTER, TBC_ROLE_KIOSK));
    CU_ASSERT(tbc_op_permits(TBC_OP_EXIT, TBC_ROLE_GATE));
    CU_ASSERT_FALSE(tbc_op_permits(TBC_OP_EXIT, TBC_ROLE_OPERATOR));
    CU_ASSERT(tbc_op_permits(TBC_OP_ANNUL, TBC_ROLE_GATE));
    CU_ASSERT_FALSE(tbc_op_permits(TBC_OP_ANNUL, TBC_ROLE_PATROL));
    CU_ASSERT_FALSE(tbc_op_permits(TBC_OP_DEVICE, TBC_ROLE_PATROL));
    CU_ASSERT_FALSE(tbc_op_permits(TBC_OP_BIND, TBC_ROLE_OPERATOR));
    CU_ASSERT_FALSE(tbc_op_permits(TBC_OP_HELLO, TBC_ROLE_NONE));
}

static void
an_unknown_operation_keeps_its_id_for_the_answer(void)
{
    static const uint8_t bytes[] = {
        0x84, 0x01, 0x50, 9, 9, 9, 9, 9, 9,    9,    9,
        9,    9,    9,    9, 9, 9, 9, 9, 0x18, 0x63, 0xa0
    };
    struct tbc_request request;
    struct tbc_fault fault = { 0 };

    CU_ASSERT_EQUAL(
        tbc_wire_open_request(tbc_span_of(bytes, sizeof bytes), &request, &fault),
        TBC_ERR_UNSUPPORTED);
    CU_ASSERT_EQUAL(request.id[0], 9);
    CU_ASSERT_EQUAL(request.op, 99);
    CU_ASSERT_STRING_EQUAL(fault.what, "operation");
}

static void
names_are_given_to_what_is_known_and_to_nothing_else(void)
{
    static const struct {
        enum tbc_role role;
        const char *word;
    } rows[] = {
        { TBC_ROLE_KIOSK, "kiosk" },   { TBC_ROLE_GATE, "gate" },
        { TBC_ROLE_PATROL, "patrol" }, { TBC_ROLE_OPERATOR, "operator" },
        { TBC_ROLE_NONE, "none" }, /* a word, but no role */
    };
    enum tbc_role role = TBC_ROLE_GATE;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_STRING_EQUAL(tbc_role_word(rows[i].role), rows[i].word);
        CU_ASSERT_EQUAL(tbc_role_parse(tbc_span_str(rows[i].word), &role),
                        rows[i].role != TBC_ROLE_NONE);
        CU_ASSERT_EQUAL(role, rows[i].role);
    }
    CU_ASSERT_FALSE(tbc_role_parse(tbc_span_str("Gate"), &role));
    CU_ASSERT_EQUAL(role, TBC_ROLE_NONE);
    CU_ASSERT_STRING_EQUAL(tbc_op_name((enum tbc_op)(OPS_N + 1)), "?");
    CU_ASSERT_STRING_EQUAL(tbc_code_name((enum tbc_code)99), "?");
    CU_ASSERT_STRING_EQUAL(tbc_code_text((enum tbc_code)99), "an unknown answer");
    for (unsigned code = 0; code <= TBC_CODE_TROUBLE; code++) {
        CU_ASSERT(strlen(tbc_code_text((enum tbc_code)code)) > 3);
    }
}

static void
only_what_changes_something_is_remembered_by_its_id(void)
{
    CU_ASSERT(tbc_op_mutates(TBC_OP_ISSUE));
    CU_ASSERT(tbc_op_mutates(TBC_OP_ENTER));
    CU_ASSERT(tbc_op_mutates(TBC_OP_IMPORT));
    CU_ASSERT_FALSE(tbc_op_mutates(TBC_OP_HELLO));
    CU_ASSERT_FALSE(tbc_op_mutates(TBC_OP_VERIFY));
    CU_ASSERT_FALSE(tbc_op_mutates((enum tbc_op)(OPS_N + 1)));
    CU_ASSERT_FALSE(tbc_op_permits((enum tbc_op)(OPS_N + 1), TBC_ROLE_OPERATOR));
}

static void
a_message_without_a_body_has_an_empty_map(void)
{
    const struct tbc_request to = { .op = TBC_OP_REVOKE };
    struct tbc_request request;
    struct tbc_reply reply;
    struct tbc_buf out = { 0 };
    struct tbc_buf answer = { 0 };

    CU_ASSERT_EQUAL(tbc_wire_put_request(&out, some_id, TBC_OP_STATS, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_wire_open_request(tbc_buf_span(&out), &request, NULL), TBC_OK);
    CU_ASSERT(tbc_span_equal(request.body, tbc_span_str("\xa0")));
    CU_ASSERT_EQUAL(tbc_wire_put_reply(&answer, &to, TBC_CODE_FINE, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_wire_open_reply(tbc_buf_span(&answer), &reply, NULL), TBC_OK);
    CU_ASSERT(tbc_span_equal(reply.body, tbc_span_str("\xa0")));
    tbc_buf_fini(&out);
    tbc_buf_fini(&answer);
}

static void
what_is_empty_is_left_out_and_comes_back_empty(void)
{
    static struct tbc_stats_reply reply = {
        .stats = { { .name = "entries" }, { .name = "issued", .value = 7 } },
        .stats_n = 2,
    };
    static struct tbc_stats_reply back;
    const struct tbc_request to = { .op = TBC_OP_STATS };
    struct tbc_reply opened;
    struct tbc_buf out = { 0 };
    struct tbc_span body;

    CU_ASSERT_EQUAL(tbc_wire_put_reply(&out, &to, TBC_CODE_FINE, &reply), TBC_OK);
    CU_ASSERT_EQUAL(tbc_wire_open_reply(tbc_buf_span(&out), &opened, NULL), TBC_OK);
    body = opened.body;
    CU_ASSERT_EQUAL(body.len, 3 + 1 + 1 + 8 + 1 + 1 + 7 + 2);
    CU_ASSERT_EQUAL(
        tbc_wire_read(tbc_wire_reply_shape(TBC_OP_STATS), body, &back, NULL), TBC_OK);
    CU_ASSERT(back.stats_n == 2 && back.stats[0].value == 0 &&
              back.stats[1].value == 7);
    CU_ASSERT_STRING_EQUAL(back.stats[0].name, "entries");
    tbc_buf_fini(&out);
}

#define ID "5007070700000000000000000000000000"

static void
an_envelope_of_another_form_is_named(void)
{
    static const struct {
        const char *hex;
        bool is_request;
        enum tbc_err err;
        const char *what;
    } rows[] = {
        { "8401" ID "0fa0", true, TBC_OK, NULL },
        { "8401" ID "19012ca0", true, TBC_ERR_UNSUPPORTED, "operation" },
        { "8402" ID "0fa0", true, TBC_ERR_UNSUPPORTED, "version" },
        { "8301" ID "0f", true, TBC_ERR_MALFORMED, "envelope" },
        { "8501" ID "0f00a0", true, TBC_ERR_MALFORMED, "envelope" },
        { "8601" ID "0f00a000", true, TBC_ERR_LIMIT, "envelope" },
        { "84014107"
          "0fa0",
          true, TBC_ERR_MALFORMED, "id" },
        { "8501" ID "0f00a0", false, TBC_OK, NULL },
        { "8501" ID "19012c00a0", false, TBC_OK, NULL }, /* an op of tomorrow */
        { "8401" ID "0fa0", false, TBC_ERR_MALFORMED, "envelope" },
        { "8502" ID "0f00a0", false, TBC_ERR_UNSUPPORTED, "version" },
        { "8501" ID "0f1863a0", false, TBC_ERR_UNSUPPORTED, "code" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf in = { 0 };
        struct tbc_request request = { 0 };
        struct tbc_reply reply = { 0 };
        struct tbc_fault fault = { 0 };
        enum tbc_err err;

        CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(rows[i].hex), &in, NULL),
                              TBC_OK);
        err = rows[i].is_request
                  ? tbc_wire_open_request(tbc_buf_span(&in), &request, &fault)
                  : tbc_wire_open_reply(tbc_buf_span(&in), &reply, &fault);
        CU_ASSERT_EQUAL(err, rows[i].err);
        CU_ASSERT(rows[i].what == NULL
                      ? fault.what == NULL
                      : fault.what != NULL && strcmp(fault.what, rows[i].what) == 0);
        /* who cannot hear why may ask without */
        CU_ASSERT_EQUAL(rows[i].is_request
                            ? tbc_wire_open_request(tbc_buf_span(&in), &request, NULL)
                            : tbc_wire_open_reply(tbc_buf_span(&in), &reply, NULL),
                        err);
        CU_ASSERT(request.op <= UINT8_MAX && reply.op <= UINT8_MAX);
        tbc_buf_fini(&in);
    }
}

static void
a_field_of_another_kind_is_named(void)
{
    static const struct {
        enum tbc_op op;
        const char *body;
        enum tbc_err err;
        const char *what;
    } rows[] = {
        { TBC_OP_VERIFY, "a10118c8", TBC_OK, NULL },
        { TBC_OP_VERIFY, "a10220", TBC_ERR_RANGE, "time" }, /* before 1970 */
        { TBC_OP_VERIFY, "a10120", TBC_ERR_MALFORMED, "verdict" },
        { TBC_OP_VERIFY, "a10300", TBC_ERR_MALFORMED, "unknown field" },
        { TBC_OP_VERIFY, "a3010002000300", TBC_ERR_LIMIT, "tbc_verify_reply" },
        { TBC_OP_VERIFY, "80", TBC_ERR_MALFORMED, "tbc_verify_reply" },
        { TBC_OP_STATS, "a1018200", TBC_ERR_MALFORMED, "stats" },
        { TBC_OP_STATS, "a101984180", TBC_ERR_LIMIT, "stats" }, /* 65 of them */
        { TBC_OP_STATS, "a10181a10200", TBC_ERR_MALFORMED, "name" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static struct tbc_stats_reply msg; /* the larger of the two */
        struct tbc_buf in = { 0 };
        struct tbc_fault fault = { 0 };

        CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(rows[i].body), &in, NULL),
                              TBC_OK);
        CU_ASSERT_EQUAL(tbc_wire_read(tbc_wire_reply_shape(rows[i].op),
                                      tbc_buf_span(&in), &msg, &fault),
                        rows[i].err);
        if (rows[i].what != NULL &&
            (fault.what == NULL || strcmp(fault.what, rows[i].what) != 0)) {
            printf("    %s: %s\n", rows[i].body, fault.what);
            CU_FAIL("another fault");
        }
        tbc_buf_fini(&in);
    }
}

TBC_SUITE("codec/wire_bytes", TEST(roles_are_what_the_list_says),
          TEST(names_are_given_to_what_is_known_and_to_nothing_else),
          TEST(only_what_changes_something_is_remembered_by_its_id),
          TEST(a_message_without_a_body_has_an_empty_map),
          TEST(what_is_empty_is_left_out_and_comes_back_empty),
          TEST(an_unknown_operation_keeps_its_id_for_the_answer),
          TEST(an_envelope_of_another_form_is_named),
          TEST(a_field_of_another_kind_is_named))
