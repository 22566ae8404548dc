#include "codec/status_any.h"
#include "suite.h"
#include "table.h"

#include <inttypes.h>
#include <stdlib.h>

/* The claims set around the map: sub, iat and status_list, as the draft's section 5.2 has them. */
static void
put_claims(struct tbc_span map, struct tbc_buf *out)
{
    tbc_cbor_put_map(out, 3);
    tbc_cbor_put_int(out, 2);
    tbc_cbor_put_text(out, "https://example.com/statuslists/1");
    tbc_cbor_put_int(out, 6);
    tbc_cbor_put_int(out, 1686920170);
    tbc_cbor_put_int(out, 65533);
    CU_ASSERT_EQUAL(tbc_buf_append_span(out, map), TBC_OK);
}

/* "IDX=VALUE,IDX=VALUE": how many there were. */
static unsigned
compare(const struct tbc_row *row, const struct tbc_statuslist *list)
{
    unsigned n = 0;

    for (const char *at = row->field[2]; *at != '\0'; n++) {
        char *end;
        uint64_t idx = strtoull(at, &end, 10);
        unsigned long want = strtoul(end + 1, &end, 10);
        unsigned got;

        if (tbc_statuslist_get(list, idx, &got) != TBC_OK || got != want) {
            printf("    index %" PRIu64 "\n", idx);
            tbc_row_blame(row, "another value");
        }
        at = *end == ',' ? end + 1 : end;
    }
    return n;
}

static void
every_list_of_the_draft_gives_the_values_it_tells(void)
{
    struct tbc_table *table = tbc_table_open("statuslist.txt");
    struct tbc_row row;
    unsigned values = 0;
    unsigned rows = 0;

    for (; tbc_table_next(table, &row); rows++) {
        struct tbc_buf map = { 0 };
        struct tbc_buf claims = { 0 };
        struct tbc_status_any status;
        unsigned value;

        tbc_row_hex(&row, 1, &map);
        put_claims(tbc_buf_span(&map), &claims);
        CU_ASSERT_EQUAL(tbc_status_any_decode(&status, tbc_buf_span(&claims), NULL),
                        TBC_OK);
        CU_ASSERT_EQUAL(status.list.bits, strtoul(row.field[0], NULL, 10));
        CU_ASSERT_EQUAL(status.list.lst.len, (size_t)status.list.bits << 17);
        values += compare(&row, &status.list);
        CU_ASSERT_EQUAL(tbc_statuslist_get(&status.list, 1u << 20, &value),
                        TBC_ERR_RANGE);
        tbc_status_any_fini(&status);
        tbc_buf_fini(&map);
        tbc_buf_fini(&claims);
    }
    CU_ASSERT_EQUAL(rows, 4);
    CU_ASSERT(values > 70);
    tbc_table_close(&table);
}

TBC_SUITE("codec/statuslist_vectors",
          TEST(every_list_of_the_draft_gives_the_values_it_tells))
