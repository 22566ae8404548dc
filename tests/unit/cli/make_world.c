/* make_world DIR [ALG]: writes the files of tests/unit/crypto/world.h for the tests of tbc; the
 * station signs by ALG, ES256 (unless said) or EdDSA: larger signatures leave no room for a phone. */
#include "crypto/checkpoint.h"
#include "sys/file.h"
#include "world.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *dir;
static enum tbc_alg alg = TBC_ALG_ES256;

static void
put(const char *name, struct tbc_span bytes)
{
    struct tbc_buf path = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_buf_printf(&path, "%s/%s", dir, name), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(tbc_buf_str(&path), bytes, 0644), TBC_OK);
    tbc_buf_fini(&path);
}

static void
put_text(const char *name, struct tbc_span message)
{
    struct tbc_buf text = { 0 };

    world_text(message, &text);
    CU_ASSERT_EQUAL(tbc_buf_append_str(&text, "\r\n"), TBC_OK);
    put(name, tbc_buf_span(&text));
    tbc_buf_fini(&text);
}

/* Sign a payload with the station's key and write it. */
static void
put_signed(struct world *w, enum tbc_typ typ, struct tbc_buf *payload, const char *name)
{
    struct tbc_buf message = { 0 };

    CU_ASSERT_EQUAL_FATAL(
        tbc_sign_cose(w->station, typ, tbc_buf_span(payload), &message), TBC_OK);
    put(name, tbc_buf_span(&message));
    tbc_buf_fini(&message);
    tbc_buf_clear(payload);
}

static void
put_lists(struct world *w)
{
    struct tbc_buf bytes = { 0 };

    world_trust(w, 1, &bytes);
    put("trust", tbc_buf_span(&bytes));
    tbc_buf_clear(&bytes);
    CU_ASSERT_EQUAL_FATAL(tbc_key_put_pem(w->station, &bytes), TBC_OK);
    put("station.pem", tbc_buf_span(&bytes));
    tbc_buf_clear(&bytes);
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_encode(&w->list, &bytes), TBC_OK);
    put_signed(w, TBC_TYP_STATUS, &bytes, "status");
    CU_ASSERT_EQUAL_FATAL(tbc_manifest_encode(&w->manifest, &bytes), TBC_OK);
    put_signed(w, TBC_TYP_MANIFEST, &bytes, "manifest");
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_set(&w->list, w->claims.status_idx, 1),
                          TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_encode(&w->list, &bytes), TBC_OK);
    put_signed(w, TBC_TYP_STATUS, &bytes, "revoked");
    w->list.iat.s += 60; /* a minute later, one more */
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_set(&w->list, 5, 1), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_encode(&w->list, &bytes), TBC_OK);
    put_signed(w, TBC_TYP_STATUS, &bytes, "later");
    tbc_buf_fini(&bytes);
}

/* A letter more in the first of these texts that has room; false when none has. */
static bool
lengthen(struct tbc_claims *c)
{
    if (strlen(c->masked_name) < TBC_MASKED_MAX) {
        return memccpy(strchr(c->masked_name, '\0'), "x", '\0', 2) != NULL;
    }
    if (strlen(c->status_uri) < TBC_STATUS_URI_MAX) {
        return memccpy(strchr(c->status_uri, '\0'), "x", '\0', 2) != NULL;
    }
    return false;
}

/* The certificate of the world's claims, made longer until it has exactly len bytes. */
static void
make_long(struct world *w, size_t len, struct tbc_buf *message)
{
    do {
        tbc_buf_clear(message);
        world_certificate(w, message);
    } while (message->len < len && lengthen(&w->claims));
    CU_ASSERT_EQUAL_FATAL(message->len, len);
}

/* The largest that there are: 320 bytes on paper; 480 with the phone's proof and a challenge. */
static void
put_largest(struct world *w)
{
    struct tbc_buf message = { 0 };
    struct tbc_buf proof = { 0 };
    struct tbc_live live = { .time = WORLD_NOW, .has_challenge = true };
    const struct tbc_claims plain = w->claims;

    make_long(w, TBC_PAPER_MAX, &message);
    put_text("largest", tbc_buf_span(&message));
    w->claims = plain;
    world_bind(w);
    make_long(w, TBC_BOUND_MAX, &message);
    world_prove(w->phone, tbc_buf_span(&message), &live, &proof);
    CU_ASSERT_EQUAL_FATAL(proof.len, TBC_LIVE_MAX);
    put_text("largest-live", tbc_buf_span(&proof));
    w->claims = plain;
    tbc_buf_fini(&message);
    tbc_buf_fini(&proof);
}

static void
put_certificates(struct world *w)
{
    struct tbc_buf paper = { 0 };
    struct tbc_buf bound = { 0 };
    struct tbc_buf proof = { 0 };

    world_certificate(w, &paper);
    put("paper.cose", tbc_buf_span(&paper));
    put_text("paper", tbc_buf_span(&paper));
    world_bind(w);
    world_certificate(w, &bound);
    put_text("bound", tbc_buf_span(&bound));
    world_prove(w->phone, tbc_buf_span(&bound), &(struct tbc_live){ .time = WORLD_NOW },
                &proof);
    put_text("live", tbc_buf_span(&proof));
    tbc_buf_fini(&paper);
    tbc_buf_fini(&bound);
    tbc_buf_fini(&proof);
}

/* A log of eight leaves, "00" to "07": checkpoints of its first three, of all, of another history
 * and of another station; the leaves as tbc log root reads them. */
static void
put_checkpoint(struct world *w, const char *name, const char *origin, uint8_t first,
               uint8_t size)
{
    struct tbc_checkpoint c = { .at = WORLD_NOW, .size = size };
    struct tbc_merkle tree = { 0 };
    struct tbc_hash hash;
    struct tbc_buf message = { 0 };

    for (uint8_t i = 0; i < size; i++) {
        uint8_t entry = (uint8_t)(first + i);

        CU_ASSERT_EQUAL_FATAL(tbc_merkle_leaf(tbc_span_of(&entry, 1), &hash), TBC_OK);
        CU_ASSERT_EQUAL_FATAL(tbc_merkle_append(&tree, &hash), TBC_OK);
    }
    CU_ASSERT_EQUAL_FATAL(tbc_merkle_root(&tree, &hash), TBC_OK);
    memcpy(c.root, hash.b, sizeof c.root);
    (void)memccpy(c.origin, origin, '\0', sizeof c.origin);
    CU_ASSERT_EQUAL_FATAL(tbc_checkpoint_sign(w->station, &c, &message), TBC_OK);
    put(name, tbc_buf_span(&message));
    tbc_buf_fini(&message);
}

static void
put_log(struct world *w)
{
    put_checkpoint(w, "log3", "VNP", 0, 3);
    put_checkpoint(w, "log8", "VNP", 0, 8);
    put_checkpoint(w, "log3b", "VNP", 1, 3);
    put_checkpoint(w, "log8shh", "SHH", 0, 8);
    put("leaves", tbc_span_str("00\n01\n02\r\n03\n04\n05\n06\n07\n"));
}

static void
make_world(void)
{
    struct world w;

    world_init(&w, alg);
    put_lists(&w);
    put_log(&w);
    put_largest(&w);
    put_certificates(&w);
    world_fini(&w);
}

int
main(int argc, char **argv)
{
    CU_pSuite suite;

    if (argc < 2 || argc > 3 ||
        (argc == 3 && !tbc_alg_parse(tbc_span_str(argv[2]), &alg)) ||
        CU_initialize_registry() != CUE_SUCCESS ||
        (suite = CU_add_suite("world", NULL, NULL)) == NULL ||
        CU_add_test(suite, "make_world", make_world) == NULL) {
        fputs("usage: make_world DIR [ALG]\n", stderr);
        return 2;
    }
    dir = argv[1];
    CU_run_all_tests();
    return CU_get_number_of_failures() == 0 ? 0 : 1;
}
