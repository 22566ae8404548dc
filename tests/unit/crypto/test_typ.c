/* No object can pose as another: each typ is given to each opener. */
#include "crypto/checkpoint.h"
#include "suite.h"
#include "world.h"

#include <stdio.h>

/* One good payload for each typ, signed under any typ. */
static struct world world;

static void
put_trust(struct tbc_buf *payload)
{
    struct tbc_buf message = { 0 };
    struct tbc_cose msg;

    world_trust(&world, 7, &message);
    CU_ASSERT_EQUAL_FATAL(tbc_cose_open(&msg, tbc_buf_span(&message), NULL), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_buf_append_span(payload, msg.payload), TBC_OK);
    tbc_buf_fini(&message);
}

static enum tbc_err
put_payload(enum tbc_typ typ, struct tbc_buf *payload)
{
    struct tbc_checkpoint checkpoint = { .origin = "VNP", .at = WORLD_NOW, .size = 1 };
    struct tbc_live live = { .time = WORLD_NOW };
    struct tbc_buf message = { 0 };
    enum tbc_err err = TBC_OK;

    switch (typ) {
    case TBC_TYP_CERTIFICATE:
        return tbc_claims_encode(&world.claims, payload);
    case TBC_TYP_LIVE:
        world_certificate(&world, &message);
        live.certificate = tbc_buf_span(&message);
        err = tbc_live_encode(&live, payload);
        break;
    case TBC_TYP_STATUS:
        return tbc_statuslist_encode(&world.list, payload);
    case TBC_TYP_TRUST:
        put_trust(payload);
        break;
    case TBC_TYP_MANIFEST:
        return tbc_manifest_encode(&world.manifest, payload);
    case TBC_TYP_CHECKPOINT:
        return tbc_checkpoint_encode(&checkpoint, payload);
    case TBC_TYP_ROLL:
        world_trust(&world, 7, payload);
        break;
    case TBC_TYP_N:
        break;
    }
    tbc_buf_fini(&message);
    return err;
}

/* Which of the openers takes the message, as bits by typ. */
static unsigned
taken_by(struct tbc_span message)
{
    struct tbc_statuslist list = { 0 };
    struct tbc_manifest manifest = { 0 };
    struct tbc_checkpoint checkpoint;
    struct tbc_keyring *ring = NULL;
    unsigned taken = 0;

    if (message.len <= TBC_LIVE_MAX && /* no longer one fits into a code */
        tbc_verdict_opens(world_judge(&world, message, WORLD_NOW))) {
        taken |= 1u << TBC_TYP_CERTIFICATE;
    }
    taken |= tbc_statuslist_open(&list, message, world.ring, WORLD_NOW, NULL) == TBC_OK
                 ? 1u << TBC_TYP_STATUS
                 : 0;
    taken |= tbc_keyring_open(&ring, message, world.station, NULL) == TBC_OK
                 ? 1u << TBC_TYP_TRUST
                 : 0;
    taken |=
        tbc_manifest_open(&manifest, message, world.ring, WORLD_NOW, NULL) == TBC_OK
            ? 1u << TBC_TYP_MANIFEST
            : 0;
    taken |= tbc_checkpoint_open(&checkpoint, message, world.station, NULL) == TBC_OK
                 ? 1u << TBC_TYP_CHECKPOINT
                 : 0;
    tbc_statuslist_fini(&list);
    tbc_manifest_fini(&manifest);
    tbc_keyring_free(&ring);
    return taken;
}

static void
each_opener_takes_its_own_typ_with_its_own_payload_and_nothing_else(void)
{
    static const enum tbc_typ openers[] = { TBC_TYP_CERTIFICATE, TBC_TYP_STATUS,
                                            TBC_TYP_TRUST, TBC_TYP_MANIFEST,
                                            TBC_TYP_CHECKPOINT };
    unsigned seen = 0;

    world_init(&world, TBC_ALG_ES256);
    for (unsigned payload = 0; payload < TBC_TYP_N; payload++) {
        struct tbc_buf bytes = { 0 };

        CU_ASSERT_EQUAL_FATAL(put_payload((enum tbc_typ)payload, &bytes), TBC_OK);
        for (unsigned typ = 0; typ < TBC_TYP_N; typ++) {
            struct tbc_buf message = { 0 };
            unsigned taken;
            unsigned own;

            CU_ASSERT_EQUAL_FATAL(tbc_sign_cose(world.station, (enum tbc_typ)typ,
                                                tbc_buf_span(&bytes), &message),
                                  TBC_OK);
            taken = taken_by(tbc_buf_span(&message));
            /* a roll-over is read by the opener of trust lists */
            own = 1u << (typ == TBC_TYP_ROLL ? TBC_TYP_TRUST : typ);
            if (typ != payload ? taken != 0 : (taken & ~own) != 0) {
                CU_FAIL("taken for another");
                printf("payload %s as %s\n", tbc_typ_text((enum tbc_typ)payload),
                       tbc_typ_text((enum tbc_typ)typ));
            }
            seen |= taken;
            tbc_buf_fini(&message);
        }
        tbc_buf_fini(&bytes);
    }
    for (size_t i = 0; i < sizeof openers / sizeof *openers; i++) {
        CU_ASSERT((seen >> openers[i] & 1) != 0); /* else the test shows nothing */
    }
    world_fini(&world);
}

static void
each_typ_has_a_text_of_its_own(void)
{
    for (unsigned a = 0; a < TBC_TYP_N; a++) {
        for (unsigned b = 0; b < a; b++) {
            CU_ASSERT_STRING_NOT_EQUAL(tbc_typ_text((enum tbc_typ)a),
                                       tbc_typ_text((enum tbc_typ)b));
        }
    }
}

TBC_SUITE("crypto/typ",
          TEST(each_opener_takes_its_own_typ_with_its_own_payload_and_nothing_else),
          TEST(each_typ_has_a_text_of_its_own))
