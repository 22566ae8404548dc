#include "base/text.h"
#include "codec/manifest.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static void
make(struct tbc_manifest *m, size_t rows_n)
{
    *m = (struct tbc_manifest){
        .station = "VNP",
        .version = 9,
        .iat = { 1000 },
        .exp = { 2000 },
        .trips_n = 3,
        .trips = calloc(3, sizeof *m->trips),
        .rows_n = rows_n,
        .rows = calloc(rows_n, sizeof *m->rows),
    };
    CU_ASSERT_FATAL(m->trips != NULL && m->rows != NULL);
    for (size_t i = 0; m->trips != NULL && i < 3; i++) {
        m->trips[i] = (struct tbc_trip){ .train = "G1207",
                                         .from = "VNP",
                                         .to = "SHH",
                                         .from_zh = "云州南",
                                         .to_en = "Qingyu North",
                                         .platform = "6",
                                         .depart = { 1500 } };
    }
    for (size_t i = 0; m->rows != NULL && i < rows_n; i++) {
        m->rows[i].holder[0] = (uint8_t)((i * 101) % 256); /* in no order */
        m->rows[i].holder[1] = (uint8_t)(i / 256);
        m->rows[i].trip = (uint32_t)(i % 3);
    }
    tbc_manifest_sort(m);
}

static void
a_manifest_comes_back_and_every_holder_is_found(void)
{
    struct tbc_manifest m;
    struct tbc_manifest back;
    struct tbc_buf bytes = { 0 };
    struct tbc_buf again = { 0 };
    uint8_t nobody[TBC_HOLDER_LEN] = { 0xff, 0xff };
    size_t n;

    make(&m, 600);
    CU_ASSERT_EQUAL(tbc_manifest_encode(&m, &bytes), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_manifest_decode(&back, tbc_buf_span(&bytes), NULL),
                          TBC_OK);
    CU_ASSERT_STRING_EQUAL(back.trips[2].from_zh, "云州南");
    CU_ASSERT_EQUAL(tbc_manifest_encode(&back, &again), TBC_OK);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&bytes), tbc_buf_span(&again)));
    for (size_t i = 0; i < m.rows_n; i++) {
        const struct tbc_manifest_row *found =
            tbc_manifest_find(&back, m.rows[i].holder, &n);

        CU_ASSERT(found != NULL && n == 1 && found->trip == m.rows[i].trip);
    }
    CU_ASSERT_PTR_NULL(tbc_manifest_find(&back, nobody, &n));
    CU_ASSERT_EQUAL(n, 0);
    tbc_manifest_fini(&m);
    tbc_manifest_fini(&back);
    tbc_buf_fini(&bytes);
    tbc_buf_fini(&again);
}

static void
several_tickets_of_one_holder_stand_together(void)
{
    struct tbc_manifest m;
    const struct tbc_manifest_row *row;
    size_t n;

    make(&m, 5);
    for (size_t i = 1; i < 4; i++) {
        memset(m.rows[i].holder, 0x77, TBC_HOLDER_LEN);
        m.rows[i].trip = (uint32_t)(3 - i);
    }
    tbc_manifest_sort(&m);
    row = tbc_manifest_find(&m, (const uint8_t[TBC_HOLDER_LEN]){ "wwwwwwwwwwwwwwww" },
                            &n);
    CU_ASSERT(row != NULL && n == 3 && row[0].trip == 0 && row[2].trip == 2);
    tbc_manifest_fini(&m);
}

static void
unsound_manifests_are_neither_written_nor_read(void)
{
    struct tbc_manifest m;
    struct tbc_manifest back;
    struct tbc_buf bytes = { 0 };

    make(&m, 3);
    m.rows[0].trip = 3;
    CU_ASSERT_EQUAL(tbc_manifest_encode(&m, &bytes), TBC_ERR_RANGE);
    m.rows[0].trip = 0;
    m.rows[1] = m.rows[0];
    tbc_buf_clear(&bytes);
    CU_ASSERT_EQUAL(tbc_manifest_encode(&m, &bytes), TBC_ERR_RANGE);
    m.rows[1].trip = 1;
    m.version = 0;
    tbc_buf_clear(&bytes);
    CU_ASSERT_EQUAL(tbc_manifest_encode(&m, &bytes), TBC_ERR_RANGE);
    m.version = 1;
    tbc_buf_clear(&bytes);
    CU_ASSERT_EQUAL(tbc_manifest_encode(&m, &bytes), TBC_OK);
    for (size_t len = 0; len < bytes.len; len++) {
        CU_ASSERT_NOT_EQUAL(
            tbc_manifest_decode(&back, tbc_span_sub(tbc_buf_span(&bytes), 0, len),
                                NULL),
            TBC_OK);
        CU_ASSERT(back.rows == NULL && back.trips == NULL);
    }
    bytes.ptr[bytes.len - 1] = 3; /* the last row's trip */
    CU_ASSERT_EQUAL(tbc_manifest_decode(&back, tbc_buf_span(&bytes), NULL),
                    TBC_ERR_MALFORMED);
    tbc_manifest_fini(&m);
    tbc_buf_fini(&bytes);
}

static void
what_makes_no_sense_is_not_encoded(void)
{
    for (int form = 0; form < 10; form++) {
        struct tbc_manifest m;
        struct tbc_buf bytes = { 0 };
        size_t trips_n;
        size_t rows_n;

        make(&m, 3);
        trips_n = m.trips_n;
        rows_n = m.rows_n;
        switch (form) {
        case 0:
            m.station[0] = '\0';
            break;
        case 1:
            m.iat.s = 0;
            break;
        case 2:
            m.exp = m.iat;
            break;
        case 3:
            m.trips_n = TBC_MANIFEST_TRIPS_MAX + 1;
            break;
        case 4:
            m.rows_n = TBC_MANIFEST_ROWS_MAX + 1;
            break;
        case 5:
            m.trips[2].train[0] = '\0';
            break;
        case 6:
            m.trips[1].from[0] = '\0';
            break;
        case 7:
            m.trips[0].depart.s = 0;
            break;
        case 8:
            m.rows[2].trip = 3;
            break;
        default:
            m.rows[1] = m.rows[2];
        }
        CU_ASSERT_EQUAL(tbc_manifest_encode(&m, &bytes), TBC_ERR_RANGE);
        CU_ASSERT_EQUAL(bytes.len, 0); /* nothing of it, not even its beginning */
        m.trips_n = trips_n;
        m.rows_n = rows_n;
        tbc_manifest_fini(&m);
        tbc_buf_fini(&bytes);
    }
}

static void
nobody_travelling_is_a_manifest_too(void)
{
    struct tbc_manifest m = {
        .station = "VNP", .version = 1, .iat = { 1000 }, .exp = { 2000 }
    };
    struct tbc_manifest back;
    struct tbc_buf bytes = { 0 };
    uint8_t nobody[TBC_HOLDER_LEN] = { 0 };
    size_t n = 9;

    tbc_manifest_sort(&m);
    CU_ASSERT_EQUAL(tbc_manifest_encode(&m, &bytes), TBC_OK);
    CU_ASSERT_EQUAL(tbc_manifest_decode(&back, tbc_buf_span(&bytes), NULL), TBC_OK);
    CU_ASSERT_PTR_NULL(tbc_manifest_find(&back, nobody, &n));
    CU_ASSERT_EQUAL(n, 0);
    tbc_manifest_fini(&back);
    tbc_buf_fini(&bytes);
}

#define TIMES   "041907d0061903e8"
#define STATION "63564e50"
#define TRIP    "8965473132303763564e506353484860606060601905dc"
#define HOLDER  "5001000000000000000000000000000000"

static void
decode_says_what_is_wrong(void)
{
    static const struct {
        const char *hex;
        const char *what; /* NULL: sound */
    } rows[] = {
        { "a3" TIMES "3a0001117384" STATION "0981" TRIP "8182" HOLDER "00", NULL },
        { "a3" TIMES "3a0001117384" STATION "098080", NULL },
        { "a3" TIMES "3a0001117383" STATION "0980", "manifest" },
        { "a3" TIMES "3a0001117384" STATION "008080", "manifest" }, /* version 0 */
        { "a3" TIMES "3a000111738460098080", "manifest" },          /* no station */
        { "a2" TIMES, "manifest" },
        { "a2061903e83a0001117384" STATION "098080", "manifest" }, /* no exp */
        { "a3"
          "041903e8061903e8"
          "3a0001117384" STATION "098080",
          "manifest" }, /* exp not after iat */
        { "a3" TIMES "0700", "unknown claim" },
        { "a3" TIMES "3a0001117384" STATION "0981"
          "8865473132303763564e5063534848606060601905dc"
          "80",
          "trip" },
        { "a3" TIMES "3a0001117384" STATION "0981"
          "896063564e506353484860606060601905dc"
          "80",
          "trip" }, /* no train */
        { "a3" TIMES "3a0001117384" STATION "0981"
          "89654731323037606353484860606060601905dc"
          "80",
          "trip" }, /* no from */
        { "a3" TIMES "3a0001117384" STATION "0981"
          "8965473132303763564e5063534848606060606000"
          "80",
          "depart" },
        { "a3" TIMES "3a0001117384" STATION "0981" TRIP "8181" HOLDER, "row" },
        { "a3" TIMES "3a0001117384" STATION "0981" TRIP "8182" HOLDER "01",
          "trip of a row" },
        { "a3" TIMES "3a0001117384" STATION "0981" TRIP "8182" HOLDER
          "1bffffffffffffffff",
          "trip of a row" },
        { "a3" TIMES "3a0001117384" STATION "0981" TRIP "8282" HOLDER "0082" HOLDER
          "00",
          "order of rows" },
        { "a3" TIMES "3a0001117384" STATION "09991001", "trips" }, /* 4097 of them */
        { "a3" TIMES "3a0001117384" STATION "09809a0007a121", "rows" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf bytes = { 0 };
        struct tbc_manifest m;
        struct tbc_fault fault = { 0 };
        enum tbc_err err;

        CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(rows[i].hex), &bytes, NULL),
                              TBC_OK);
        err = tbc_manifest_decode(&m, tbc_buf_span(&bytes), &fault);
        CU_ASSERT_EQUAL(err == TBC_OK, rows[i].what == NULL);
        if (rows[i].what != NULL &&
            (fault.what == NULL || strcmp(fault.what, rows[i].what) != 0)) {
            printf("    %s: %s\n", rows[i].hex, fault.what);
            CU_FAIL("another fault");
        }
        CU_ASSERT(err == TBC_OK || (m.trips == NULL && m.rows == NULL));
        tbc_manifest_fini(&m);
        tbc_buf_fini(&bytes);
    }
}

/* The index may be asked for anybody, and for holders that are not spread at all. */
static void
the_index_finds_what_a_search_finds(void)
{
    struct tbc_manifest m;
    struct tbc_manifest plain;
    size_t n;
    size_t plain_n;

    make(&m, 4000);
    for (size_t i = 0; i < m.rows_n; i++) {
        if (i % 2 == 0) { /* half of them in one part */
            memset(m.rows[i].holder, 0x42, 3);
        }
        m.rows[i].holder[5] = (uint8_t)(i / 7);
        m.rows[i].holder[6] = (uint8_t)(i / 7 / 256);
    }
    tbc_manifest_sort(&m);
    plain = m;
    CU_ASSERT_EQUAL(tbc_manifest_index(&m), TBC_OK);
    CU_ASSERT(m.bits > 0);
    for (unsigned i = 0; i < 65536; i++) {
        uint8_t holder[TBC_HOLDER_LEN] = { (uint8_t)i, (uint8_t)(i >> 8) };

        if (i < m.rows_n) {
            memcpy(holder, m.rows[i].holder, sizeof holder);
        }
        CU_ASSERT_PTR_EQUAL(tbc_manifest_find(&m, holder, &n),
                            tbc_manifest_find(&plain, holder, &plain_n));
        CU_ASSERT_EQUAL(n, plain_n);
    }
    tbc_manifest_sort(&m);
    CU_ASSERT_EQUAL(m.bits, 0);
    tbc_manifest_fini(&m);
}

TBC_SUITE("codec/manifest", TEST(a_manifest_comes_back_and_every_holder_is_found),
          TEST(several_tickets_of_one_holder_stand_together),
          TEST(unsound_manifests_are_neither_written_nor_read),
          TEST(what_makes_no_sense_is_not_encoded),
          TEST(the_index_finds_what_a_search_finds),
          TEST(nobody_travelling_is_a_manifest_too), TEST(decode_says_what_is_wrong))
