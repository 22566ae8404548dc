/* crypto/ without memory, with a library that fails, with files that fail. */
#include "crypto/certificate.h"
#include "crypto/checkpoint.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "crypto/permute.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "crypto/statusdelta.h"
#include "fault.h"
#include "suite.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANY   (FAULT(MEMORY) | FAULT(LIBRARY) | FAULT(INSIDE))
#define FILES (FAULT(FILE) | FAULT(INTERRUPT) | FAULT(SHORT))
/* A library that says no says it of the key, for all that one can tell. */
#define KEY_REFUSED (REFUSAL(MALFORMED) | REFUSAL(UNSUPPORTED))

/* What the rows work on, made before anything fails. */
static struct {
    struct world w;
    struct tbc_buf paper; /* texts */
    struct tbc_buf live;
    struct tbc_buf trust; /* messages */
    struct tbc_buf newer;
    struct tbc_buf status;
    struct tbc_buf newer_status;
    struct tbc_buf manifest;
    struct tbc_hash leaves[16];
    char dir[32];
    char path[64];
} scene;

static bool
is_zero(const void *bytes, size_t n)
{
    const uint8_t *b = bytes;

    for (size_t i = 0; i < n; i++) {
        if (b[i] != 0) {
            return false;
        }
    }
    return true;
}

static enum tbc_err
whole_or_nothing(struct tbc_buf *out, enum tbc_err err)
{
    CU_ASSERT_EQUAL(out->len > 0, err == TBC_OK);
    tbc_buf_fini(out);
    return err;
}

static enum tbc_err
digests(void)
{
    uint8_t hash[TBC_SHA256_LEN];
    uint8_t mac[TBC_SHA256_LEN] = { 0 };
    uint8_t holder[TBC_HOLDER_LEN] = { 0 };
    enum tbc_err err;

    err = tbc_sha256(tbc_span_str("abc"), hash);
    CU_ASSERT_EQUAL(is_zero(hash, sizeof hash), err != TBC_OK);
    if (err == TBC_OK) {
        err = tbc_hmac_sha256((struct tbc_span){ 0 }, tbc_span_str("abc"), mac);
        CU_ASSERT_EQUAL(is_zero(mac, sizeof mac), err != TBC_OK);
    }
    if (err == TBC_OK) {
        err = tbc_pseudonym(tbc_span_str("master"), 20000, TBC_DOC_TW, "12345678",
                            holder);
        CU_ASSERT_EQUAL(is_zero(holder, sizeof holder), err != TBC_OK);
    }
    return err;
}

static enum tbc_err
permutation(void)
{
    struct tbc_permute *p = NULL;
    uint64_t y = 0;
    uint64_t x = 0;
    enum tbc_err err = tbc_permute_new(&p, tbc_span_str("key"), "label", 1000);

    CU_ASSERT_EQUAL(p != NULL, err == TBC_OK);
    if (err == TBC_OK && (err = tbc_permute(p, 7, &y)) == TBC_OK) {
        err = tbc_permute_back(p, y, &x);
    } else {
        CU_ASSERT_EQUAL(y, 0);
    }
    CU_ASSERT_EQUAL(x, err == TBC_OK ? 7 : 0);
    tbc_permute_free(&p);
    return err;
}

static enum tbc_err
seal_and_open(void)
{
    static const uint8_t key[TBC_SEAL_KEY_LEN] = { 1 };
    struct tbc_span ad = tbc_span_str("people/number/17");
    struct tbc_buf sealed = { 0 };
    struct tbc_buf open = { 0 };
    enum tbc_err err = tbc_seal(key, ad, tbc_span_str("11010519491231002X"), &sealed);

    CU_ASSERT_EQUAL(sealed.len > 0, err == TBC_OK);
    if (err == TBC_OK) {
        err = tbc_unseal(key, ad, tbc_buf_span(&sealed), &open);
        CU_ASSERT(err != TBC_OK || open.len == 18);
    }
    tbc_buf_fini(&sealed);
    return whole_or_nothing(&open, err);
}

static enum tbc_err
secret(void)
{
    uint8_t bytes[40];
    enum tbc_err err = tbc_secret_make(scene.path, sizeof bytes);

    CU_ASSERT_EQUAL(access(scene.path, F_OK) == 0, err == TBC_OK);
    if (err == TBC_OK) {
        err = tbc_secret_read(scene.path, bytes, sizeof bytes);
        CU_ASSERT_EQUAL(is_zero(bytes, sizeof bytes), err != TBC_OK);
        CU_ASSERT_EQUAL(unlink(scene.path), 0);
    }
    return err;
}

static enum tbc_err
secret_file(void)
{
    struct tbc_span text = tbc_span_str("a secret of some length, and then some more");
    struct tbc_buf out = { 0 };
    enum tbc_err err = tbc_secret_store(scene.path, text);

    CU_ASSERT_EQUAL(access(scene.path, F_OK) == 0, err == TBC_OK);
    if (err == TBC_OK) {
        err = tbc_secret_load(scene.path, 1000, &out);
        CU_ASSERT(err != TBC_OK || tbc_span_equal(tbc_buf_span(&out), text));
        CU_ASSERT_EQUAL(unlink(scene.path), 0);
    }
    return whole_or_nothing(&out, err);
}

static enum tbc_err
read_leaf(void *ctx, unsigned level, uint64_t index, struct tbc_hash *node)
{
    struct tbc_merkle tree = { 0 };
    enum tbc_err err = TBC_OK;

    (void)ctx;
    for (uint64_t i = 0; i < UINT64_C(1) << level && err == TBC_OK; i++) {
        err = tbc_merkle_append(&tree, &scene.leaves[(index << level) + i]);
    }
    return err == TBC_OK ? tbc_merkle_root(&tree, node) : err;
}

/* The tree of the first n leaves. */
static enum tbc_err
grow_tree(uint64_t n, struct tbc_hash *root)
{
    struct tbc_merkle tree = { 0 };
    enum tbc_err err = TBC_OK;

    while (tree.size < n && err == TBC_OK) {
        uint64_t before = tree.size;

        err = tbc_merkle_append(&tree, &scene.leaves[before]);
        CU_ASSERT_EQUAL(tree.size, before + (err == TBC_OK ? 1 : 0));
    }
    if (err == TBC_OK) {
        err = tbc_merkle_root(&tree, root);
        CU_ASSERT_EQUAL(is_zero(root, sizeof *root), err != TBC_OK);
    }
    return err;
}

static enum tbc_err
merkle_leaf(void)
{
    struct tbc_hash leaf = { { 1 } };
    enum tbc_err err = tbc_merkle_leaf(tbc_span_str("entry"), &leaf);

    CU_ASSERT_EQUAL(is_zero(&leaf, sizeof leaf), err != TBC_OK);
    if (err == TBC_OK) {
        err = tbc_merkle_empty(&leaf);
        CU_ASSERT_EQUAL(is_zero(&leaf, sizeof leaf), err != TBC_OK);
    }
    return err;
}

static enum tbc_err
inclusion(void)
{
    struct tbc_hash proof[TBC_MERKLE_PROOF_MAX];
    struct tbc_hash root = { { 0 } };
    bool holds = false;
    size_t n = 9;
    enum tbc_err err = grow_tree(13, &root);

    if (err == TBC_OK) {
        err = tbc_merkle_prove_inclusion(read_leaf, NULL, 6, 13, proof, &n);
        CU_ASSERT_EQUAL(n > 0, err == TBC_OK);
    }
    if (err == TBC_OK) {
        err =
            tbc_merkle_verify_inclusion(&scene.leaves[6], 6, 13, &root,
                                        tbc_span_of(proof, n * sizeof *proof), &holds);
        CU_ASSERT_EQUAL(holds, err == TBC_OK);
    }
    return err;
}

static enum tbc_err
consistency(void)
{
    struct tbc_hash proof[TBC_MERKLE_PROOF_MAX];
    struct tbc_hash root1 = { { 0 } };
    struct tbc_hash root2 = { { 0 } };
    bool holds = false;
    size_t n = 9;
    enum tbc_err err = grow_tree(6, &root1);

    if (err == TBC_OK && (err = grow_tree(13, &root2)) == TBC_OK) {
        err = tbc_merkle_prove_consistency(read_leaf, NULL, 6, 13, proof, &n);
        CU_ASSERT_EQUAL(n > 0, err == TBC_OK);
    }
    if (err == TBC_OK) {
        err = tbc_merkle_verify_consistency(
            6, 13, &root1, &root2, tbc_span_of(proof, n * sizeof *proof), &holds);
        CU_ASSERT_EQUAL(holds, err == TBC_OK);
    }
    if (err == TBC_OK) {
        err = tbc_merkle_verify_consistency(0, 13, &root1, &root2,
                                            (struct tbc_span){ 0 }, &holds);
        CU_ASSERT_FALSE(holds); /* root1 is none of the empty tree */
    }
    return err;
}

static enum tbc_err
sign_and_verify(enum tbc_alg alg)
{
    struct tbc_span message = tbc_span_str("one ticket to Qingyu North");
    struct tbc_key *key = NULL;
    struct tbc_buf sig = { 0 };
    enum tbc_err err = tbc_key_make(&key, alg);

    CU_ASSERT_EQUAL(key != NULL, err == TBC_OK);
    if (err == TBC_OK && (err = tbc_sign_raw(key, message, &sig)) == TBC_OK) {
        err = tbc_verify_raw(key, message, tbc_buf_span(&sig));
    } else {
        CU_ASSERT_EQUAL(sig.len, 0);
    }
    tbc_buf_fini(&sig);
    tbc_key_free(&key);
    return err;
}

static enum tbc_err
es256(void)
{
    return sign_and_verify(TBC_ALG_ES256);
}

static enum tbc_err
eddsa(void)
{
    return sign_and_verify(TBC_ALG_EDDSA);
}

static enum tbc_err
sm2(void)
{
    return sign_and_verify(TBC_ALG_SM2);
}

/* RFC 6979 A.2.6: ES256, the hash alone, over P-384; and SM2 under a name. */
static enum tbc_err
verify_of_others(void)
{
    struct tbc_span message = tbc_span_str("sample");
    struct tbc_buf raw = { 0 };
    static const uint8_t der[] = { 0x30, 6, 2, 1, 1, 2, 1, 2 };
    enum tbc_err err =
        tbc_signature_from_der(TBC_ALG_ES384, tbc_span_of(der, sizeof der), &raw);

    CU_ASSERT_EQUAL(raw.len, err == TBC_OK ? 96 : 0);
    if (err == TBC_OK) {
        err = tbc_verify_any(scene.w.root, TBC_ALG_ES256, message, tbc_buf_span(&raw));
        err = err == TBC_ERR_BAD_SIGNATURE ? TBC_OK : err; /* as it is */
    }
    tbc_buf_fini(&raw);
    return err;
}

static enum tbc_err
certificate(void)
{
    struct tbc_buf out = { 0 };

    return whole_or_nothing(
        &out, tbc_certificate_sign(scene.w.station, &scene.w.claims, &out));
}

static enum tbc_err
checkpoint(void)
{
    struct tbc_checkpoint c = {
        .origin = "VNP", .size = 3, .root = { 7 }, .at = WORLD_NOW
    };
    struct tbc_checkpoint back = { 0 };
    struct tbc_buf out = { 0 };
    enum tbc_err err = tbc_checkpoint_sign(scene.w.station, &c, &out);

    CU_ASSERT_EQUAL(out.len > 0, err == TBC_OK);
    if (err == TBC_OK) {
        err = tbc_checkpoint_open(&back, tbc_buf_span(&out), scene.w.station, NULL);
        CU_ASSERT_EQUAL(back.size, err == TBC_OK ? 3 : 0);
    }
    if (err == TBC_OK) {
        err =
            tbc_checkpoint_open_trusted(&back, tbc_buf_span(&out), scene.w.ring, NULL);
        CU_ASSERT_EQUAL(back.size, err == TBC_OK ? 3 : 0);
    }
    tbc_buf_fini(&out);
    return err;
}

static enum tbc_err
keyring(void)
{
    struct tbc_keyring *ring = NULL;
    enum tbc_err err =
        tbc_keyring_open(&ring, tbc_buf_span(&scene.trust), scene.w.root, NULL);

    CU_ASSERT_EQUAL(ring != NULL, err == TBC_OK);
    if (err == TBC_OK) {
        err = tbc_keyring_update(ring, tbc_buf_span(&scene.newer), NULL);
        CU_ASSERT_EQUAL(tbc_keyring_list(ring)->version, err == TBC_OK ? 9 : 7);
    }
    tbc_keyring_free(&ring);
    return err;
}

static enum tbc_err
lists(void)
{
    struct tbc_statuslist list;
    struct tbc_manifest manifest = { .version = 0 };
    enum tbc_err err = tbc_statuslist_open(&list, tbc_buf_span(&scene.status),
                                           scene.w.ring, WORLD_NOW, NULL);

    CU_ASSERT_EQUAL(list.lst.ptr != NULL, err == TBC_OK);
    if (err == TBC_OK) {
        err = tbc_manifest_open(&manifest, tbc_buf_span(&scene.manifest), scene.w.ring,
                                WORLD_NOW, NULL);
        CU_ASSERT_EQUAL(manifest.rows != NULL, err == TBC_OK);
    }
    tbc_statuslist_fini(&list);
    tbc_manifest_fini(&manifest);
    return err;
}

/* From one list to the next and back to its very bytes. */
static enum tbc_err
status_delta(void)
{
    struct tbc_buf delta = { 0 };
    struct tbc_buf again = { 0 };
    enum tbc_err err = tbc_statusdelta_make(
        tbc_buf_span(&scene.status), tbc_buf_span(&scene.newer_status), &delta, NULL);

    CU_ASSERT_EQUAL(delta.len > 0, err == TBC_OK);
    if (err == TBC_OK) {
        err = tbc_statusdelta_apply(tbc_buf_span(&scene.status), tbc_buf_span(&delta),
                                    &again, NULL);
        CU_ASSERT(err != TBC_OK || tbc_span_equal(tbc_buf_span(&again),
                                                  tbc_buf_span(&scene.newer_status)));
    }
    tbc_buf_fini(&delta);
    return whole_or_nothing(&again, err);
}

/* An error at a gate keeps it shut. */
static enum tbc_err
judge(const struct tbc_buf *text)
{
    struct tbc_judgement out;
    enum tbc_err err = tbc_judge(tbc_buf_span(text), &scene.w.know, WORLD_NOW, &out);

    CU_ASSERT_EQUAL(tbc_verdict_opens(out.verdict), err == TBC_OK);
    return err;
}

static enum tbc_err
judge_paper(void)
{
    return judge(&scene.paper);
}

static enum tbc_err
judge_live(void)
{
    return judge(&scene.live);
}

static const struct fault_row rows[] = {
    { "digests", digests, ANY, 0, 0 },
    { "a permutation", permutation, ANY, 0, 0 },
    { "a seal", seal_and_open, ANY, REFUSAL(CORRUPT), 0 },
    { "a secret", secret, ANY | FILES, 0, 0 },
    { "a file of secrets", secret_file, FAULT(MEMORY) | FILES, 0, 0 },
    { "a leaf", merkle_leaf, ANY, 0, 0 },
    { "a proof of inclusion", inclusion, ANY, 0, 0 },
    { "a proof of consistency", consistency, ANY, 0, 0 },
    { "ES256", es256, ANY, KEY_REFUSED, 0 },
    { "EdDSA", eddsa, ANY, KEY_REFUSED, REFUSAL(BAD_SIGNATURE) },
    /* OpenSSL 3.0 crashes when SM2 has no memory inside */
    { "SM2", sm2, FAULT(MEMORY) | FAULT(LIBRARY), 0, 0 },
    { "signatures of others", verify_of_others, ANY, KEY_REFUSED, 0 },
    { "a certificate", certificate, ANY, 0, 0 },
    { "a checkpoint", checkpoint, ANY, 0, 0 },
    { "a keyring", keyring, ANY, KEY_REFUSED, 0 },
    { "signed lists", lists, ANY, 0, 0 },
    { "a delta of status lists", status_delta, ANY, 0, 0 },
    { "a judgement of paper", judge_paper, ANY, 0, 0 },
    { "a judgement of a live proof", judge_live, ANY, NONE, 0 },
};

static void
sign_list(enum tbc_typ typ, struct tbc_buf *payload, struct tbc_buf *out)
{
    CU_ASSERT_EQUAL_FATAL(
        tbc_sign_cose(scene.w.station, typ, tbc_buf_span(payload), out), TBC_OK);
    tbc_buf_fini(payload);
}

static void
make_scene(void)
{
    struct tbc_buf payload = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_buf proof = { 0 };

    world_init(&scene.w, TBC_ALG_ES256);
    world_certificate(&scene.w, &message);
    world_text(tbc_buf_span(&message), &scene.paper);
    tbc_buf_clear(&message);
    world_bind(&scene.w);
    world_certificate(&scene.w, &message);
    world_prove(scene.w.phone, tbc_buf_span(&message),
                &(struct tbc_live){ .time = WORLD_NOW }, &proof);
    world_text(tbc_buf_span(&proof), &scene.live);
    world_trust(&scene.w, 7, &scene.trust);
    world_trust(&scene.w, 9, &scene.newer);
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_encode(&scene.w.list, &payload), TBC_OK);
    sign_list(TBC_TYP_STATUS, &payload, &scene.status);
    scene.w.list.iat.s += 60;
    CU_ASSERT_EQUAL(tbc_statuslist_set(&scene.w.list, 5, TBC_STATUS_REVOKED), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_encode(&scene.w.list, &payload), TBC_OK);
    sign_list(TBC_TYP_STATUS, &payload, &scene.newer_status);
    CU_ASSERT_EQUAL_FATAL(tbc_manifest_encode(&scene.w.manifest, &payload), TBC_OK);
    sign_list(TBC_TYP_MANIFEST, &payload, &scene.manifest);
    for (uint8_t i = 0; i < 16; i++) {
        CU_ASSERT_EQUAL_FATAL(tbc_merkle_leaf(tbc_span_of(&i, 1), &scene.leaves[i]),
                              TBC_OK);
    }
    (void)memccpy(scene.dir, "/tmp/tbc-test-XXXXXX", '\0', sizeof scene.dir);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(scene.dir));
    (void)snprintf(scene.path, sizeof scene.path, "%s/secret", scene.dir);
    tbc_buf_fini(&message);
    tbc_buf_fini(&proof);
}

static void
drop_scene(void)
{
    CU_ASSERT_EQUAL(rmdir(scene.dir), 0);
    tbc_buf_fini(&scene.paper);
    tbc_buf_fini(&scene.live);
    tbc_buf_fini(&scene.trust);
    tbc_buf_fini(&scene.newer);
    tbc_buf_fini(&scene.status);
    tbc_buf_fini(&scene.newer_status);
    tbc_buf_fini(&scene.manifest);
    world_fini(&scene.w);
}

static void
every_failure_is_told_opens_nothing_and_leaves_nothing_behind(void)
{
    make_scene();
    fault_sweep(rows, sizeof rows / sizeof *rows, ~FAULT(INSIDE));
    drop_scene();
}

/* Thousands of steps: a ctest of its own. */
static void
every_lack_of_memory_inside_openssl_is_survived(void)
{
    make_scene();
    fault_sweep(rows, sizeof rows / sizeof *rows, FAULT(INSIDE));
    drop_scene();
}

TBC_SUITE("fault/crypto",
          TEST(every_failure_is_told_opens_nothing_and_leaves_nothing_behind),
          TEST(every_lack_of_memory_inside_openssl_is_survived))
