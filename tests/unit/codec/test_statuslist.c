#include "base/text.h"
#include "codec/statuslist.h"
#include "suite.h"

#define ZLIB_CONST
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void
name_list(struct tbc_statuslist *l)
{
    (void)memccpy(l->sub, "https://tbc.example/s/VNP/1", '\0', sizeof l->sub);
    l->iat.s = 1769996400;
    l->exp.s = 1770082800;
    l->ttl_s = 300;
}

static void
every_width_keeps_every_value_of_every_index(void)
{
    static const unsigned widths[] = { 1, 2, 4, 8 };

    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        unsigned top = 1u << widths[w];
        struct tbc_statuslist l;
        struct tbc_statuslist back;
        struct tbc_buf bytes = { 0 };
        unsigned value;

        CU_ASSERT_EQUAL_FATAL(tbc_statuslist_init(&l, widths[w], 1001), TBC_OK);
        name_list(&l);
        for (unsigned i = 0; i < 1001; i++) {
            CU_ASSERT_EQUAL(tbc_statuslist_set(&l, i, i * 7 % top), TBC_OK);
        }
        CU_ASSERT_EQUAL(tbc_statuslist_set(&l, 0, top), TBC_ERR_RANGE);
        CU_ASSERT_EQUAL(tbc_statuslist_encode(&l, &bytes), TBC_OK);
        CU_ASSERT_EQUAL(tbc_statuslist_decode(&back, tbc_buf_span(&bytes), NULL),
                        TBC_OK);
        CU_ASSERT_EQUAL(back.ttl_s, 300);
        for (unsigned i = 0; i < 1001; i++) {
            CU_ASSERT(tbc_statuslist_get(&back, i, &value) == TBC_OK &&
                      value == i * 7 % top);
        }
        CU_ASSERT_EQUAL(tbc_statuslist_get(&back, 1008, &value), TBC_ERR_RANGE);
        CU_ASSERT_EQUAL(tbc_statuslist_get(&back, UINT64_MAX, &value), TBC_ERR_RANGE);
        tbc_statuslist_fini(&l);
        tbc_statuslist_fini(&back);
        tbc_buf_fini(&bytes);
    }
}

/* draft-ietf-oauth-status-list sec. 4.1 and 4.2: the 1-bit and the 2-bit example. */
static void
bits_lie_as_the_token_status_list_draws_them(void)
{
    static const unsigned one[] = { 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1 };
    static const unsigned two[] = { 1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3 };
    struct tbc_statuslist l;

    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_init(&l, 1, 16), TBC_OK);
    for (unsigned i = 0; i < 16; i++) {
        CU_ASSERT_EQUAL(tbc_statuslist_set(&l, i, one[i]), TBC_OK);
    }
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&l.lst), tbc_span_str("\xb9\xa3")));
    tbc_statuslist_fini(&l);
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_init(&l, 2, 12), TBC_OK);
    for (unsigned i = 0; i < 12; i++) {
        CU_ASSERT_EQUAL(tbc_statuslist_set(&l, i, two[i]), TBC_OK);
    }
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&l.lst), tbc_span_str("\xc9\x44\xf9")));
    tbc_statuslist_fini(&l);
}

/* The list of the draft's CWT example, compressed by someone else. */
static void
a_published_list_inflates(void)
{
    struct tbc_buf packed = { 0 };
    struct tbc_buf out = { 0 };

    CU_ASSERT_EQUAL(tbc_hex_decode(tbc_span_str("78dadbb918000217015d"), &packed, NULL),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_status_inflate(tbc_buf_span(&packed), &out), TBC_OK);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&out), tbc_span_str("\xb9\xa3")));
    tbc_buf_fini(&packed);
    tbc_buf_fini(&out);
}

static void
pack_zeros(size_t len, struct tbc_buf *packed)
{
    uint8_t *zeros = calloc(1, len);
    uLongf n = compressBound((uLong)len);

    CU_ASSERT_FATAL(zeros != NULL && tbc_buf_reserve(packed, n) == TBC_OK);
    CU_ASSERT_EQUAL(compress2(packed->ptr, &n, zeros, (uLong)len, 9), Z_OK);
    packed->len = n;
    free(zeros);
}

static void
a_bomb_is_refused_and_gets_no_memory(void)
{
    struct tbc_buf packed = { 0 };
    struct tbc_buf out = { 0 };

    pack_zeros(TBC_STATUS_LIST_MAX + 1, &packed);
    CU_ASSERT(packed.len < 16384);
    CU_ASSERT_EQUAL(tbc_status_inflate(tbc_buf_span(&packed), &out), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(out.cap, 0);
    tbc_buf_clear(&packed);
    pack_zeros(TBC_STATUS_LIST_MAX, &packed);
    CU_ASSERT_EQUAL(tbc_status_inflate(tbc_buf_span(&packed), &out), TBC_OK);
    CU_ASSERT_EQUAL(out.len, TBC_STATUS_LIST_MAX);
    tbc_buf_fini(&packed);
    tbc_buf_fini(&out);
}

static void
a_cut_or_damaged_stream_is_refused(void)
{
    struct tbc_statuslist l;
    struct tbc_statuslist back;
    struct tbc_buf bytes = { 0 };
    struct tbc_buf packed = { 0 };
    struct tbc_buf out = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_init(&l, 2, 100), TBC_OK);
    name_list(&l);
    CU_ASSERT_EQUAL(tbc_statuslist_set(&l, 3, 1), TBC_OK);
    CU_ASSERT_EQUAL(tbc_statuslist_encode(&l, &bytes), TBC_OK);
    for (size_t len = 0; len < bytes.len; len++) {
        CU_ASSERT_NOT_EQUAL(
            tbc_statuslist_decode(&back, tbc_span_sub(tbc_buf_span(&bytes), 0, len),
                                  NULL),
            TBC_OK);
        CU_ASSERT_PTR_NULL(back.lst.ptr);
    }
    pack_zeros(100, &packed);
    CU_ASSERT_EQUAL(tbc_buf_append_u8(&packed, 0), TBC_OK);
    CU_ASSERT_EQUAL(tbc_status_inflate(tbc_buf_span(&packed), &out), TBC_ERR_MALFORMED);
    packed.len--;
    packed.ptr[packed.len - 1] ^= 1; /* the checksum */
    CU_ASSERT_EQUAL(tbc_status_inflate(tbc_buf_span(&packed), &out), TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(out.len, 0);
    tbc_statuslist_fini(&l);
    tbc_buf_fini(&bytes);
    tbc_buf_fini(&packed);
    tbc_buf_fini(&out);
}

static void
limits_and_widths_are_kept(void)
{
    struct tbc_statuslist l;
    struct tbc_buf bytes = { 0 };

    CU_ASSERT_EQUAL(tbc_statuslist_init(&l, 3, 10), TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(tbc_statuslist_init(&l, 0, 10), TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(tbc_statuslist_init(&l, 8, (size_t)TBC_STATUS_LIST_MAX + 1),
                    TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_statuslist_init(&l, 1, SIZE_MAX), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_statuslist_init(&l, 2, 10), TBC_OK);
    CU_ASSERT_EQUAL(tbc_statuslist_encode(&l, &bytes), TBC_ERR_RANGE); /* no name */
    CU_ASSERT_EQUAL(bytes.len, 0);
    tbc_statuslist_fini(&l);
}

static void
what_makes_no_sense_is_not_encoded(void)
{
    for (int form = 0; form < 7; form++) {
        struct tbc_statuslist l;
        struct tbc_buf bytes = { 0 };

        CU_ASSERT_EQUAL_FATAL(tbc_statuslist_init(&l, 2, 10), TBC_OK);
        name_list(&l);
        l.bits = form == 0 ? 3 : 2;
        l.iat.s = form == 1 ? 0 : l.iat.s;
        l.exp.s = form == 2 ? l.iat.s : l.exp.s;
        l.ttl_s = form == 3 ? -1 : form == 4 ? 366 * TBC_DAY_S + 1 : 0;
        l.sub[0] = form == 5 ? '\0' : 'h';
        CU_ASSERT_EQUAL(tbc_statuslist_encode(&l, &bytes),
                        form == 6 ? TBC_OK : TBC_ERR_RANGE);
        CU_ASSERT_EQUAL(bytes.len > 0, form == 6);
        tbc_statuslist_fini(&l);
        tbc_buf_fini(&bytes);
    }
}

static void
a_list_of_nobody_comes_back_and_has_no_index(void)
{
    struct tbc_statuslist l;
    struct tbc_statuslist back;
    struct tbc_buf bytes = { 0 };
    unsigned value = 9;

    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_init(&l, 1, 0), TBC_OK);
    name_list(&l);
    CU_ASSERT_EQUAL(tbc_statuslist_encode(&l, &bytes), TBC_OK);
    CU_ASSERT_EQUAL(tbc_statuslist_decode(&back, tbc_buf_span(&bytes), NULL), TBC_OK);
    CU_ASSERT_EQUAL(back.lst.len, 0);
    CU_ASSERT_EQUAL(tbc_statuslist_get(&back, 0, &value), TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(value, 0);
    CU_ASSERT_EQUAL(tbc_statuslist_set(&back, 0, 0), TBC_ERR_RANGE);
    tbc_statuslist_fini(&back);
    /* nor has one that was never made */
    CU_ASSERT_EQUAL(tbc_statuslist_get(&back, 0, &value), TBC_ERR_RANGE);
    tbc_statuslist_fini(&l);
    tbc_buf_fini(&bytes);
}

static void
a_compressed_list_beyond_the_limit_is_not_looked_at(void)
{
    /* One byte stands for all: none of the others exists. */
    struct tbc_span huge = { (const uint8_t *)"", 16u << 20 };
    struct tbc_buf out = { 0 };

    CU_ASSERT_EQUAL(tbc_status_inflate(huge, &out), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(out.cap, 0);
}

#define SUB "026161"
#define EXP "041907d0"
#define IAT "061903e8"
#define LST "636c73744a78dadbb918000217015d" /* the draft's 16 bits */
#define TTL "19fffe00"

static void
decode_says_what_is_wrong(void)
{
    static const struct {
        const char *hex;
        const char *what; /* NULL: sound */
    } rows[] = {
        { "a5" SUB EXP IAT "19fffda2" LST "646269747301" TTL, NULL },
        { "a5" SUB EXP IAT "19fffda2" LST "646269747308"
          "19fffe1a01e28500",
          NULL }, /* 366 days */
        { "a4" SUB EXP IAT "19fffda2" LST "646269747301", "missing claim" },
        { "a5"
          "0260" EXP IAT "19fffda2" LST "646269747301" TTL,
          "missing claim" },
        { "a5" SUB "041903e8" IAT "19fffda2" LST "646269747301" TTL,
          "exp not after iat" },
        { "a5" SUB EXP IAT "19fffda2" LST "646269747303" TTL, "bits" },
        { "a5" SUB EXP IAT "19fffda2" LST "646269747300" TTL, "bits" },
        { "a5" SUB EXP IAT "19fffda2" LST "646269747401" TTL, "bits" },
        { "a5" SUB EXP IAT "19fffda1" LST TTL, "bits" },
        { "a5" SUB EXP IAT "19fffda2"
          "636c7375"
          "4a78dadbb918000217015d646269747301" TTL,
          "lst" },
        { "a5" SUB EXP IAT "19fffda2"
          "636c7374"
          "4a78dadbb918000217015e646269747301" TTL,
          "lst" }, /* its checksum */
        { "a5" SUB EXP IAT "19fffda2" LST "646269747301"
          "19fffe20",
          "ttl" },
        { "a5" SUB EXP IAT "19fffda2" LST "646269747301"
          "19fffe1a01e28501",
          "ttl" },
        { "a5" SUB "0300" EXP IAT "19fffda2" LST "646269747301", "unknown claim" },
        { "a5" SUB EXP IAT "19fffda2" LST "646269747301" TTL "00", "trailing bytes" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf bytes = { 0 };
        struct tbc_statuslist l;
        struct tbc_fault fault = { 0 };
        enum tbc_err err;

        CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(rows[i].hex), &bytes, NULL),
                              TBC_OK);
        err = tbc_statuslist_decode(&l, tbc_buf_span(&bytes), &fault);
        CU_ASSERT_EQUAL(err == TBC_OK, rows[i].what == NULL);
        if (rows[i].what != NULL &&
            (fault.what == NULL || strcmp(fault.what, rows[i].what) != 0)) {
            printf("    %s: %s\n", rows[i].hex, fault.what);
            CU_FAIL("another fault");
        }
        CU_ASSERT(err == TBC_OK || (l.lst.ptr == NULL && l.bits == 0));
        tbc_statuslist_fini(&l);
        tbc_buf_fini(&bytes);
    }
}

TBC_SUITE("codec/statuslist", TEST(every_width_keeps_every_value_of_every_index),
          TEST(bits_lie_as_the_token_status_list_draws_them),
          TEST(a_published_list_inflates), TEST(a_bomb_is_refused_and_gets_no_memory),
          TEST(a_cut_or_damaged_stream_is_refused), TEST(limits_and_widths_are_kept),
          TEST(what_makes_no_sense_is_not_encoded),
          TEST(a_list_of_nobody_comes_back_and_has_no_index),
          TEST(a_compressed_list_beyond_the_limit_is_not_looked_at),
          TEST(decode_says_what_is_wrong))
