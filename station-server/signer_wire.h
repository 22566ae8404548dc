/* What tbc-station and tbc-signer say to each other, in deterministic CBOR, framed as sys/child.h
 * says:
 *
 *     setup   = { 1: station, 2: [2*2 key name], 3: pass file, 4: count file, 5: trust list,
 *                 6: validity_s, 7: per_minute }
 *     ask     = { 1: id } / { 1: id, 2: kid, 3: typ, 4: [1*256 payload] }
 *     answer  = { 1: id, 2: err, 3: why, 4: [*2 key], 5: counts, 6: [*256 result] }
 *     key     = [kid, alg, token's label] / []     ; [] when its file is not there
 *     counts  = [of this run, of all, in doubt, refused]
 *     result  = [err, why, message]
 *
 * The setup comes first, and once.  The answer to it has id 0 and says whether the keys opened.  An ask
 * with an id alone is for keys and counts; one with payloads gets a result for each, in order.
 * err and typ are the numbers of their enums: both sides are of one build. */
#ifndef STATION_SIGNER_WIRE_H
#define STATION_SIGNER_WIRE_H

#include "codec/cose.h"

#define SIGNER_KEYS        2 /* the present one and the next */
#define SIGNER_NAME_MAX    1023
#define SIGNER_PATH_MAX    1023
#define SIGNER_BATCH_MAX   256
#define SIGNER_WHY_SIZE    320
#define SIGNER_TOKEN_SIZE  33
#define SIGNER_PAYLOAD_MAX (20u << 20) /* the largest manifest is below it */
#define SIGNER_MESSAGE_MAX (24u << 20)

/* Borrows everything. */
struct signer_setup {
    const char *station;
    const char *names[SIGNER_KEYS]; /* files or URIs */
    const char *pass_file;          /* "": none */
    const char *count_file;
    struct tbc_span trust; /* the signed list that is in force; empty: none */
    int64_t validity_s;
    int64_t per_minute;
};

struct signer_key {
    bool is_there;
    uint8_t kid[TBC_KID_LEN];
    enum tbc_alg alg;
    char token[SIGNER_TOKEN_SIZE]; /* its label; "" for a key of a file */
};

/* Certificates, not lists. */
struct signer_counts {
    uint64_t run;   /* signed since it started */
    uint64_t total; /* ever, with its own file for memory */
    uint64_t
        doubt; /* of total, at most so many were never signed: lost with the power */
    uint64_t refused; /* since it started */
};

/* Borrows the payloads. */
struct signer_ask {
    uint64_t id;
    uint8_t kid[TBC_KID_LEN];
    enum tbc_typ typ; /* TBC_TYP_N: an ask for keys and counts */
    const struct tbc_span *payloads;
    size_t n;
};

struct signer_result {
    enum tbc_err err;
    char why[SIGNER_WHY_SIZE]; /* which rule refused it, or what the token said; "" */
    struct tbc_span message;   /* the COSE_Sign1, borrowed */
};

struct signer_answer {
    uint64_t id;
    enum tbc_err err;
    char why[SIGNER_WHY_SIZE];
    struct signer_key keys[SIGNER_KEYS];
    struct signer_counts counts;
    struct signer_result *results; /* the caller's, SIGNER_BATCH_MAX of them */
    size_t n;
};

/* The texts of a setup that was read. */
struct signer_setup_texts {
    char station[8];
    char names[SIGNER_KEYS][SIGNER_NAME_MAX + 1];
    char pass_file[SIGNER_PATH_MAX + 1];
    char count_file[SIGNER_PATH_MAX + 1];
};

/* Each appends one framed message; check tbc_buf_status. */
void signer_put_setup(struct tbc_buf *out, const struct signer_setup *setup);
void signer_put_ask(struct tbc_buf *out, const struct signer_ask *ask);
void signer_put_answer(struct tbc_buf *out, const struct signer_answer *answer);

/* Of a message without its length, strictly: ERR_MALFORMED, ERR_LIMIT.
 *   texts      where the setup's texts are kept
 *   payloads   SIGNER_BATCH_MAX of them, borrowed from the message
 *   answer     answer->results is the caller's */
enum tbc_err signer_read_setup(struct tbc_span message, struct signer_setup *setup,
                               struct signer_setup_texts *texts) TBC_MUST_CHECK;
enum tbc_err signer_read_ask(struct tbc_span message, struct signer_ask *ask,
                             struct tbc_span *payloads) TBC_MUST_CHECK;
enum tbc_err signer_read_answer(struct tbc_span message,
                                struct signer_answer *answer) TBC_MUST_CHECK;

#endif
