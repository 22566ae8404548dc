/* Seeds of everything that is signed, by keys that end with this run. */
#include "base/text.h"
#include "codec/live.h"
#include "codec/token.h"
#include "crypto/checkpoint.h"
#include "crypto/statusdelta.h"
#include "seeds.h"
#include "suite.h"
#include "tokens.h"

#include <stdio.h>
#include <string.h>

#define EDITS 20

/* The payload of a message. */
static struct tbc_span
payload_of(struct tbc_span message)
{
    struct tbc_cose msg;

    CU_ASSERT_EQUAL_FATAL(tbc_cose_open(&msg, message, NULL), TBC_OK);
    return msg.payload;
}

/* A message and its payload under a target of lists, and edits of both. */
static void
put_list(const char *target, struct tbc_span message)
{
    struct tbc_span payload = payload_of(message);

    seeds_put(target, "issued.cose", message);
    seeds_put(target, "payload", payload);
    seeds_put(target, "empty", (struct tbc_span){ 0 });
    seeds_put_edits(target, payload, payload, EDITS);
    seeds_put("cose", target, message);
}

static void
sign_status(struct tokens *t, struct tbc_buf *message)
{
    struct tbc_buf payload = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_encode(&t->w.list, &payload), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(
        tbc_sign_cose(t->stations[0], TBC_TYP_STATUS, tbc_buf_span(&payload), message),
        TBC_OK);
    tbc_buf_fini(&payload);
}

/* From the list to a later one in which three certificates of others are revoked. */
static void
put_delta(struct tokens *t, struct tbc_span from)
{
    struct tbc_buf to = { 0 };
    struct tbc_buf delta = { 0 };

    t->w.list.iat.s += 60;
    for (uint64_t idx = 99000; idx < 99003; idx++) {
        CU_ASSERT_EQUAL_FATAL(tbc_statuslist_set(&t->w.list, idx, TBC_STATUS_REVOKED),
                              TBC_OK);
    }
    sign_status(t, &to);
    CU_ASSERT_EQUAL_FATAL(tbc_statusdelta_make(from, tbc_buf_span(&to), &delta, NULL),
                          TBC_OK);
    seeds_put("statuslist", "issued-next.cose", tbc_buf_span(&to));
    seeds_put("statusdelta", "delta", tbc_buf_span(&delta));
    seeds_put("statusdelta", "bad-empty", (struct tbc_span){ 0 });
    seeds_put_edits("statusdelta", tbc_buf_span(&delta), tbc_buf_span(&delta), EDITS);
    tbc_buf_fini(&to);
    tbc_buf_fini(&delta);
}

static void
put_status(struct tokens *t)
{
    struct tbc_buf message = { 0 };

    sign_status(t, &message);
    put_list("statuslist", tbc_buf_span(&message));
    put_delta(t, tbc_buf_span(&message));
    /* As others write it: the claims in another order, one unknown, a chunked key. */
    seeds_put_hex("statuslist", "general",
                  "bf19fffda2646269747301636c737449789c730400004200420663"
                  "666f6f01041a6a00000006fb41da600000000000ff");
    tbc_buf_fini(&message);
}

static void
put_manifest(struct tokens *t)
{
    struct tbc_buf payload = { 0 };
    struct tbc_buf message = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_manifest_encode(&t->w.manifest, &payload), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_sign_cose(t->stations[0], TBC_TYP_MANIFEST,
                                        tbc_buf_span(&payload), &message),
                          TBC_OK);
    put_list("manifest", tbc_buf_span(&message));
    tbc_buf_fini(&payload);
    tbc_buf_fini(&message);
}

static void
put_checkpoint(struct tokens *t)
{
    struct tbc_checkpoint c = {
        .origin = "VNP", .at = WORLD_NOW, .size = 70001, .root = { 1, 2, 3, 4 }
    };
    struct tbc_buf message = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_checkpoint_sign(t->stations[0], &c, &message), TBC_OK);
    put_list("checkpoint", tbc_buf_span(&message));
    tbc_buf_fini(&message);
}

/* The certificate in a presentation: inside the proof, or the message itself. */
static struct tbc_span
certificate_of(const struct token *token)
{
    struct tbc_span message = tbc_buf_span(&token->message);
    struct tbc_live live;

    if (token->phone == TBC_ALG_NONE) {
        return message;
    }
    CU_ASSERT_EQUAL_FATAL(tbc_live_decode(&live, payload_of(message), NULL), TBC_OK);
    return live.certificate;
}

static void
put_texts(void)
{
    static const struct {
        const char *name;
        const char *text;
    } bad[] = {
        { "bad-empty", "" },
        { "bad-payment", "https://pay.example/1?amount=12.50" },
        { "bad-future", "TBC2:RRQN6BERK" },
        { "bad-future-long", "TBC99999999999999999999:0" },
        { "bad-lower", "tbc1:rrqn6berk" },
        { "bad-bom", "\xef\xbb\xbfTBC1:RRQN6BERK" },
        { "bad-full-width", "TBC\xef\xbc\x91:RRQN6BERK" },
        { "bad-prefix-alone", "TBC1:" },
        { "bad-one-letter", "TBC1:A" },
        { "bad-group", "TBC1::::" },
        { "bad-pair", "TBC1:::" },
        { "bad-alphabet", "TBC1:RRQN6_ERK" },
        { "bad-half-line", "TBC1:RRQN6BERK2F45" },
        { "bad-line-ends", "TBC1:BB8\r\n\r\n" },
        { "bad-hello", "TBC1:%69 VD92EX0" },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        seeds_put_text("token", bad[i].name, bad[i].text);
    }
}

static void
put_tokens(struct tokens *t)
{
    const struct token *paper = &t->all[0];
    const struct token *live = &t->all[5 * TOKENS_STATIONS_N];
    struct tbc_buf stripped = { 0 };
    char name[64];

    for (size_t i = 0; i < TOKENS_N; i++) {
        const struct token *token = &t->all[i];

        (void)snprintf(name, sizeof name, "issued-%02zu-%s", i, token->name);
        seeds_put("token", name, tbc_buf_span(&token->text));
        if (i % TOKENS_STATIONS_N == i / TOKENS_STATIONS_N % TOKENS_STATIONS_N) {
            seeds_put("cose", token->name, tbc_buf_span(&token->message));
            seeds_put("claims", token->name, payload_of(certificate_of(token)));
        }
        if (token->phone != TBC_ALG_NONE && i % TOKENS_STATIONS_N == 0) {
            seeds_put("live", token->name, payload_of(tbc_buf_span(&token->message)));
        }
    }
    world_text(certificate_of(live), &stripped);
    seeds_put("token", "bad-stripped", tbc_buf_span(&stripped));
    tbc_buf_fini(&stripped);
    seeds_put_edits("cose", tbc_buf_span(&paper->message), tbc_buf_span(&live->message),
                    EDITS * 2);
    seeds_put_edits("claims", payload_of(tbc_buf_span(&paper->message)),
                    payload_of(certificate_of(live)), EDITS * 2);
    seeds_put_edits("live", payload_of(tbc_buf_span(&live->message)),
                    payload_of(tbc_buf_span(&live->message)), EDITS);
    put_texts();
}

/* COSE_Sign1 as others write it, and as nobody may. */
static void
put_general(void)
{
    static const struct {
        const char *name;
        const char *hex;
    } rows[] = {
        { "general-untagged", "8443a10126a044deadbeef40" },
        { "general-cwt", "d83dd28443a10126a044deadbeef41aa" },
        { "general-alg-unprotected", "d28440a1012644deadbeef41aa" },
        { "general-alg-nowhere", "d28440a044deadbeef41aa" },
        { "general-empty-map", "d28441a0a044deadbeef41aa" },
        { "general-chunks", "d29f5f42a1014126ffbfff5f41de41adff5f41aaffff" },
        { "general-detached", "d28443a10126a0f641aa" },
        { "general-kid-unprotected", "d28443a10126a10442313144deadbeef41aa" },
        { "bad-tag", "d18443a10126a044deadbeef41aa" },
        { "bad-three", "d28343a10126a044deadbeef" },
        { "bad-five", "d28543a10126a044deadbeef41aa00" },
        { "bad-crit", "d28447a2012602811863a044deadbeef41aa" },
        { "bad-crit-empty", "d28445a201260280a044deadbeef41aa" },
        { "bad-crit-unprotected", "d28443a10126a102810144deadbeef41aa" },
        { "bad-alg-twice", "d28443a10126a1012744deadbeef41aa" },
        { "bad-alg-text", "d28448a101654553323536a044deadbeef41aa" },
        { "bad-trailing", "d28443a10126a044deadbeef41aa00" },
        { "bad-huge-array", "d29b8000000000000000" },
        { "bad-empty", "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        seeds_put_hex("cose", rows[i].name, rows[i].hex);
    }
}

void
signed_objects(void)
{
    struct tokens *t = tokens_new();

    put_list("trustlist", tbc_buf_span(&t->trust));
    put_status(t);
    put_manifest(t);
    put_checkpoint(t);
    put_tokens(t);
    put_general();
    tokens_free(&t);
}
