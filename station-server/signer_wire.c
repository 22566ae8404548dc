#include "signer_wire.h"

#include "codec/cbor.h"
#include "codec/trustlist.h"
#include "sys/child.h"

#include <string.h>

#define SETUP_N  7
#define ASK_N    4
#define ANSWER_N 6
#define COUNTS_N 4
#define ERR_LAST TBC_ERR_PASS_WRONG

static void
put_text(struct tbc_buf *out, uint64_t key, const char *text)
{
    tbc_cbor_put_uint(out, key);
    tbc_cbor_put_text(out, text);
}

static void
put_uint(struct tbc_buf *out, uint64_t key, uint64_t value)
{
    tbc_cbor_put_uint(out, key);
    tbc_cbor_put_uint(out, value);
}

void
signer_put_setup(struct tbc_buf *out, const struct signer_setup *setup)
{
    size_t start = tbc_child_begin(out);

    tbc_cbor_put_map(out, SETUP_N);
    put_text(out, 1, setup->station);
    tbc_cbor_put_uint(out, 2);
    tbc_cbor_put_array(out, SIGNER_KEYS);
    for (size_t i = 0; i < SIGNER_KEYS; i++) {
        tbc_cbor_put_text(out, setup->names[i]);
    }
    put_text(out, 3, setup->pass_file);
    put_text(out, 4, setup->count_file);
    tbc_cbor_put_uint(out, 5);
    tbc_cbor_put_bytes(out, setup->trust);
    put_uint(out, 6, (uint64_t)setup->validity_s);
    put_uint(out, 7, (uint64_t)setup->per_minute);
    tbc_child_finish(out, start);
}

void
signer_put_ask(struct tbc_buf *out, const struct signer_ask *ask)
{
    size_t start = tbc_child_begin(out);

    tbc_cbor_put_map(out, ask->typ == TBC_TYP_N ? 1 : ASK_N);
    put_uint(out, 1, ask->id);
    if (ask->typ != TBC_TYP_N) {
        tbc_cbor_put_uint(out, 2);
        tbc_cbor_put_bytes(out, tbc_span_of(ask->kid, sizeof ask->kid));
        put_uint(out, 3, ask->typ);
        tbc_cbor_put_uint(out, 4);
        tbc_cbor_put_array(out, ask->n);
        for (size_t i = 0; i < ask->n; i++) {
            tbc_cbor_put_bytes(out, ask->payloads[i]);
        }
    }
    tbc_child_finish(out, start);
}

static void
put_key(struct tbc_buf *out, const struct signer_key *key)
{
    tbc_cbor_put_array(out, key->is_there ? 3 : 0);
    if (key->is_there) {
        tbc_cbor_put_bytes(out, tbc_span_of(key->kid, sizeof key->kid));
        tbc_cbor_put_int(out, key->alg);
        tbc_cbor_put_text(out, key->token);
    }
}

static void
put_result(struct tbc_buf *out, const struct signer_result *result)
{
    tbc_cbor_put_array(out, 3);
    tbc_cbor_put_uint(out, result->err);
    tbc_cbor_put_text(out, result->why);
    tbc_cbor_put_bytes(out, result->message);
}

void
signer_put_answer(struct tbc_buf *out, const struct signer_answer *answer)
{
    size_t start = tbc_child_begin(out);

    tbc_cbor_put_map(out, ANSWER_N);
    put_uint(out, 1, answer->id);
    put_uint(out, 2, answer->err);
    put_text(out, 3, answer->why);
    tbc_cbor_put_uint(out, 4);
    tbc_cbor_put_array(out, SIGNER_KEYS);
    for (size_t i = 0; i < SIGNER_KEYS; i++) {
        put_key(out, &answer->keys[i]);
    }
    tbc_cbor_put_uint(out, 5);
    tbc_cbor_put_array(out, COUNTS_N);
    tbc_cbor_put_uint(out, answer->counts.run);
    tbc_cbor_put_uint(out, answer->counts.total);
    tbc_cbor_put_uint(out, answer->counts.doubt);
    tbc_cbor_put_uint(out, answer->counts.refused);
    tbc_cbor_put_uint(out, 6);
    tbc_cbor_put_array(out, answer->n);
    for (size_t i = 0; i < answer->n; i++) {
        put_result(out, &answer->results[i]);
    }
    tbc_child_finish(out, start);
}

/* An array of exactly n items. */
static void
read_array(struct tbc_cbor_in *in, const char *what, size_t n)
{
    size_t found = 0;

    if (tbc_cbor_read_array(in, what, n, &found) == TBC_OK && found != n) {
        (void)tbc_cbor_fail(in, TBC_ERR_MALFORMED, what);
    }
}

/* A number 0..last. */
static unsigned
read_below(struct tbc_cbor_in *in, const char *what, unsigned last)
{
    uint64_t v = 0;

    if (tbc_cbor_read_uint(in, what, &v) == TBC_OK && v > last) {
        (void)tbc_cbor_fail(in, TBC_ERR_MALFORMED, what);
        v = 0;
    }
    return (unsigned)v;
}

static void
read_setup_field(struct tbc_cbor_in *in, int64_t key, struct signer_setup *s,
                 struct signer_setup_texts *t)
{
    switch (key) {
    case 1:
        (void)tbc_cbor_read_string(in, "station", t->station, sizeof t->station);
        break;
    case 2:
        read_array(in, "keys", SIGNER_KEYS);
        for (size_t i = 0; i < SIGNER_KEYS; i++) {
            (void)tbc_cbor_read_string(in, "key", t->names[i], sizeof t->names[i]);
        }
        break;
    case 3:
        (void)tbc_cbor_read_string(in, "pass file", t->pass_file, sizeof t->pass_file);
        break;
    case 4:
        (void)tbc_cbor_read_string(in, "count file", t->count_file,
                                   sizeof t->count_file);
        break;
    case 5:
        (void)tbc_cbor_read_bytes(in, "trust list", TBC_TRUST_BYTES_MAX, &s->trust);
        break;
    case 6:
        (void)tbc_cbor_read_int(in, "validity_s", &s->validity_s);
        break;
    case 7:
        (void)tbc_cbor_read_int(in, "per_minute", &s->per_minute);
        break;
    default:
        (void)tbc_cbor_fail(in, TBC_ERR_MALFORMED, "setup");
    }
}

enum tbc_err
signer_read_setup(struct tbc_span message, struct signer_setup *setup,
                  struct signer_setup_texts *texts)
{
    struct tbc_cbor_in in;
    struct tbc_cbor_map m;
    size_t seen = 0;
    int64_t key;
    enum tbc_err err;

    memset(texts, 0, sizeof *texts);
    *setup = (struct signer_setup){ .station = texts->station,
                                    .pass_file = texts->pass_file,
                                    .count_file = texts->count_file };
    for (size_t i = 0; i < SIGNER_KEYS; i++) {
        setup->names[i] = texts->names[i];
    }
    tbc_cbor_open(&in, message);
    (void)tbc_cbor_read_map(&in, "setup", SETUP_N, &m);
    for (; tbc_cbor_next_int(&in, &m, &key); seen++) {
        read_setup_field(&in, key, setup, texts);
    }
    err = tbc_cbor_close(&in);
    return err == TBC_OK &&
                   (seen != SETUP_N || setup->validity_s <= 0 || setup->per_minute <= 0)
               ? TBC_ERR_MALFORMED
               : err;
}

static void
read_payloads(struct tbc_cbor_in *in, struct signer_ask *ask, struct tbc_span *payloads)
{
    if (tbc_cbor_read_array(in, "payloads", SIGNER_BATCH_MAX, &ask->n) != TBC_OK) {
        return;
    }
    for (size_t i = 0; i < ask->n; i++) {
        (void)tbc_cbor_read_bytes(in, "payload", SIGNER_PAYLOAD_MAX, &payloads[i]);
    }
}

enum tbc_err
signer_read_ask(struct tbc_span message, struct signer_ask *ask,
                struct tbc_span *payloads)
{
    struct tbc_cbor_in in;
    struct tbc_cbor_map m;
    size_t seen = 0;
    int64_t key;
    enum tbc_err err;

    *ask = (struct signer_ask){ .typ = TBC_TYP_N, .payloads = payloads };
    tbc_cbor_open(&in, message);
    (void)tbc_cbor_read_map(&in, "ask", ASK_N, &m);
    for (; tbc_cbor_next_int(&in, &m, &key); seen++) {
        switch (key) {
        case 1:
            (void)tbc_cbor_read_uint(&in, "id", &ask->id);
            break;
        case 2:
            (void)tbc_cbor_read_fixed(&in, "kid", ask->kid, sizeof ask->kid);
            break;
        case 3:
            ask->typ = read_below(&in, "typ", TBC_TYP_N - 1);
            break;
        case 4:
            read_payloads(&in, ask, payloads);
            break;
        default:
            (void)tbc_cbor_fail(&in, TBC_ERR_MALFORMED, "ask");
        }
    }
    err = tbc_cbor_close(&in);
    return err == TBC_OK && (ask->id == 0 || (seen != 1 && seen != ASK_N) ||
                             (seen == 1) != (ask->n == 0))
               ? TBC_ERR_MALFORMED
               : err;
}

static void
read_key(struct tbc_cbor_in *in, struct signer_key *key)
{
    int64_t alg = 0;
    size_t n = 0;

    if (tbc_cbor_read_array(in, "key", 3, &n) != TBC_OK || n == 0) {
        return;
    }
    (void)tbc_cbor_read_fixed(in, "kid", key->kid, sizeof key->kid);
    (void)tbc_cbor_read_int(in, "alg", &alg);
    (void)tbc_cbor_read_string(in, "token", key->token, sizeof key->token);
    key->alg = tbc_alg_known(alg);
    key->is_there = true;
    if (n != 3 || key->alg == TBC_ALG_NONE) {
        (void)tbc_cbor_fail(in, TBC_ERR_MALFORMED, "key");
    }
}

static void
read_keys(struct tbc_cbor_in *in, struct signer_answer *a)
{
    read_array(in, "keys", SIGNER_KEYS);
    for (size_t i = 0; i < SIGNER_KEYS; i++) {
        read_key(in, &a->keys[i]);
    }
}

static void
read_counts(struct tbc_cbor_in *in, struct signer_counts *counts)
{
    read_array(in, "counts", COUNTS_N);
    (void)tbc_cbor_read_uint(in, "run", &counts->run);
    (void)tbc_cbor_read_uint(in, "total", &counts->total);
    (void)tbc_cbor_read_uint(in, "doubt", &counts->doubt);
    (void)tbc_cbor_read_uint(in, "refused", &counts->refused);
}

static void
read_results(struct tbc_cbor_in *in, struct signer_answer *a)
{
    if (tbc_cbor_read_array(in, "results", SIGNER_BATCH_MAX, &a->n) != TBC_OK) {
        return;
    }
    for (size_t i = 0; i < a->n; i++) {
        struct signer_result *r = &a->results[i];

        read_array(in, "result", 3);
        r->err = read_below(in, "err", ERR_LAST);
        (void)tbc_cbor_read_string(in, "why", r->why, sizeof r->why);
        (void)tbc_cbor_read_bytes(in, "message", SIGNER_PAYLOAD_MAX, &r->message);
    }
}

static void
read_answer_field(struct tbc_cbor_in *in, int64_t key, struct signer_answer *a)
{
    switch (key) {
    case 1:
        (void)tbc_cbor_read_uint(in, "id", &a->id);
        break;
    case 2:
        a->err = read_below(in, "err", ERR_LAST);
        break;
    case 3:
        (void)tbc_cbor_read_string(in, "why", a->why, sizeof a->why);
        break;
    case 4:
        read_keys(in, a);
        break;
    case 5:
        read_counts(in, &a->counts);
        break;
    case 6:
        read_results(in, a);
        break;
    default:
        (void)tbc_cbor_fail(in, TBC_ERR_MALFORMED, "answer");
    }
}

enum tbc_err
signer_read_answer(struct tbc_span message, struct signer_answer *answer)
{
    struct tbc_cbor_in in;
    struct tbc_cbor_map m;
    size_t seen = 0;
    int64_t key;
    enum tbc_err err;

    *answer = (struct signer_answer){ .results = answer->results };
    tbc_cbor_open(&in, message);
    (void)tbc_cbor_read_map(&in, "answer", ANSWER_N, &m);
    for (; tbc_cbor_next_int(&in, &m, &key); seen++) {
        read_answer_field(&in, key, answer);
    }
    err = tbc_cbor_close(&in);
    return err == TBC_OK && seen != ANSWER_N ? TBC_ERR_MALFORMED : err;
}
