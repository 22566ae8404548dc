/* Every message of the program, walked by its table. */
#include "codec/wire.h"
#include "fill.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPS_N 25

static const uint8_t some_bytes[64] = { 1, 2, 3 };
static const uint8_t some_id[TBC_WIRE_ID_LEN] = { 7, 7, 7 };

/* Which message: a request, a reply that is FINE, or the problem. */
enum side {
    SIDE_REQUEST,
    SIDE_REPLY,
    SIDE_PROBLEM,
};

static const struct tbc_wire_shape *
shape_of(enum tbc_op op, enum side side)
{
    if (side == SIDE_PROBLEM) {
        return &tbc_wire_problem_shape;
    }
    return side == SIDE_REQUEST ? tbc_wire_request_shape(op) : tbc_wire_reply_shape(op);
}

/* The whole message into out, and where its body stands. */
static struct tbc_span
encode(enum tbc_op op, enum side side, const void *msg, struct tbc_buf *out)
{
    struct tbc_request request = { .op = op };
    struct tbc_reply reply = { 0 };
    enum tbc_err err;

    memcpy(request.id, some_id, sizeof some_id);
    if (side == SIDE_REQUEST) {
        err = tbc_wire_put_request(out, some_id, op, msg);
        CU_ASSERT_EQUAL(err, TBC_OK);
        CU_ASSERT_EQUAL(tbc_wire_open_request(tbc_buf_span(out), &request, NULL),
                        TBC_OK);
        return request.body;
    }
    err = tbc_wire_put_reply(out, &request,
                             side == SIDE_REPLY ? TBC_CODE_FINE : TBC_CODE_BUSY, msg);
    CU_ASSERT_EQUAL(err, TBC_OK);
    CU_ASSERT_EQUAL(tbc_wire_open_reply(tbc_buf_span(out), &reply, NULL), TBC_OK);
    CU_ASSERT_EQUAL(reply.op, op);
    CU_ASSERT_EQUAL(memcmp(reply.id, some_id, sizeof some_id), 0);
    return reply.body;
}

typedef void (*visitor)(enum tbc_op op, enum side side,
                        const struct tbc_wire_shape *shape, uint8_t *msg);

/* Each message once, filled. */
static void
visit_all(visitor visit)
{
    for (unsigned op = 1; op <= OPS_N; op++) {
        for (enum side side = SIDE_REQUEST; side <= SIDE_PROBLEM; side++) {
            const struct tbc_wire_shape *shape = shape_of((enum tbc_op)op, side);
            uint8_t *msg = calloc(1, shape->size + 1);

            if (msg == NULL) {
                CU_FAIL("no memory");
                return;
            }
            fill_message(shape, msg);
            visit((enum tbc_op)op, side, shape, msg);
            free(msg);
        }
    }
}

static void
round_trip(enum tbc_op op, enum side side, const struct tbc_wire_shape *shape,
           uint8_t *msg)
{
    uint8_t *back = calloc(1, shape->size + 1);
    struct tbc_buf first = { 0 };
    struct tbc_buf second = { 0 };
    struct tbc_span body = encode(op, side, msg, &first);

    CU_ASSERT_EQUAL(tbc_wire_read(shape, body, back, NULL), TBC_OK);
    (void)encode(op, side, back, &second);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&first), tbc_buf_span(&second)));
    tbc_buf_fini(&first);
    tbc_buf_fini(&second);
    free(back);
}

static void
every_filled_message_round_trips(void)
{
    visit_all(round_trip);
}

static void
truncate_body(enum tbc_op op, enum side side, const struct tbc_wire_shape *shape,
              uint8_t *msg)
{
    struct tbc_buf whole = { 0 };
    struct tbc_span body = encode(op, side, msg, &whole);
    bool refused = true;

    for (size_t len = 0; len < body.len; len++) {
        refused = refused &&
                  tbc_wire_read(shape, tbc_span_sub(body, 0, len), msg, NULL) != TBC_OK;
    }
    CU_ASSERT(refused);
    /* msg was wiped by each refusal */
    for (size_t i = 0; i < shape->size; i++) {
        refused = refused && msg[i] == 0;
    }
    CU_ASSERT(refused);
    tbc_buf_fini(&whole);
}

static void
every_truncation_is_refused_and_leaves_nothing(void)
{
    visit_all(truncate_body);
}

static void
truncate_envelope(enum tbc_op op, enum side side, const struct tbc_wire_shape *shape,
                  uint8_t *msg)
{
    struct tbc_buf whole = { 0 };
    struct tbc_request request;
    struct tbc_reply reply;
    bool refused = true;

    (void)shape;
    (void)encode(op, side, msg, &whole);
    for (size_t len = 0; len < whole.len; len++) {
        struct tbc_span cut = tbc_span_sub(tbc_buf_span(&whole), 0, len);

        refused = refused && (side == SIDE_REQUEST
                                  ? tbc_wire_open_request(cut, &request, NULL)
                                  : tbc_wire_open_reply(cut, &reply, NULL)) != TBC_OK;
    }
    CU_ASSERT(refused);
    (void)tbc_buf_append_u8(&whole, 0);
    CU_ASSERT((side == SIDE_REQUEST
                   ? tbc_wire_open_request(tbc_buf_span(&whole), &request, NULL)
                   : tbc_wire_open_reply(tbc_buf_span(&whole), &reply, NULL)) !=
              TBC_OK);
    tbc_buf_fini(&whole);
}

static void
every_cut_or_lengthened_envelope_is_refused(void)
{
    visit_all(truncate_envelope);
}

/* The encoded entry of a body's map that begins at *at. */
static struct tbc_span
entry_at(struct tbc_span body, size_t *at)
{
    struct tbc_cbor_in r;
    struct tbc_span rest = tbc_span_sub(body, *at, body.len);
    struct tbc_span key = { 0 };
    struct tbc_span value = { 0 };

    tbc_cbor_open(&r, rest);
    tbc_cbor_skip(&r, "key", &key);
    tbc_cbor_skip(&r, "value", &value);
    *at += key.len + value.len;
    return tbc_span_sub(rest, 0, key.len + value.len);
}

static bool
refuses(const struct tbc_wire_shape *shape, uint8_t *msg, uint8_t n,
        struct tbc_span first, struct tbc_span second)
{
    struct tbc_buf b = { 0 };
    bool refused;

    (void)tbc_buf_append_u8(&b, (uint8_t)(0xa0 + n));
    (void)tbc_buf_append_span(&b, first);
    (void)tbc_buf_append_span(&b, second);
    refused = tbc_wire_read(shape, tbc_buf_span(&b), msg, NULL) != TBC_OK;
    tbc_buf_fini(&b);
    return refused;
}

static void
spoil_map(enum tbc_op op, enum side side, const struct tbc_wire_shape *shape,
          uint8_t *msg)
{
    static const uint8_t stranger[] = { 0x18, 0x3c, 0x00 }; /* 60: 0 */
    struct tbc_buf whole = { 0 };
    struct tbc_span body = encode(op, side, msg, &whole);
    bool has_required = false;
    size_t at = 1;

    CU_ASSERT(refuses(shape, msg, (uint8_t)(shape->n + 1),
                      tbc_span_sub(body, 1, body.len),
                      tbc_span_of(stranger, sizeof stranger)));
    for (size_t i = 0; i < shape->n; i++) {
        has_required = has_required || !shape->fields[i].optional;
    }
    CU_ASSERT_EQUAL(
        refuses(shape, msg, 0, (struct tbc_span){ 0 }, (struct tbc_span){ 0 }),
        has_required);
    if (shape->n >= 2) {
        struct tbc_span one = entry_at(body, &at);
        struct tbc_span two = entry_at(body, &at);

        CU_ASSERT(refuses(shape, msg, 2, one, one));
        CU_ASSERT(refuses(shape, msg, 2, two, one));
    }
    tbc_buf_fini(&whole);
}

static void
unknown_missing_repeated_and_unsorted_fields_are_refused(void)
{
    visit_all(spoil_map);
}

static char *
read_grammar(void)
{
    char path[512];
    char *text = calloc(1, 256 * 1024);
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/docs/wire.cddl",
                   tbc_test_env("TBC_SOURCE_DIR"));
    f = fopen(path, "r");
    if (f == NULL || text == NULL || fread(text, 1, 256 * 1024 - 1, f) == 0) {
        CU_FAIL_FATAL("docs/wire.cddl cannot be read");
    }
    if (f != NULL) {
        (void)fclose(f);
    }
    return text;
}

/* "KEY: ...; name" on one line of the rule. */
static bool
has_field(const char *rule, const char *end, const struct tbc_wire_field *f)
{
    char line[128];
    const char *key;
    const char *name;

    (void)snprintf(line, sizeof line, "\n    %s%u: ", f->optional ? "? " : "", f->key);
    key = strstr(rule, line);
    (void)snprintf(line, sizeof line, "; %s\n", f->name);
    name = key == NULL ? NULL : strstr(key, line);
    return name != NULL && name < end &&
           memchr(key + 1, '\n', (size_t)(name - key - 1)) == NULL;
}

/* "NAME = {" and each field before its "}". */
static void
check_rule(const char *grammar, const struct tbc_wire_shape *shape)
{
    char line[128];
    const char *rule;
    const char *end;

    (void)snprintf(line, sizeof line, "\n%s = {", shape->name);
    rule = strstr(grammar, line);
    end = rule == NULL ? NULL : strstr(rule, "}");
    if (end == NULL) {
        (void)fprintf(stderr, "docs/wire.cddl: no rule %s\n", shape->name);
        CU_FAIL("a message is missing in docs/wire.cddl");
        return;
    }
    for (size_t i = 0; i < shape->n; i++) {
        if (!has_field(rule, end, &shape->fields[i])) {
            (void)fprintf(stderr, "docs/wire.cddl: %s has no %s\n", shape->name,
                          shape->fields[i].name);
            CU_FAIL("a field is missing in docs/wire.cddl");
        }
    }
}

/* A message and the items of its lists. */
static void
check_message(const char *grammar, const struct tbc_wire_shape *shape)
{
    check_rule(grammar, shape);
    for (size_t i = 0; i < shape->n; i++) {
        if (shape->fields[i].type == TBC_WIRE_LIST) {
            check_rule(grammar, shape->fields[i].item);
        }
    }
}

static void
every_message_and_field_stands_in_the_grammar(void)
{
    char *grammar = read_grammar();
    char line[64];

    for (unsigned op = 1; op <= OPS_N; op++) {
        (void)snprintf(line, sizeof line, "    %s: %u,", tbc_op_name((enum tbc_op)op),
                       op);
        CU_ASSERT_PTR_NOT_NULL(strstr(grammar, line));
        check_message(grammar, tbc_wire_request_shape((enum tbc_op)op));
        check_message(grammar, tbc_wire_reply_shape((enum tbc_op)op));
    }
    check_message(grammar, &tbc_wire_problem_shape);
    check_message(grammar, &tbc_wire_peers_shape);
    CU_ASSERT_FALSE(tbc_op_is_known(OPS_N + 1));
    for (unsigned code = 0; code <= TBC_CODE_TROUBLE; code++) {
        (void)snprintf(line, sizeof line, "    %s: %u,",
                       tbc_code_name((enum tbc_code)code), code);
        CU_ASSERT_PTR_NOT_NULL(strstr(grammar, line));
    }
    free(grammar);
}

static void
notices_round_trip_and_refuse_other_kinds(void)
{
    struct tbc_notice notice = { .number = 5, .body = tbc_span_of(some_bytes, 9) };
    struct tbc_notice back;

    for (unsigned kind = 0; kind <= 7; kind++) {
        struct tbc_buf out = { 0 };
        struct tbc_span whole;
        bool known = kind >= TBC_NOTICE_STATUS && kind <= TBC_NOTICE_DELTA;

        notice.kind = (enum tbc_notice_kind)kind;
        CU_ASSERT_EQUAL(tbc_wire_put_notice(&out, &notice), TBC_OK);
        CU_ASSERT_EQUAL(tbc_wire_open_notice(tbc_buf_span(&out), &back, NULL) == TBC_OK,
                        known);
        CU_ASSERT_EQUAL(back.number, known ? 5 : 0);
        whole = tbc_buf_span(&out);
        for (size_t len = 0; len < whole.len; len++) {
            CU_ASSERT_NOT_EQUAL(
                tbc_wire_open_notice(tbc_span_sub(whole, 0, len), &back, NULL), TBC_OK);
        }
        tbc_buf_fini(&out);
    }
}

static void
device_names_are_words(void)
{
    static const char *const bad[] = {
        "",     "-a", ".a",  "a b", "a/b",
        "a\nb", "林", "a;b", "a=b", "123456789012345678901234567890123456789012345678"
    };

    CU_ASSERT(tbc_device_name_is_valid("gate-1"));
    CU_ASSERT(tbc_device_name_is_valid("Kiosk_2.b"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_FALSE(tbc_device_name_is_valid(bad[i]));
    }
}

TBC_SUITE("codec/wire", TEST(every_filled_message_round_trips),
          TEST(every_truncation_is_refused_and_leaves_nothing),
          TEST(every_cut_or_lengthened_envelope_is_refused),
          TEST(unknown_missing_repeated_and_unsorted_fields_are_refused),
          TEST(every_message_and_field_stands_in_the_grammar),
          TEST(device_names_are_words), TEST(notices_round_trip_and_refuse_other_kinds))
