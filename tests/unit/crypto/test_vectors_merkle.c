#include "base/text.h"
#include "crypto/merkle.h"
#include "suite.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

static struct tbc_hash
hash_of(const struct tbc_row *row, size_t field)
{
    struct tbc_hash h = { { 0 } };

    if (!tbc_hex_fixed(tbc_span_str(row->field[field]), h.b, sizeof h.b)) {
        tbc_row_blame(row, "no hash");
    }
    return h;
}

/* "HEX,HEX" or "-". */
static void
take_proof(const struct tbc_row *row, size_t field, struct tbc_buf *proof)
{
    const char *at = row->field[field];

    while (strlen(at) >= 2 * TBC_HASH_LEN) {
        CU_ASSERT_EQUAL(
            tbc_hex_decode(tbc_span_of((const uint8_t *)at, 2 * TBC_HASH_LEN), proof,
                           NULL),
            TBC_OK);
        at += 2 * TBC_HASH_LEN;
        at += *at == ',' ? 1 : 0;
    }
}

static bool
holds(const struct tbc_row *row, struct tbc_span proof)
{
    bool answer = false;

    if (tbc_row_is(row, 0, "inclusion")) {
        struct tbc_hash leaf = hash_of(row, 2);
        struct tbc_hash root = hash_of(row, 5);

        CU_ASSERT_EQUAL(tbc_merkle_verify_inclusion(
                            &leaf, strtoull(row->field[3], NULL, 10),
                            strtoull(row->field[4], NULL, 10), &root, proof, &answer),
                        TBC_OK);
    } else {
        struct tbc_hash root1 = hash_of(row, 4);
        struct tbc_hash root2 = hash_of(row, 5);

        CU_ASSERT_EQUAL(tbc_merkle_verify_consistency(strtoull(row->field[2], NULL, 10),
                                                      strtoull(row->field[3], NULL, 10),
                                                      &root1, &root2, proof, &answer),
                        TBC_OK);
    }
    return answer;
}

static void
proofs_hold_or_not_as_the_logs_of_the_world_have_it(void)
{
    struct tbc_table *table = tbc_table_open("merkle.txt");
    struct tbc_buf proof = { 0 };
    struct tbc_row row;
    unsigned yes = 0;
    unsigned no = 0;

    while (tbc_table_next(table, &row)) {
        bool want = tbc_row_is(&row, 7, "yes");

        tbc_buf_clear(&proof);
        take_proof(&row, 6, &proof);
        if (holds(&row, tbc_buf_span(&proof)) != want) {
            tbc_row_blame(&row, "another answer");
        }
        yes += want ? 1 : 0;
        no += want ? 0 : 1;
    }
    CU_ASSERT(yes >= 11 && no >= 140);
    tbc_buf_fini(&proof);
    tbc_table_close(&table);
}

TBC_SUITE("crypto/vectors_merkle",
          TEST(proofs_hold_or_not_as_the_logs_of_the_world_have_it))
