/* Fifty sound presentations of every kind there is, before one gate that knows all their issuers:
 * five algorithms, on paper and by three kinds of phone, with and without nbf, challenge and
 * language, of all documents, channels and media. */
#ifndef TBC_TESTS_CRYPTO_TOKENS_H
#define TBC_TESTS_CRYPTO_TOKENS_H

#include "world.h"

#define TOKENS_N          50
#define TOKENS_STATIONS_N 5
#define TOKENS_PHONES_N   3

struct token {
    char name[48]; /* "paper-es256-0" */
    struct tbc_buf message;
    struct tbc_buf text;
    struct tbc_claims claims;
    enum tbc_alg phone; /* of the live proof; TBC_ALG_NONE on paper */
    bool has_challenge; /* good only at a gate that shows TOKENS_CHALLENGE */
};

#define TOKENS_CHALLENGE "\x01\x02\x03\x04\x05\x06\x07\x08"

/* Large: keep it on the heap. */
struct tokens {
    struct world w;
    struct tbc_key *stations[TOKENS_STATIONS_N];
    struct tbc_key *phones[TOKENS_PHONES_N];
    struct tbc_buf trust; /* the signed list that names the stations */
    struct token all[TOKENS_N];
};

/* Fails the running test, fatally, when anything is wrong. */
struct tokens *tokens_new(void);
void tokens_free(struct tokens **t);

/* Stand before a gate that shows the challenge, or none, as the token wants it. */
void tokens_at_gate(struct tokens *t, const struct token *token);

#endif
