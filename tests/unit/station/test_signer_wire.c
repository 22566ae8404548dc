#include "signer_wire.h"
#include "suite.h"
#include "sys/child.h"

#include <string.h>

static struct tbc_span payloads[SIGNER_BATCH_MAX];
static struct signer_result results[SIGNER_BATCH_MAX];
static struct signer_setup_texts texts;

/* A framed message without its length. */
static struct tbc_span
inside(const struct tbc_buf *message)
{
    CU_ASSERT_EQUAL_FATAL(tbc_buf_status(message), TBC_OK);
    CU_ASSERT_EQUAL(tbc_child_length(message->ptr), message->len - TBC_CHILD_HEAD);
    return tbc_span_sub(tbc_buf_span(message), TBC_CHILD_HEAD, message->len);
}

static void
put_a_setup(struct tbc_buf *out)
{
    const struct signer_setup setup = { .station = "YZN",
                                        .names = { "a.pem", "pkcs11:token=t" },
                                        .pass_file = "",
                                        .count_file = "signer.count",
                                        .trust = tbc_span_str("list"),
                                        .validity_s = 86400,
                                        .per_minute = 60 };

    signer_put_setup(out, &setup);
}

static void
put_an_ask(struct tbc_buf *out)
{
    const struct tbc_span two[] = { tbc_span_str("one"), tbc_span_str("two") };
    const struct signer_ask ask = {
        .id = 9, .kid = { 1, 2 }, .typ = TBC_TYP_STATUS, .payloads = two, .n = 2
    };

    signer_put_ask(out, &ask);
}

static void
put_an_answer(struct tbc_buf *out)
{
    struct signer_result r = { .err = TBC_ERR_DENIED, .why = "exp" };
    const struct signer_answer answer = {
        .id = 9,
        .keys = { { .is_there = true, .kid = { 7 }, .alg = TBC_ALG_ES256 } },
        .counts = { 1, 2, 3, 4 },
        .results = &r,
        .n = 1,
    };

    signer_put_answer(out, &answer);
}

static enum tbc_err
read_a_setup(struct tbc_span message)
{
    struct signer_setup setup;

    return signer_read_setup(message, &setup, &texts);
}

static enum tbc_err
read_an_ask(struct tbc_span message)
{
    struct signer_ask ask;

    return signer_read_ask(message, &ask, payloads);
}

static enum tbc_err
read_an_answer(struct tbc_span message)
{
    struct signer_answer answer = { .results = results };

    return signer_read_answer(message, &answer);
}

static void
what_is_said_is_heard(void)
{
    struct signer_answer answer = { .results = results };
    struct tbc_buf message = { 0 };
    struct signer_setup setup;
    struct signer_ask ask;

    put_a_setup(&message);
    CU_ASSERT_EQUAL(signer_read_setup(inside(&message), &setup, &texts), TBC_OK);
    CU_ASSERT_STRING_EQUAL(setup.names[1], "pkcs11:token=t");
    CU_ASSERT_STRING_EQUAL(setup.count_file, "signer.count");
    CU_ASSERT_EQUAL(setup.trust.len, 4);
    tbc_buf_clear(&message);
    put_an_ask(&message);
    CU_ASSERT_EQUAL(signer_read_ask(inside(&message), &ask, payloads), TBC_OK);
    CU_ASSERT_EQUAL(ask.typ, TBC_TYP_STATUS);
    CU_ASSERT_EQUAL(ask.n, 2);
    CU_ASSERT(tbc_span_equal(ask.payloads[1], tbc_span_str("two")));
    tbc_buf_clear(&message);
    put_an_answer(&message);
    CU_ASSERT_EQUAL(signer_read_answer(inside(&message), &answer), TBC_OK);
    CU_ASSERT(answer.keys[0].is_there);
    CU_ASSERT_FALSE(answer.keys[1].is_there);
    CU_ASSERT_EQUAL(answer.counts.doubt, 3);
    CU_ASSERT_EQUAL(answer.results[0].err, TBC_ERR_DENIED);
    CU_ASSERT_STRING_EQUAL(answer.results[0].why, "exp");
    tbc_buf_fini(&message);
}

static const struct {
    void (*put)(struct tbc_buf *out);
    enum tbc_err (*read)(struct tbc_span message);
} kinds[] = { { put_a_setup, read_a_setup },
              { put_an_ask, read_an_ask },
              { put_an_answer, read_an_answer } };

#define KINDS (sizeof kinds / sizeof *kinds)

static void
what_is_cut_or_longer_is_refused(void)
{
    for (size_t k = 0; k < KINDS; k++) {
        struct tbc_buf message = { 0 };
        struct tbc_span whole;

        kinds[k].put(&message);
        whole = inside(&message);
        for (size_t n = 0; n < whole.len; n++) {
            CU_ASSERT_NOT_EQUAL(kinds[k].read(tbc_span_of(whole.ptr, n)), TBC_OK);
        }
        CU_ASSERT_EQUAL(tbc_buf_append_u8(&message, 0), TBC_OK);
        whole = tbc_span_sub(tbc_buf_span(&message), TBC_CHILD_HEAD, message.len);
        CU_ASSERT_NOT_EQUAL(kinds[k].read(whole), TBC_OK);
        tbc_buf_fini(&message);
    }
}

static void
one_message_is_not_another(void)
{
    for (size_t k = 0; k < KINDS; k++) {
        struct tbc_buf message = { 0 };

        kinds[k].put(&message);
        for (size_t other = 0; other < KINDS; other++) {
            CU_ASSERT_EQUAL(kinds[other].read(inside(&message)) == TBC_OK, other == k);
        }
        tbc_buf_fini(&message);
    }
}

/* In hexadecimal what is not in the grammar, each for one reason. */
static void
other_asks_are_refused(void)
{
    static const struct {
        const char *bytes;
        size_t len;
    } table[] = {
        { "\xa0", 1 },         /* nothing */
        { "\xa1\x01\x00", 3 }, /* id 0 */
        { "\xa1\x02\x48"
          "12345678",
          11 }, /* a kid and no id */
        { "\xa4\x01\x01\x02\x48"
          "12345678\x03\x00\x04\x80",
          17 }, /* no payload */
        { "\xa4\x01\x01\x02\x48"
          "12345678\x03\x07\x04\x81\x41x",
          19 }, /* a typ of nobody */
        { "\xa4\x01\x01\x02\x47"
          "1234567\x03\x00\x04\x81\x41x",
          18 },                                     /* a short kid */
        { "\xa3\x01\x01\x03\x00\x04\x81\x41x", 9 }, /* no kid */
        { "\xa1\x18\x01\x01", 4 },                  /* a long form */
        { "\x9f\xff", 2 },                          /* an endless array */
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        CU_ASSERT_NOT_EQUAL(read_an_ask(tbc_span_of(table[i].bytes, table[i].len)),
                            TBC_OK);
    }
    CU_ASSERT_EQUAL(read_an_ask(tbc_span_of("\xa1\x01\x01", 3)), TBC_OK);
    CU_ASSERT_EQUAL(read_an_ask(tbc_span_of("\xa4\x01\x01\x02\x48"
                                            "12345678\x03\x00\x04\x81\x41x",
                                            19)),
                    TBC_OK);
}

TBC_SUITE("station/signer_wire", TEST(what_is_said_is_heard),
          TEST(what_is_cut_or_longer_is_refused), TEST(one_message_is_not_another),
          TEST(other_asks_are_refused))
