/* From one root key to the next: who believes which list. */
#include "crypto/keyring.h"
#include "suite.h"
#include "world.h"

#include <string.h>

/* Two roots and a stranger, and the lists between them. */
static struct {
    struct tbc_key *old;
    struct tbc_key *next;
    struct tbc_key *stranger;
    struct tbc_buf first;  /* 1: names old, by old */
    struct tbc_buf both;   /* 2: names both, by old and next */
    struct tbc_buf named;  /* 3: names both, by old alone */
    struct tbc_buf by_new; /* 4: names next, by next alone */
    struct tbc_buf by_old; /* 5: names old, by old alone */
} stage;

static void
add_root(struct tbc_trustlist *list, struct tbc_key *key)
{
    struct tbc_trust_key row = { .alg = tbc_key_alg(key),
                                 .not_before = { WORLD_NOW.s },
                                 .not_after = { WORLD_NOW.s + TBC_DAY_S } };
    struct tbc_buf cose;

    tbc_buf_init_fixed(&cose, row.key, sizeof row.key);
    CU_ASSERT_EQUAL_FATAL(tbc_key_put_cose(key, &cose), TBC_OK);
    row.key_len = cose.len;
    tbc_key_kid(key, row.kid);
    CU_ASSERT_EQUAL_FATAL(tbc_trustlist_add(list, &row), TBC_OK);
}

static void
sign_list(uint64_t version, struct tbc_key *const roots[2], struct tbc_key *by,
          struct tbc_buf *out)
{
    struct tbc_trustlist list = {
        .version = version,
        .iat = WORLD_NOW,
        .warn = { WORLD_NOW.s + 100 },
        .exp = { WORLD_NOW.s + TBC_DAY_S },
    };
    struct tbc_buf payload = { 0 };

    for (size_t i = 0; i < 2 && roots[i] != NULL; i++) {
        add_root(&list, roots[i]);
    }
    tbc_buf_clear(out);
    CU_ASSERT_EQUAL_FATAL(tbc_trustlist_encode(&list, &payload), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_sign_cose(by, TBC_TYP_TRUST, tbc_buf_span(&payload), out),
                          TBC_OK);
    tbc_buf_fini(&payload);
    tbc_trustlist_fini(&list);
}

/* Around a signed list the signature of another key. */
static void
roll(const struct tbc_buf *list, struct tbc_key *by, struct tbc_buf *out)
{
    struct tbc_buf inner = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_buf_append_span(&inner, tbc_buf_span(list)), TBC_OK);
    tbc_buf_clear(out);
    CU_ASSERT_EQUAL_FATAL(tbc_sign_cose(by, TBC_TYP_ROLL, tbc_buf_span(&inner), out),
                          TBC_OK);
    tbc_buf_fini(&inner);
}

static void
begin(void)
{
    memset(&stage, 0, sizeof stage);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&stage.old, TBC_ALG_ES384), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&stage.next, TBC_ALG_EDDSA), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&stage.stranger, TBC_ALG_ES256), TBC_OK);
    sign_list(1, (struct tbc_key *[]){ stage.old, NULL }, stage.old, &stage.first);
    sign_list(2, (struct tbc_key *[]){ stage.old, stage.next }, stage.old, &stage.both);
    roll(&stage.both, stage.next, &stage.both);
    sign_list(3, (struct tbc_key *[]){ stage.old, stage.next }, stage.old,
              &stage.named);
    sign_list(4, (struct tbc_key *[]){ stage.next, NULL }, stage.next, &stage.by_new);
    sign_list(5, (struct tbc_key *[]){ stage.old, NULL }, stage.old, &stage.by_old);
}

static void
end(void)
{
    tbc_key_free(&stage.old);
    tbc_key_free(&stage.next);
    tbc_key_free(&stage.stranger);
    tbc_buf_fini(&stage.first);
    tbc_buf_fini(&stage.both);
    tbc_buf_fini(&stage.named);
    tbc_buf_fini(&stage.by_new);
    tbc_buf_fini(&stage.by_old);
}

static enum tbc_err
open_pinned(struct tbc_keyring **ring, const struct tbc_buf *list, struct tbc_key *root)
{
    return tbc_keyring_open(ring, tbc_buf_span(list), root, NULL);
}

static enum tbc_err
update(struct tbc_keyring *ring, const struct tbc_buf *list)
{
    return tbc_keyring_update(ring, tbc_buf_span(list), NULL);
}

static void
who_saw_the_list_of_both_follows_the_new_root(void)
{
    struct tbc_keyring *ring = NULL;
    struct tbc_key *roots[TBC_TRUST_ROOTS_MAX];

    begin();
    CU_ASSERT_EQUAL_FATAL(open_pinned(&ring, &stage.first, stage.old), TBC_OK);
    CU_ASSERT_EQUAL(tbc_keyring_roots(ring, roots), 1);
    CU_ASSERT_EQUAL(update(ring, &stage.both), TBC_OK);
    CU_ASSERT_EQUAL(tbc_keyring_roots(ring, roots), 2);
    CU_ASSERT_EQUAL(update(ring, &stage.named), TBC_OK); /* still by the old one */
    CU_ASSERT_EQUAL(tbc_keyring_roots(ring, roots), 2);
    CU_ASSERT_EQUAL(update(ring, &stage.by_new), TBC_OK);
    CU_ASSERT_EQUAL(tbc_keyring_list(ring)->version, 4);
    CU_ASSERT_EQUAL(update(ring, &stage.by_old), TBC_ERR_UNKNOWN_KEY); /* retired */
    CU_ASSERT_EQUAL(tbc_keyring_list(ring)->version, 4);
    tbc_keyring_free(&ring);
    end();
}

static void
who_missed_it_is_told_what_helps(void)
{
    struct tbc_keyring *ring = NULL;
    struct tbc_fault fault = { 0 };

    begin();
    CU_ASSERT_EQUAL_FATAL(open_pinned(&ring, &stage.first, stage.old), TBC_OK);
    CU_ASSERT_EQUAL(tbc_keyring_update(ring, tbc_buf_span(&stage.by_new), &fault),
                    TBC_ERR_UNKNOWN_KEY);
    CU_ASSERT(fault.what != NULL && strstr(fault.what, "bring it") != NULL);
    CU_ASSERT_EQUAL(tbc_keyring_list(ring)->version, 1);
    CU_ASSERT_EQUAL(update(ring, &stage.both), TBC_OK); /* brought by hand */
    CU_ASSERT_EQUAL(update(ring, &stage.by_new), TBC_OK);
    tbc_keyring_free(&ring);
    end();
}

static void
a_root_that_is_only_named_signs_for_nobody(void)
{
    struct tbc_keyring *ring = NULL;
    struct tbc_key *roots[TBC_TRUST_ROOTS_MAX];

    begin();
    CU_ASSERT_EQUAL_FATAL(open_pinned(&ring, &stage.first, stage.old), TBC_OK);
    CU_ASSERT_EQUAL(update(ring, &stage.named), TBC_OK); /* a good list all the same */
    CU_ASSERT_EQUAL(tbc_keyring_roots(ring, roots), 1);
    CU_ASSERT_EQUAL(update(ring, &stage.by_new), TBC_ERR_UNKNOWN_KEY);
    tbc_keyring_free(&ring);
    CU_ASSERT_EQUAL_FATAL(open_pinned(&ring, &stage.named, NULL), TBC_OK);
    CU_ASSERT_EQUAL(update(ring, &stage.by_new), TBC_ERR_UNKNOWN_KEY);
    tbc_keyring_free(&ring);
    end();
}

static void
the_list_of_both_opens_with_either_pinned_and_with_no_other(void)
{
    struct tbc_keyring *ring = NULL;

    begin();
    CU_ASSERT_EQUAL(open_pinned(&ring, &stage.both, stage.old), TBC_OK);
    CU_ASSERT(tbc_keyring_signer(ring) == &tbc_keyring_list(ring)->roots[1]);
    tbc_keyring_free(&ring);
    CU_ASSERT_EQUAL(open_pinned(&ring, &stage.both, stage.next), TBC_OK);
    tbc_keyring_free(&ring);
    CU_ASSERT_EQUAL(open_pinned(&ring, &stage.both, NULL), TBC_OK);
    tbc_keyring_free(&ring);
    CU_ASSERT_EQUAL(open_pinned(&ring, &stage.both, stage.stranger),
                    TBC_ERR_UNKNOWN_KEY);
    CU_ASSERT_PTR_NULL(ring);
    end();
}

static void
both_signatures_must_be_good(void)
{
    struct tbc_keyring *ring = NULL;
    struct tbc_buf bad = { 0 };

    begin();
    for (size_t i = 0; i < stage.both.len; i += 7) {
        stage.both.ptr[i] ^= 1;
        CU_ASSERT_NOT_EQUAL(open_pinned(&ring, &stage.both, stage.old), TBC_OK);
        CU_ASSERT_PTR_NULL_FATAL(ring);
        stage.both.ptr[i] ^= 1;
    }
    /* the new root vouches for a list that the old one has not signed */
    sign_list(2, (struct tbc_key *[]){ stage.old, stage.next }, stage.stranger, &bad);
    roll(&bad, stage.next, &bad);
    CU_ASSERT_EQUAL(open_pinned(&ring, &bad, stage.next), TBC_ERR_UNKNOWN_KEY);
    /* a key that the list does not name adds nothing */
    sign_list(2, (struct tbc_key *[]){ stage.old, NULL }, stage.old, &bad);
    roll(&bad, stage.stranger, &bad);
    CU_ASSERT_EQUAL(open_pinned(&ring, &bad, stage.old), TBC_ERR_UNKNOWN_KEY);
    /* the same key twice proves nothing */
    sign_list(2, (struct tbc_key *[]){ stage.old, stage.next }, stage.old, &bad);
    roll(&bad, stage.old, &bad);
    CU_ASSERT_EQUAL(open_pinned(&ring, &bad, stage.old), TBC_ERR_MALFORMED);
    /* nor does an envelope in an envelope */
    roll(&stage.both, stage.stranger, &bad);
    CU_ASSERT_EQUAL(open_pinned(&ring, &bad, stage.old), TBC_ERR_MALFORMED);
    CU_ASSERT_PTR_NULL(ring);
    tbc_buf_fini(&bad);
    end();
}

static void
an_old_root_may_say_farewell(void)
{
    struct tbc_keyring *ring = NULL;
    struct tbc_buf farewell = { 0 };

    begin();
    CU_ASSERT_EQUAL_FATAL(open_pinned(&ring, &stage.first, stage.old), TBC_OK);
    sign_list(6, (struct tbc_key *[]){ stage.next, NULL }, stage.old, &farewell);
    roll(&farewell, stage.next, &farewell);
    CU_ASSERT_EQUAL(update(ring, &farewell), TBC_OK);
    CU_ASSERT(tbc_keyring_signer(ring) == &tbc_keyring_list(ring)->roots[0]);
    sign_list(7, (struct tbc_key *[]){ stage.next, NULL }, stage.next, &farewell);
    CU_ASSERT_EQUAL(update(ring, &farewell), TBC_OK);
    tbc_keyring_free(&ring);
    tbc_buf_fini(&farewell);
    end();
}

static void
kept_roots_open_what_they_have_signed(void)
{
    struct tbc_keyring *ring = NULL;
    struct tbc_keyring *again = NULL;
    struct tbc_key *roots[TBC_TRUST_ROOTS_MAX];
    size_t n;

    begin();
    CU_ASSERT_EQUAL_FATAL(open_pinned(&ring, &stage.first, stage.old), TBC_OK);
    CU_ASSERT_EQUAL(update(ring, &stage.both), TBC_OK);
    n = tbc_keyring_roots(ring, roots);
    CU_ASSERT_EQUAL(
        tbc_keyring_open_by(&again, tbc_buf_span(&stage.by_new), roots, n, NULL),
        TBC_OK);
    tbc_keyring_free(&again);
    CU_ASSERT_EQUAL(
        tbc_keyring_open_by(&again, tbc_buf_span(&stage.named), roots, n, NULL),
        TBC_OK);
    CU_ASSERT_EQUAL(tbc_keyring_roots(again, roots), 2); /* proven stays proven */
    tbc_keyring_free(&again);
    tbc_keyring_free(&ring);
    end();
}

TBC_SUITE("crypto/rollover", TEST(who_saw_the_list_of_both_follows_the_new_root),
          TEST(who_missed_it_is_told_what_helps),
          TEST(a_root_that_is_only_named_signs_for_nobody),
          TEST(the_list_of_both_opens_with_either_pinned_and_with_no_other),
          TEST(both_signatures_must_be_good), TEST(an_old_root_may_say_farewell),
          TEST(kept_roots_open_what_they_have_signed))
