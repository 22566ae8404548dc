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

TBC_SUITE("codec/manifest", TEST(a_manifest_comes_back_and_every_holder_is_found),
          TEST(several_tickets_of_one_holder_stand_together),
          TEST(unsound_manifests_are_neither_written_nor_read))
