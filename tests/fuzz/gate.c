#include "gate.h"

#include "codec/token.h"
#include "fuzz.h"
#include "twin.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ISSUED_MAX 64
#define FILE_LEN   2048

struct gate {
    struct tbc_keyring *ring;
    struct tbc_key *root;
    struct tbc_statuslist status;
    struct tbc_buf status_message;
    struct tbc_manifest manifest;
    const char
        *target; /* whose issued files are loaded; a program asks for one target */
    struct tbc_buf issued[ISSUED_MAX];
    struct tbc_buf messages[ISSUED_MAX]; /* tokens: without Base45 */
    struct tbc_buf claims[ISSUED_MAX];   /* and what the certificate inside says */
    size_t n;
};

/* One gate for the life of the program: libFuzzer never ends it otherwise. */
static struct gate gate;

static void
load(const char *target, const char *name, struct tbc_buf *out)
{
    char path[1024];
    uint8_t bytes[FILE_LEN];
    FILE *f;
    size_t n;

    (void)snprintf(path, sizeof path, "%s/%s/%s", TBC_FUZZ_CORPUS, target, name);
    f = fopen(path, "rb");
    FUZZ_HOLDS(f != NULL); /* else make the corpus anew: docs/TESTING.md */
    if (f == NULL) {
        return;
    }
    n = fread(bytes, 1, sizeof bytes, f);
    (void)fclose(f);
    FUZZ_HOLDS(n < sizeof bytes);
    (void)tbc_buf_append(out, bytes, n);
}

const struct tbc_keyring *
gate_ring(void)
{
    struct tbc_buf trust = { 0 };

    if (gate.ring == NULL) {
        load("trustlist", "issued.cose", &trust);
        FUZZ_HOLDS(tbc_keyring_open(&gate.ring, tbc_buf_span(&trust), NULL, NULL) ==
                   TBC_OK);
        tbc_buf_fini(&trust);
    }
    return gate.ring;
}

struct tbc_key *
gate_root(void)
{
    const struct tbc_trust_key *row = &tbc_keyring_list(gate_ring())->roots[0];

    if (gate.root == NULL) {
        FUZZ_HOLDS(tbc_key_parse_public(&gate.root,
                                        tbc_span_of(row->key, row->key_len)) == TBC_OK);
    }
    return gate.root;
}

struct tbc_span
gate_status_message(void)
{
    if (gate.status_message.len == 0) {
        load("statuslist", "issued.cose", &gate.status_message);
    }
    return tbc_buf_span(&gate.status_message);
}

static void
load_lists(void)
{
    struct tbc_buf message = { 0 };

    if (gate.manifest.rows != NULL) {
        return;
    }
    FUZZ_HOLDS(tbc_statuslist_open(&gate.status, gate_status_message(), gate_ring(),
                                   GATE_NOW, NULL) == TBC_OK);
    load("manifest", "issued.cose", &message);
    FUZZ_HOLDS(tbc_manifest_open(&gate.manifest, tbc_buf_span(&message), gate_ring(),
                                 GATE_NOW, NULL) == TBC_OK);
    tbc_buf_fini(&message);
}

static void
load_issued(const char *target)
{
    struct dirent **entries = NULL;
    char folder[1024];
    int n;

    if (gate.target != NULL) {
        return;
    }
    gate.target = target;
    (void)snprintf(folder, sizeof folder, "%s/%s", TBC_FUZZ_CORPUS, target);
    n = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        if (strncmp(entries[i]->d_name, "issued", 6) == 0 && gate.n < ISSUED_MAX) {
            load(target, entries[i]->d_name, &gate.issued[gate.n++]);
        }
        free(entries[i]);
    }
    free(entries);
    FUZZ_HOLDS(gate.n > 0);
}

bool
gate_has_issued(const char *target, struct tbc_span in)
{
    load_issued(target);
    for (size_t i = 0; i < gate.n; i++) {
        if (fuzz_equal(&gate.issued[i], in)) {
            return true;
        }
    }
    return false;
}

enum tbc_err
gate_judge(struct tbc_span text, bool challenge, struct tbc_judgement *out)
{
    struct tbc_knowledge know = {
        .lists = &gate.status,
        .lists_n = 1,
        .manifest = &gate.manifest,
        .station = "VNP",
        .policy = &tbc_policy_default,
    };

    load_lists();
    know.ring = gate_ring();
    if (challenge) {
        know.challenge = tbc_span_of(GATE_CHALLENGE, sizeof GATE_CHALLENGE - 1);
    }
    return tbc_judge(text, &know, GATE_NOW, out);
}

/* Every issued token must open here, at a gate with its challenge or at one without. */
static void
load_tokens(void)
{
    struct tbc_judgement out;

    if (gate.target != NULL) {
        return;
    }
    load_issued("token");
    for (size_t i = 0; i < gate.n; i++) {
        struct tbc_span text = tbc_buf_span(&gate.issued[i]);

        FUZZ_HOLDS(gate_judge(text, false, &out) == TBC_OK);
        FUZZ_HOLDS(out.verdict == TBC_ACCEPTED_OFFLINE);
        FUZZ_HOLDS(tbc_claims_encode(&out.claims, &gate.claims[i]) == TBC_OK);
        FUZZ_HOLDS(tbc_token_decode(text, &gate.messages[i], NULL) == TBC_TOKEN_OURS);
    }
}

bool
gate_has_issued_token(struct tbc_span text, bool is_live)
{
    struct tbc_buf message = { 0 };
    bool found = false;

    load_tokens();
    if (tbc_token_decode(text, &message, NULL) == TBC_TOKEN_OURS) {
        for (size_t i = 0; i < gate.n && !found; i++) {
            struct tbc_span issued = tbc_buf_span(&gate.messages[i]);

            found = fuzz_equal(&message, issued) ||
                    (is_live && twin_is(tbc_buf_span(&message), issued));
        }
    }
    tbc_buf_fini(&message);
    return found;
}

bool
gate_has_issued_claims(const struct tbc_claims *claims)
{
    struct tbc_buf bytes = { 0 };
    bool found = false;

    load_tokens();
    FUZZ_HOLDS(tbc_claims_encode(claims, &bytes) == TBC_OK);
    for (size_t i = 0; i < gate.n && !found; i++) {
        found = fuzz_equal(&gate.claims[i], tbc_buf_span(&bytes));
    }
    tbc_buf_fini(&bytes);
    return found;
}
