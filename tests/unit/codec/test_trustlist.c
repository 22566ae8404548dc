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
spoil(struct tbc_trustlist *t, int form)
{
    switch (form) {
    case 0:
        t->version = 0;
        break;
    case 1:
        t->iat.s = 0;
        break;
    case 2:
        t->warn.s = 999;
        break;
    case 3:
        t->warn.s = 2001;
        break;
    case 4:
        t->exp.s = 1000;
        break;
    case 5:
        t->roots_n = 0;
        break;
    case 6:
        t->keys[0].not_after.s = 1000;
        break;
    case 7:
        t->keys[0].status_uri[0] = '\0';
        break;
    case 8:
        t->keys[0].alg = TBC_ALG_NONE;
        break;
    case 9:
        t->keys[0].key_len = 0;
        break;
    default:
        t->keys[0].key_len = sizeof t->keys[0].key + 1;
    }
}

static void
what_makes_no_sense_is_not_encoded(void)
{
    for (int form = 0; form < 11; form++) {
        struct tbc_trustlist t;
        struct tbc_buf bytes = { 0 };

        make(&t);
        spoil(&t, form);
        CU_ASSERT_EQUAL(tbc_trustlist_encode(&t, &bytes), TBC_ERR_RANGE);
        CU_ASSERT_EQUAL(bytes.len, 0); /* nothing of it, not even its beginning */
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

static const struct {
    const char *hex;
    const char *what; /* NULL: sound */
} decode_rows[] = {
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
    { "a3041907d0061903e83a0001117284031905dc81" ROOT "8187480200000000000000"
      "26"
      "a10102"
      "1903e8"
      "1907d063766e706161",
      "station" },
    { "a3041907d0061903e83a0001117284031905dc81" ROOT "8187480200000000000000"
      "26"
      "a10102"
      "1903e8"
      "1907d0606161",
      "station" },
    { "a3041907d0061903e83a0001117284031905dc81" ROOT "8187480200000000000000"
      "26"
      "a10102"
      "1903e8"
      "1903e863564e506161",
      "not after" },
    { "a3041907d0061903e83a0001117284031905dc81" ROOT "8187480200000000000000"
      "26"
      "a10102"
      "1903e8"
      "1903e763564e506161",
      "not after" },
    { "a3041907d0061903e83a0001117284031905dc81" ROOT "8187480200000000000000"
      "26"
      "a10102"
      "1903e8"
      "1907d063564e5060",
      "status uri" },
    { "a2041907d0061903e8", "version" },
    { "a3041907d0061903e80700", "unknown claim" },
    { "a3041907d0061903e83a000111728403"
      "1905dc"
      "8184480100000000000000"
      "26"
      "a10102"
      "1903e8"
      "80",
      "trusted key" }, /* of four */
};

static void
decode_says_what_is_wrong(void)
{
    for (size_t i = 0; i < sizeof decode_rows / sizeof *decode_rows; i++) {
        struct tbc_buf bytes = { 0 };
        struct tbc_trustlist t;
        struct tbc_fault fault = { 0 };

        CU_ASSERT_EQUAL_FATAL(
            tbc_hex_decode(tbc_span_str(decode_rows[i].hex), &bytes, NULL), TBC_OK);
        CU_ASSERT((tbc_trustlist_decode(&t, tbc_buf_span(&bytes), &fault) == TBC_OK) ==
                  (decode_rows[i].what == NULL));
        CU_ASSERT(decode_rows[i].what == NULL ||
                  (fault.what != NULL && strcmp(fault.what, decode_rows[i].what) == 0));
        tbc_trustlist_fini(&t);
        tbc_buf_fini(&bytes);
    }
}

/* { -2: h'00 ..' }: as long as a row holds, and one byte longer. */
static void
a_key_longer_than_a_row_holds_is_refused(void)
{
    for (size_t extra = 0; extra < 2; extra++) {
        static const uint8_t zeros[TBC_COSE_KEY_MAX * 2] = { 0 };
        size_t key_len = sizeof zeros + extra;
        struct tbc_trustlist t;
        struct tbc_buf bytes = { 0 };
        struct tbc_fault fault = { 0 };

        CU_ASSERT_EQUAL_FATAL(
            tbc_hex_decode(tbc_span_str("a3041907d0061903e83a0001117284031905dc"
                                        "8185480100000000000000"
                                        "26"
                                        "a121"),
                           &bytes, NULL),
            TBC_OK);
        tbc_cbor_put_bytes(&bytes, tbc_span_of(zeros, key_len - 4));
        tbc_cbor_put_int(&bytes, 1000);
        tbc_cbor_put_int(&bytes, 2000);
        tbc_cbor_put_array(&bytes, 0);
        CU_ASSERT_EQUAL(tbc_trustlist_decode(&t, tbc_buf_span(&bytes), &fault),
                        extra == 0 ? TBC_OK : TBC_ERR_LIMIT);
        CU_ASSERT(extra == 0 || strcmp(fault.what, "key") == 0);
        CU_ASSERT(extra == 1 || t.roots[0].key_len == key_len);
        tbc_trustlist_fini(&t);
        tbc_buf_fini(&bytes);
    }
}

static void
a_list_beyond_the_limit_is_not_looked_at(void)
{
    /* One byte stands for all: none of the others exists. */
    struct tbc_span huge = { (const uint8_t *)"", TBC_TRUST_BYTES_MAX + 1 };
    struct tbc_trustlist t;
    struct tbc_fault fault = { 0 };

    CU_ASSERT_EQUAL(tbc_trustlist_decode(&t, huge, &fault), TBC_ERR_LIMIT);
    CU_ASSERT_STRING_EQUAL(fault.what, "trust list");
}

TBC_SUITE("codec/trustlist", TEST(a_list_comes_back_as_it_went_and_no_cut_of_it_does),
          TEST(a_key_stands_in_a_list_once), TEST(what_makes_no_sense_is_not_encoded),
          TEST(decode_says_what_is_wrong),
          TEST(a_key_longer_than_a_row_holds_is_refused),
          TEST(a_list_beyond_the_limit_is_not_looked_at))
