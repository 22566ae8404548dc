/* The codes that people hold up: paper, and phones that prove what they hold. */
#include "codec/live.h"
#include "codec/token.h"
#include "crypto/sign.h"
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STALE_MS 60000

static struct tbc_span
put_text(struct tbc_span message, char *text, size_t *len)
{
    struct tbc_buf encoded = { 0 };

    if (tbc_token_encode(message, &encoded) != TBC_OK || encoded.len >= SIM_TEXT) {
        (void)fprintf(stderr, "sim: a code could not be made\n");
        exit(3);
    }
    memcpy(text, encoded.ptr, encoded.len);
    *len = encoded.len;
    tbc_buf_fini(&encoded);
    return tbc_span_of(text, *len);
}

/* A proof of that age. */
static const struct sim_proof *
prove(struct sim *s, size_t certificate, int64_t age_ms)
{
    const struct sim_certificate *c = &s->certificates[certificate];
    struct sim_proof *p = &s->proofs[s->proofs_n++ % SIM_PROOFS];
    const struct tbc_live live = {
        .time = { SIM_DAY + (s->now_ms - age_ms) / 1000 },
        .certificate = tbc_span_of(c->text, c->text_len),
    };
    struct tbc_buf payload = { 0 };
    struct tbc_buf message = { 0 };

    if (tbc_live_encode(&live, &payload) != TBC_OK ||
        tbc_sign_cose(station_model_phone(s, c->phone), TBC_TYP_LIVE,
                      tbc_buf_span(&payload), &message) != TBC_OK) {
        (void)fprintf(stderr, "sim: a proof could not be made\n");
        exit(3);
    }
    p->certificate = certificate;
    p->at_ms = s->now_ms - age_ms;
    (void)put_text(tbc_buf_span(&message), p->text, &p->text_len);
    tbc_buf_fini(&payload);
    tbc_buf_fini(&message);
    return p;
}

static const struct sim_proof *
last_proof(struct sim *s, size_t certificate)
{
    const size_t n = s->proofs_n < SIM_PROOFS ? s->proofs_n : SIM_PROOFS;

    for (size_t i = 1; i <= n; i++) {
        const struct sim_proof *p = &s->proofs[(s->proofs_n - i) % SIM_PROOFS];

        if (p->certificate == certificate) {
            return p;
        }
    }
    return prove(s, certificate, 0);
}

static struct tbc_span
sound_code(struct sim *s, const struct sim_visit *v, int64_t *proof_ms)
{
    static char bare[SIM_TEXT];
    const struct sim_certificate *c = &s->certificates[v->certificate];
    const struct sim_proof *p;
    size_t len;

    *proof_ms = s->now_ms;
    if (c->phone == 0) {
        return tbc_span_of(c->text, c->text_len);
    }
    if (v->paper == SIM_PAPER_BARE) {
        return put_text(tbc_span_of(c->text, c->text_len), bare, &len);
    }
    p = v->paper == SIM_PAPER_REPLAYED
            ? last_proof(s, v->certificate)
            : prove(s, v->certificate, v->paper == SIM_PAPER_STALE ? STALE_MS : 0);
    *proof_ms = p->at_ms;
    return tbc_span_of(p->text, p->text_len);
}

struct tbc_span
sim_code(struct sim *s, const struct sim_visit *v, int64_t *proof_ms)
{
    static const char payment[] = "https://pay.example/1";
    static char forged[SIM_TEXT];
    struct tbc_span text;

    if (v->paper == SIM_PAPER_FOREIGN) {
        return tbc_span_str(payment);
    }
    text = sound_code(s, v, proof_ms);
    if (v->paper == SIM_PAPER_FORGED) {
        memcpy(forged, text.ptr, text.len);
        forged[text.len - 9] = forged[text.len - 9] == 'A' ? 'B' : 'A';
        text = tbc_span_of(forged, text.len);
    }
    return text;
}
