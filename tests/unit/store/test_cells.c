#include "store/inner.h"
#include "suite.h"

#include <string.h>

#define CELLS 5

/* Two persons' names, one person's name and number, two tables: nothing opens in another place. */
static void
a_sealed_field_opens_in_its_own_cell_alone(void)
{
    static const uint8_t own[TBC_SEAL_KEY_LEN] = { 9 };
    static const struct tbc_cell cells[] = {
        { .table = "person", .column = "name", .id = 1 },
        { .table = "person", .column = "name", .id = 2 },
        { .table = "person", .column = "latin", .id = 1 },
        { .table = "ticket", .column = "name", .id = 1 },
        { .table = "person", .column = "name", .id = 1, .key = own },
    };
    static const char *const texts[] = { "Anna", "Bruno", "Carla", "Dario", "Elena" };
    static struct tbc_sql nowhere = { .name = "no database" };
    static struct tbc_store store = { .sql = &nowhere, .seal_key = { 1, 2, 3 } };
    struct tbc_buf sealed[CELLS] = { { 0 } };

    for (size_t i = 0; i < CELLS; i++) {
        CU_ASSERT_EQUAL(
            tbc_cell_seal(&store, cells[i], tbc_span_str(texts[i]), &sealed[i]),
            TBC_OK);
    }
    for (size_t i = 0; i < CELLS; i++) {
        for (size_t k = 0; k < CELLS; k++) {
            struct tbc_buf out = { 0 };
            const enum tbc_err err =
                tbc_cell_open(&store, cells[i], tbc_buf_span(&sealed[k]), &out);

            CU_ASSERT_EQUAL(err, i == k ? TBC_OK : TBC_ERR_CORRUPT);
            CU_ASSERT_EQUAL(out.len, i == k ? strlen(texts[i]) : 0);
            tbc_buf_fini(&out);
        }
    }
    for (size_t i = 0; i < CELLS; i++) {
        tbc_buf_fini(&sealed[i]);
    }
}

TBC_SUITE("store/cells", TEST(a_sealed_field_opens_in_its_own_cell_alone))
