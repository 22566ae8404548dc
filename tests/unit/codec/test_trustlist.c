#include "base/text.h"
#include "codec/trustlist.h"
#include "suite.h"

#include <string.h>

static struct tbc_trust_key
row(const char *station, uint8_t id)
{
    struct tbc_trust_key k = {
        .kid = { id },
        .alg = TBC_ALG_ES256,
        .key = { 0xa1, 0x01, 0x02 },
        .key_len = 3,
        .not_before = { 1000 },
        .not_after = { 2000 },
    };

    (void)memccpy(k.station, station, '\0', sizeof k.station);
    if (station[0] != '\0') {
        (void)memccpy(k.status_uri, "https://tbc.example/s", '\0', sizeof k.status_uri);
    }
    return k;
}

static void
make(struct tbc_trustlist *t)
{
    struct tbc_trust_key root = row("", 1);
    struct tbc_trust_key key = row("VNP", 2);

    *t = (struct tbc_trustlist){
        .version = 3, .iat = { 1000 }, .warn = { 1500 }, .exp = { 2000 }
    };
    CU_ASSERT_EQUAL_FATAL(tbc_trustlist_add(t, &root), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_trustlist_add(t, &key), TBC_OK);
}

static void
a_list_comes_back_as_it_went_and_no_cut_of_it_does(void)
{
    struct tbc_trustlist t;
    struct tbc_trustlist back;
    struct tbc_buf bytes = { 0 };
    struct tbc_buf again = { 0 };

    make(&t);
    CU_ASSERT_EQUAL(tbc_trustlist_encode(&t, &bytes), TBC_OK);
    CU_ASSERT_EQUAL(tbc_trustlist_decode(&back, tbc_buf_span(&bytes), NULL), TBC_OK);
    CU_ASSERT_EQUAL(back.version, 3);
    CU_ASSERT_EQUAL(back.warn.s, 1500);
    CU_ASSERT_EQUAL(back.roots_n, 1);
    CU_ASSERT_STRING_EQUAL(back.keys[0].station, "VNP");
    CU_ASSERT_EQUAL(tbc_trustlist_encode(&back, &again), TBC_OK);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&bytes), tbc_buf_span(&again)));
    tbc_trustlist_fini(&back);
    for (size_t len = 0; len < bytes.len; len++) {
        CU_ASSERT_NOT_EQUAL(
            tbc_trustlist_decode(&back, tbc_span_sub(tbc_buf_span(&bytes), 0, len),
                                 NULL),
            TBC_OK);
        CU_ASSERT_PTR_NULL(back.keys);
    }
    tbc_trustlist_fini(&t);
    tbc_buf_fini(&bytes);
    tbc_buf_fini(&again);
}

static void
a_key_stands_in_a_list_once(void)
{
    struct tbc_trustlist t;
    struct tbc_trust_key same = row("SHH", 2);
    struct tbc_trust_key root = row("", 2);
    struct tbc_trust_key second = row("", 7);
    struct tbc_trust_key third = row("", 8);

    make(&t);
    CU_ASSERT_EQUAL(tbc_trustlist_add(&t, &same), TBC_ERR_EXISTS);
    CU_ASSERT_EQUAL(tbc_trustlist_add(&t, &root), TBC_ERR_EXISTS);
    CU_ASSERT_EQUAL(tbc_trustlist_add(&t, &second), TBC_OK);
    CU_ASSERT_EQUAL(tbc_trustlist_add(&t, &third), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(t.roots_n, 2);
    tbc_trustlist_fini(&t);
}

static void
what_makes_no_sense_is_not_encoded(void)
{
    for (int form = 0; form < 9; form++) {
        struct tbc_trustlist t;
        struct tbc_buf bytes = { 0 };

        make(&t);
        t.version = form == 0 ? 0 : t.version;
        t.iat.s = form == 1 ? 0 : t.iat.s;
        t.warn.s = form == 2 ? 999 : form == 3 ? 2001 : t.warn.s;
        t.exp.s = form == 4 ? 1000 : t.exp.s;
        t.roots_n = form == 5 ? 0 : t.roots_n;
        t.keys[0].not_after.s = form == 6 ? 1000 : 2000;
        t.keys[0].status_uri[0] = form == 7 ? '\0' : 'h';
        t.keys[0].alg = form == 8 ? TBC_ALG_NONE : TBC_ALG_ES256;
        CU_ASSERT_EQUAL(tbc_trustlist_encode(&t, &bytes), TBC_ERR_RANGE);
        t.roots_n = 1;
        tbc_trustlist_fini(&t);
        tbc_buf_fini(&bytes);
    }
}

#define ROOT               \
    "85480100000000000000" \
    "26"                   \
    "a10102"               \
    "1903e8"               \
    "1907d0"
#define KEY(id)                \
    "8748" id "00000000000000" \
    "26"                       \
    "a10102"                   \
    "1903e8"                   \
    "1907d0"                   \
    "63564e50"                 \
    "6161"

static void
decode_says_what_is_wrong(void)
{
    static const struct {
        const char *hex;
        const char *what; /* NULL: sound */
    } rows[] = {
        { "a3041907d0061903e83a000111728403"
          "1905dc"
          "81" ROOT "81" KEY("02"),
          NULL },
        { "a3041907d0061903e83a000111728403"
          "1905dc"
          "80"
          "80",
          "roots" },
        { "a3041907d0061903e83a000111728403"
          "1905dc"
          "81" ROOT "81" KEY("01"),
          "kid given twice" },
        { "a3041907d0061903e83a000111728403"
          "1905dc"
          "81" ROOT "82" KEY("02") KEY("02"),
          "kid given twice" },
        { "a3041907d0061903e83a000111728400"
          "1905dc"
          "81" ROOT "80",
          "version" },
        { "a3041907d0061903e83a000111728403"
          "1907d1"
          "81" ROOT "80",
          "warn after exp" },
        { "a3041903e8061903e83a000111728403"
          "1903e8"
          "81" ROOT "80",
          "exp not after iat" },
        { "a3041907d0061903e83a000111728403"
          "1905dc"
          "8185480100000000000000"
          "26"
          "00"
          "1903e8"
          "1907d0"
          "80",
          "key" },
        { "a3041907d0061903e83a000111728403"
          "1905dc"
          "8185480100000000000000"
          "20"
          "a10102"
          "1903e8"
          "1907d0"
          "80",
          "alg" },
        { "a3041907d0061903e83a000111728303"
          "1905dc"
          "81" ROOT,
          "trust" },
        { "a2041907d0061903e8", "version" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf bytes = { 0 };
        struct tbc_trustlist t;
        struct tbc_fault fault = { 0 };

        CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(rows[i].hex), &bytes, NULL),
                              TBC_OK);
        CU_ASSERT((tbc_trustlist_decode(&t, tbc_buf_span(&bytes), &fault) == TBC_OK) ==
                  (rows[i].what == NULL));
        CU_ASSERT(rows[i].what == NULL ||
                  (fault.what != NULL && strcmp(fault.what, rows[i].what) == 0));
        tbc_trustlist_fini(&t);
        tbc_buf_fini(&bytes);
    }
}

TBC_SUITE("codec/trustlist", TEST(a_list_comes_back_as_it_went_and_no_cut_of_it_does),
          TEST(a_key_stands_in_a_list_once), TEST(what_makes_no_sense_is_not_encoded),
          TEST(decode_says_what_is_wrong))
