#include "crypto/certificate.h"
#include "suite.h"
#include "world.h"

#include <string.h>

/* What out holds, decoded; the signature is checked. */
static struct tbc_claims
open_certificate(const struct world *w, const struct tbc_buf *out)
{
    struct tbc_claims c = { 0 };
    struct tbc_cose msg;

    CU_ASSERT_EQUAL_FATAL(tbc_cose_open(&msg, tbc_buf_span(out), NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_verify_cose(w->station, &msg), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_claims_decode(&c, msg.payload, NULL), TBC_OK);
    return c;
}

static void
set_uri(struct world *w, size_t len)
{
    memset(w->claims.status_uri, 'u', len);
    w->claims.status_uri[len] = '\0';
}

static void
a_name_that_fits_is_whole(void)
{
    struct world w;
    struct tbc_buf out = { 0 };

    world_init(&w, TBC_ALG_ES256);
    CU_ASSERT_EQUAL_FATAL(tbc_certificate_sign(w.station, &w.claims, &out), TBC_OK);
    CU_ASSERT_STRING_EQUAL(open_certificate(&w, &out).masked_name,
                           w.claims.masked_name);
    tbc_buf_fini(&out);
    world_fini(&w);
}

/* Every length of the status address: within the limit with the longest name that fits, or no
 * certificate at all. */
static void
check_every_address(struct world *w, size_t max)
{
    static const char name[] = "欧阳*禾欧阳*禾欧阳*禾欧"; /* 39 bytes and fewer */
    struct tbc_buf out = { 0 };
    size_t refused = 0;
    size_t cut = 0;

    CU_ASSERT_FATAL(sizeof name - 1 <= TBC_MASKED_MAX);
    memcpy(w->claims.masked_name, name, sizeof name);
    for (size_t len = 1; len <= TBC_STATUS_URI_MAX; len++) {
        enum tbc_err err;

        set_uri(w, len);
        tbc_buf_clear(&out);
        err = tbc_certificate_sign(w->station, &w->claims, &out);
        if (err == TBC_OK) {
            struct tbc_claims c = open_certificate(w, &out);
            size_t kept = strlen(c.masked_name);

            CU_ASSERT(out.len <= max);
            CU_ASSERT_EQUAL(strncmp(c.masked_name, name, kept), 0);
            CU_ASSERT(kept == sizeof name - 1 || out.len + 4 > max);
            CU_ASSERT_EQUAL(refused, 0);
            cut += kept < sizeof name - 1;
        } else {
            CU_ASSERT_EQUAL(err, TBC_ERR_LIMIT);
            CU_ASSERT_EQUAL(out.len, 0);
            refused++;
        }
    }
    CU_ASSERT(cut > 0);
    CU_ASSERT_EQUAL(refused > 0, max == TBC_PAPER_MAX ? false : true);
    tbc_buf_fini(&out);
}

static void
a_long_name_is_cut_between_characters(void)
{
    struct world w;

    world_init(&w, TBC_ALG_ES256);
    w.claims.nbf.s++;
    CU_ASSERT_EQUAL(tbc_certificate_max(&w.claims), TBC_PAPER_MAX);
    check_every_address(&w, TBC_PAPER_MAX);
    world_bind(&w);
    CU_ASSERT_EQUAL(tbc_certificate_max(&w.claims), TBC_BOUND_MAX);
    check_every_address(&w, TBC_BOUND_MAX);
    world_fini(&w);
}

static void
a_bound_certificate_leaves_room_for_proof_and_challenge(void)
{
    struct tbc_live live = { .time = WORLD_NOW, .has_challenge = true };
    struct tbc_buf certificate = { 0 };
    struct tbc_buf proof = { 0 };
    struct world w;

    world_init(&w, TBC_ALG_ES256);
    world_bind(&w);
    memset(w.claims.masked_name, 'n', TBC_MASKED_MAX);
    CU_ASSERT_EQUAL_FATAL(tbc_certificate_sign(w.station, &w.claims, &certificate),
                          TBC_OK);
    CU_ASSERT(certificate.len == TBC_BOUND_MAX || certificate.len == TBC_BOUND_MAX - 1);
    world_prove(w.phone, tbc_buf_span(&certificate), &live, &proof);
    CU_ASSERT(proof.len <= TBC_LIVE_MAX && proof.len >= TBC_LIVE_MAX - 1);
    CU_ASSERT_EQUAL(world_judge(&w, tbc_buf_span(&proof), WORLD_NOW),
                    TBC_ACCEPTED_OFFLINE);
    tbc_buf_fini(&certificate);
    tbc_buf_fini(&proof);
    world_fini(&w);
}

/* The face is there when there is room for it beside the whole name, and goes before the name does. */
static void
a_face_without_room_is_left_out(void)
{
    struct world w;
    struct tbc_buf out = { 0 };

    world_init(&w, TBC_ALG_ES256);
    w.claims.has_face = true;
    memset(w.claims.face, 0x5a, sizeof w.claims.face);
    for (int bound = 0; bound < 2; bound++) {
        struct tbc_claims c;

        tbc_buf_clear(&out);
        CU_ASSERT_EQUAL_FATAL(tbc_certificate_sign(w.station, &w.claims, &out), TBC_OK);
        c = open_certificate(&w, &out);
        CU_ASSERT_EQUAL(c.has_face, bound == 0);
        CU_ASSERT_EQUAL(memcmp(c.face, w.claims.face, sizeof c.face) == 0, bound == 0);
        CU_ASSERT_STRING_EQUAL(c.masked_name, w.claims.masked_name);
        CU_ASSERT(out.len <= tbc_certificate_max(&w.claims));
        world_bind(&w);
    }
    tbc_buf_fini(&out);
    world_fini(&w);
}

TBC_SUITE("crypto/certificate", TEST(a_name_that_fits_is_whole),
          TEST(a_face_without_room_is_left_out),
          TEST(a_long_name_is_cut_between_characters),
          TEST(a_bound_certificate_leaves_room_for_proof_and_challenge))
