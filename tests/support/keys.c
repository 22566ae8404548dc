#include "keys.h"

#include "suite.h"

#include <stdio.h>
#include <string.h>

bool
test_keys_take(struct test_keys *k, const struct tbc_row *row)
{
    bool refused = tbc_row_is(row, 3, "refused");
    struct tbc_buf in = { 0 };
    enum tbc_err err;

    if (!tbc_row_is(row, 0, "key")) {
        return false;
    }
    CU_ASSERT_FATAL(k->n < TEST_KEYS_MAX);
    tbc_row_hex(row, 2, &in);
    err = tbc_key_parse_public(&k->keys[k->n], tbc_buf_span(&in));
    if ((err == TBC_OK) == refused) {
        tbc_row_blame(row, refused ? "taken for a key" : "not taken for a key");
    }
    (void)snprintf(k->names[k->n++], sizeof k->names[0], "%s", row->field[1]);
    tbc_buf_fini(&in);
    return true;
}

struct tbc_key *
test_keys_find(const struct test_keys *k, const struct tbc_row *row, size_t field)
{
    for (size_t i = 0; i < k->n; i++) {
        if (tbc_row_is(row, field, k->names[i]) && k->keys[i] != NULL) {
            return k->keys[i];
        }
    }
    tbc_row_blame(row, "no such key");
    return NULL;
}

void
test_keys_fini(struct test_keys *k)
{
    for (size_t i = 0; i < k->n; i++) {
        tbc_key_free(&k->keys[i]);
    }
    *k = (struct test_keys){ .n = 0 };
}
