/* The gate of the fuzz targets: it knows a trust list, a status list and a manifest of the corpus, and
 * what was issued under them.  The keys that signed those were thrown away when the corpus was made
 * (seeds.c): whatever else it believes is forged. */
#ifndef TBC_TESTS_FUZZ_GATE_H
#define TBC_TESTS_FUZZ_GATE_H

#include "crypto/judge.h"
#include "crypto/key.h"

#define GATE_NOW       ((struct tbc_utc){ 1769996460 }) /* 2026-02-02T01:41:00Z */
#define GATE_CHALLENGE "\x01\x02\x03\x04\x05\x06\x07\x08"

const struct tbc_keyring *gate_ring(void);
/* The root that its trust list names, pinned. */
struct tbc_key *gate_root(void);

/* The status list that the gate goes by, as it was signed. */
struct tbc_span gate_status_message(void);

/* Is in one of the files corpus/TARGET/issued*? */
bool gate_has_issued(const char *target, struct tbc_span in);

/* Judge a text, before a gate that shows the challenge or none. */
enum tbc_err
gate_judge(struct tbc_span text, bool challenge, struct tbc_judgement *out);

/* Is it one of the issued tokens, but for the s of a live proof? */
bool gate_has_issued_token(struct tbc_span text, bool is_live);

/* Are these the claims of an issued token? */
bool gate_has_issued_claims(const struct tbc_claims *claims);

#endif
