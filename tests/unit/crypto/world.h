/* A railway in miniature for the tests of crypto/: a root, a station, its lists, a certificate. */
#ifndef TBC_TESTS_CRYPTO_WORLD_H
#define TBC_TESTS_CRYPTO_WORLD_H

#include "codec/live.h"
#include "codec/token.h"
#include "crypto/judge.h"
#include "crypto/sign.h"

#define WORLD_NOW ((struct tbc_utc){ 1769996460 }) /* 2026-02-02T01:41:00Z */
#define WORLD_URI "https://tbc.example/VNP/1"

struct world {
    struct tbc_key *root;
    struct tbc_key *station;
    struct tbc_key *phone;
    struct tbc_keyring *ring;
    struct tbc_statuslist list;
    struct tbc_manifest manifest;
    struct tbc_knowledge know;
    struct tbc_claims claims; /* of a sound paper certificate */
};

/* Fails the running test, fatally, when anything is wrong. */
void world_init(struct world *w, enum tbc_alg alg);
void world_fini(struct world *w);

/* A signed trust list of the world's root and station. */
void world_trust(struct world *w, uint64_t version, struct tbc_buf *out);
/* The same of a station with these n keys. */
void world_trust_keys(struct world *w, uint64_t version,
                      struct tbc_key *const *stations, size_t n, struct tbc_buf *out);

/* Bind the claims to the phone. */
void world_bind(struct world *w);

/* The message of the world's claims, and the QR text of any message. */
void world_certificate(struct world *w, struct tbc_buf *message);
void world_text(struct tbc_span message, struct tbc_buf *text);

/* A live proof of the certificate in message, by that key. */
void world_prove(struct tbc_key *phone, struct tbc_span message,
                 const struct tbc_live *live, struct tbc_buf *out);

/* The verdict on a message or a text, at that time. */
enum tbc_verdict
world_judge(struct world *w, struct tbc_span message, struct tbc_utc now);
enum tbc_verdict world_judge_text(struct world *w, struct tbc_span text,
                                  struct tbc_utc now, struct tbc_judgement *out);

#endif
