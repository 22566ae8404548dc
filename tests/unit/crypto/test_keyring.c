#include "suite.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>

static void
a_list_is_believed_by_its_root_only(void)
{
    struct world w;
    struct tbc_buf list = { 0 };
    struct tbc_keyring *ring = NULL;

    world_init(&w, TBC_ALG_ES256);
    world_trust(&w, 1, &list);
    CU_ASSERT_EQUAL(tbc_keyring_open(&ring, tbc_buf_span(&list), NULL, NULL), TBC_OK);
    tbc_keyring_free(&ring);
    CU_ASSERT_EQUAL(tbc_keyring_open(&ring, tbc_buf_span(&list), w.root, NULL), TBC_OK);
    tbc_keyring_free(&ring);
    CU_ASSERT_EQUAL(tbc_keyring_open(&ring, tbc_buf_span(&list), w.station, NULL),
                    TBC_ERR_UNKNOWN_KEY);
    CU_ASSERT_PTR_NULL(ring);
    list.ptr[list.len - 1] ^= 1;
    CU_ASSERT_EQUAL(tbc_keyring_open(&ring, tbc_buf_span(&list), NULL, NULL),
                    TBC_ERR_BAD_SIGNATURE);
    CU_ASSERT_PTR_NULL(ring);
    tbc_buf_fini(&list);
    world_fini(&w);
}

static void
a_version_never_goes_back(void)
{
    static const struct {
        uint64_t version;
        enum tbc_err err;
        uint64_t then;
    } rows[] = {
        { 6, TBC_ERR_RANGE, 7 },
        { 7, TBC_OK, 7 },
        { 9, TBC_OK, 9 },
        { 8, TBC_ERR_RANGE, 9 },
    };
    struct world w;

    world_init(&w, TBC_ALG_ES256);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf list = { 0 };

        world_trust(&w, rows[i].version, &list);
        CU_ASSERT_EQUAL(tbc_keyring_update(w.ring, tbc_buf_span(&list), NULL),
                        rows[i].err);
        CU_ASSERT_EQUAL(tbc_keyring_list(w.ring)->version, rows[i].then);
        tbc_buf_fini(&list);
    }
    world_fini(&w);
}

static void
a_newer_list_of_another_root_is_not_taken_over(void)
{
    struct world w;
    struct world other;
    struct tbc_buf list = { 0 };

    world_init(&w, TBC_ALG_ES256);
    world_init(&other, TBC_ALG_ES256);
    world_trust(&other, 99, &list);
    CU_ASSERT_EQUAL(tbc_keyring_update(w.ring, tbc_buf_span(&list), NULL),
                    TBC_ERR_UNKNOWN_KEY);
    CU_ASSERT_EQUAL(tbc_keyring_list(w.ring)->version, 7);
    tbc_buf_fini(&list);
    world_fini(&w);
    world_fini(&other);
}

static void
a_key_is_found_while_it_is_valid(void)
{
    struct world w;
    const struct tbc_trust_key *entry;
    uint8_t kid[TBC_KID_LEN];
    int64_t edge = WORLD_NOW.s + 100 * TBC_DAY_S;

    world_init(&w, TBC_ALG_ES256);
    tbc_key_kid(w.station, kid);
    CU_ASSERT_PTR_NOT_NULL(tbc_keyring_find(w.ring, kid, WORLD_NOW, &entry));
    CU_ASSERT(entry != NULL && strcmp(entry->station, "VNP") == 0);
    CU_ASSERT_PTR_NOT_NULL(
        tbc_keyring_find(w.ring, kid, (struct tbc_utc){ edge - 1 }, NULL));
    CU_ASSERT_PTR_NULL(tbc_keyring_find(w.ring, kid, (struct tbc_utc){ edge }, &entry));
    CU_ASSERT_PTR_NULL(entry);
    tbc_key_kid(w.root, kid); /* a root signs lists, never certificates */
    CU_ASSERT_PTR_NULL(tbc_keyring_find(w.ring, kid, WORLD_NOW, NULL));
    world_fini(&w);
}

static void
lists_open_only_as_what_they_are_and_from_whom_they_must_be(void)
{
    struct world w;
    struct tbc_buf payload = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_statuslist list;
    struct tbc_manifest manifest;

    world_init(&w, TBC_ALG_ES256);
    CU_ASSERT_EQUAL(tbc_statuslist_encode(&w.list, &payload), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_sign_cose(w.station, TBC_TYP_STATUS, tbc_buf_span(&payload), &message),
        TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_statuslist_open(&list, tbc_buf_span(&message), w.ring, WORLD_NOW, NULL),
        TBC_OK);
    tbc_statuslist_fini(&list);
    CU_ASSERT_EQUAL(
        tbc_manifest_open(&manifest, tbc_buf_span(&message), w.ring, WORLD_NOW, NULL),
        TBC_ERR_MALFORMED);
    tbc_buf_clear(&message);
    CU_ASSERT_EQUAL(
        tbc_sign_cose(w.phone, TBC_TYP_STATUS, tbc_buf_span(&payload), &message),
        TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_statuslist_open(&list, tbc_buf_span(&message), w.ring, WORLD_NOW, NULL),
        TBC_ERR_UNKNOWN_KEY);
    /* The list of another address. */
    w.list.sub[0] = 'H';
    tbc_buf_clear(&message);
    tbc_buf_clear(&payload);
    CU_ASSERT_EQUAL(tbc_statuslist_encode(&w.list, &payload), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_sign_cose(w.station, TBC_TYP_STATUS, tbc_buf_span(&payload), &message),
        TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_statuslist_open(&list, tbc_buf_span(&message), w.ring, WORLD_NOW, NULL),
        TBC_ERR_MALFORMED);
    CU_ASSERT_PTR_NULL(list.lst.ptr);
    tbc_buf_fini(&payload);
    tbc_buf_fini(&message);
    world_fini(&w);
}

TBC_SUITE("crypto/keyring", TEST(a_list_is_believed_by_its_root_only),
          TEST(a_version_never_goes_back),
          TEST(a_newer_list_of_another_root_is_not_taken_over),
          TEST(a_key_is_found_while_it_is_valid),
          TEST(lists_open_only_as_what_they_are_and_from_whom_they_must_be))
