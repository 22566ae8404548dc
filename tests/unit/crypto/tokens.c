#include "tokens.h"

#include "crypto/certificate.h"
#include "suite.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a live proof around its certificate, with the longest number of an algorithm. */
#define PROOF_MAX 143

static const enum tbc_alg station_algs[TOKENS_STATIONS_N] = {
    TBC_ALG_ES256, TBC_ALG_ES384, TBC_ALG_ES512, TBC_ALG_EDDSA, TBC_ALG_SM2
};
static const enum tbc_alg phone_algs[TOKENS_PHONES_N] = { TBC_ALG_ES256, TBC_ALG_EDDSA,
                                                          TBC_ALG_SM2 };

/* What each ten of the fifty are; phone: index, -1 on paper. */
static const struct {
    int phone;
    bool has_challenge;
    bool has_nbf;
    const char *language;
    enum tbc_doc_kind kind;
    const char *name;
    enum tbc_channel channel;
    enum tbc_assurance assurance;
} shapes[] = {
    { -1, false, false, "zh", TBC_DOC_CN, "林*禾", TBC_CHANNEL_KIOSK,
      TBC_ASSURANCE_ACTIVE },
    { -1, false, true, "en", TBC_DOC_PASSPORT, "Lin * He", TBC_CHANNEL_DESK,
      TBC_ASSURANCE_OFFICER },
    { -1, false, false, "", TBC_DOC_HKM, "陈*", TBC_CHANNEL_PATROL,
      TBC_ASSURANCE_PASSIVE },
    { -1, false, true, "", TBC_DOC_TW, "L*", TBC_CHANNEL_PHONE, TBC_ASSURANCE_PASSIVE },
    { 0, false, false, "zh", TBC_DOC_CN, "林*", TBC_CHANNEL_KIOSK,
      TBC_ASSURANCE_ACTIVE },
    { 0, true, true, "", TBC_DOC_CN, "林*", TBC_CHANNEL_PHONE, TBC_ASSURANCE_ACTIVE },
    { 1, false, true, "ug", TBC_DOC_CN, "A*", TBC_CHANNEL_DESK, TBC_ASSURANCE_OFFICER },
    { 1, true, false, "", TBC_DOC_PASSPORT, "L*", TBC_CHANNEL_KIOSK,
      TBC_ASSURANCE_PASSIVE },
    { 2, false, false, "", TBC_DOC_TW, "L*", TBC_CHANNEL_PATROL,
      TBC_ASSURANCE_PASSIVE },
    { 2, true, true, "en", TBC_DOC_HKM, "L*", TBC_CHANNEL_KIOSK, TBC_ASSURANCE_ACTIVE },
};

static void
make_claims(struct tokens *t, size_t i)
{
    struct tbc_claims *c = &t->w.claims;
    size_t shape = i / TOKENS_STATIONS_N;

    c->iat.s = WORLD_NOW.s - 60;
    c->nbf.s = c->iat.s + (shapes[shape].has_nbf ? 30 : 0);
    c->cti[15] = (uint8_t)i;
    c->status_idx = i * 1999;
    c->kind = shapes[shape].kind;
    c->channel = shapes[shape].channel;
    c->assurance = shapes[shape].assurance;
    c->medium = TBC_MEDIUM_PAPER;
    c->cnf_len = 0;
    memset(c->masked_name, 0, sizeof c->masked_name);
    memset(c->language, 0, sizeof c->language);
    memset(c->cnf, 0, sizeof c->cnf);
    (void)memccpy(c->masked_name, shapes[shape].name, '\0', sizeof c->masked_name);
    (void)memccpy(c->language, shapes[shape].language, '\0', sizeof c->language);
}

/* The message of the world's claims, bound to that phone; false when there is no room for a proof:
 * such a token of the longest signatures stays on paper. */
static bool
bind(struct tokens *t, int phone, struct tbc_buf *message)
{
    if (phone < 0) {
        return false;
    }
    t->w.phone = t->phones[phone];
    world_bind(&t->w);
    if (tbc_certificate_sign(t->w.station, &t->w.claims, message) == TBC_OK &&
        message->len + PROOF_MAX <= TBC_LIVE_MAX) {
        return true;
    }
    tbc_buf_fini(message);
    memset(t->w.claims.cnf, 0, sizeof t->w.claims.cnf);
    t->w.claims.cnf_len = 0;
    t->w.claims.medium = TBC_MEDIUM_PAPER;
    return false;
}

/* As they were signed: a long name is cut. */
static void
read_claims(struct tbc_span certificate, struct tbc_claims *claims)
{
    struct tbc_cose msg;

    CU_ASSERT_EQUAL_FATAL(tbc_cose_open(&msg, certificate, NULL), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_claims_decode(claims, msg.payload, NULL), TBC_OK);
}

static void
make_token(struct tokens *t, size_t i)
{
    struct token *token = &t->all[i];
    size_t shape = i / TOKENS_STATIONS_N;
    struct tbc_live live = { .time = WORLD_NOW,
                             .has_challenge = shapes[shape].has_challenge };
    struct tbc_buf certificate = { 0 };

    t->w.station = t->stations[i % TOKENS_STATIONS_N];
    make_claims(t, i);
    if (bind(t, shapes[shape].phone, &certificate)) {
        memcpy(live.challenge, TOKENS_CHALLENGE, sizeof live.challenge);
        token->phone = phone_algs[shapes[shape].phone];
        token->has_challenge = live.has_challenge;
        world_prove(t->w.phone, tbc_buf_span(&certificate), &live, &token->message);
    } else {
        world_certificate(&t->w, &certificate);
        CU_ASSERT_EQUAL_FATAL(
            tbc_buf_append_span(&token->message, tbc_buf_span(&certificate)), TBC_OK);
    }
    read_claims(tbc_buf_span(&certificate), &token->claims);
    tbc_buf_fini(&certificate);
    world_text(tbc_buf_span(&token->message), &token->text);
    (void)snprintf(token->name, sizeof token->name, "%s-%s-%zu",
                   token->phone == TBC_ALG_NONE ? "paper" : "live",
                   tbc_alg_name(station_algs[i % TOKENS_STATIONS_N]), shape);
    for (char *p = token->name; *p != '\0'; p++) {
        *p = (char)tolower((unsigned char)*p);
    }
}

struct tokens *
tokens_new(void)
{
    struct tokens *t = calloc(1, sizeof *t);

    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    if (t == NULL) {
        return NULL;
    }
    world_init(&t->w, TBC_ALG_ES256);
    tbc_key_free(&t->w.station);
    tbc_key_free(&t->w.phone);
    tbc_keyring_free(&t->w.ring);
    for (size_t i = 0; i < TOKENS_STATIONS_N; i++) {
        CU_ASSERT_EQUAL_FATAL(tbc_key_make(&t->stations[i], station_algs[i]), TBC_OK);
    }
    for (size_t i = 0; i < TOKENS_PHONES_N; i++) {
        CU_ASSERT_EQUAL_FATAL(tbc_key_make(&t->phones[i], phone_algs[i]), TBC_OK);
    }
    world_trust_keys(&t->w, 7, t->stations, TOKENS_STATIONS_N, &t->trust);
    CU_ASSERT_EQUAL_FATAL(
        tbc_keyring_open(&t->w.ring, tbc_buf_span(&t->trust), t->w.root, NULL), TBC_OK);
    t->w.know.ring = t->w.ring;
    for (size_t i = 0; i < TOKENS_N; i++) {
        make_token(t, i);
    }
    return t;
}

void
tokens_free(struct tokens **t)
{
    struct tokens *all = *t;

    for (size_t i = 0; i < TOKENS_N; i++) {
        tbc_buf_fini(&all->all[i].message);
        tbc_buf_fini(&all->all[i].text);
    }
    for (size_t i = 0; i < TOKENS_STATIONS_N; i++) {
        tbc_key_free(&all->stations[i]);
    }
    for (size_t i = 0; i < TOKENS_PHONES_N; i++) {
        tbc_key_free(&all->phones[i]);
    }
    tbc_buf_fini(&all->trust);
    all->w.station = NULL; /* they are the tokens' and are gone */
    all->w.phone = NULL;
    world_fini(&all->w);
    free(all);
    *t = NULL;
}

void
tokens_at_gate(struct tokens *t, const struct token *token)
{
    t->w.know.challenge =
        token->has_challenge
            ? tbc_span_of(TOKENS_CHALLENGE, sizeof TOKENS_CHALLENGE - 1)
            : (struct tbc_span){ 0 };
}
