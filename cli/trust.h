/* Trust lists as files: drafts, which are the payload alone, and what programs believe, which is
 * signed by one root or by two. */
#ifndef CLI_TRUST_H
#define CLI_TRUST_H

#include "cli.h"
#include "codec/trustlist.h"
#include "crypto/keyring.h"
#include "crypto/pass.h"

/* A file of either kind. */
struct cli_trust {
    struct tbc_buf bytes; /* owned; the envelope borrows it */
    struct tbc_trustlist list;
    bool is_signed;
    struct tbc_trust_signed envelope; /* when is_signed */
};

/* Nothing is believed yet: the signatures are only read. */
enum cli_exit cli_read_trust(const char *path, struct cli_trust *t);
void cli_trust_fini(struct cli_trust *t);

/* Read a signed list any of whose own roots is believed: the file is handed over by name. */
enum cli_exit cli_read_ring(const char *path, struct tbc_keyring **ring);

/* Read a list that may still be changed: CLI_NO, said, for a signed one, which would lose its
 * signature without a word. */
enum cli_exit cli_read_draft(const char *path, struct tbc_trustlist *list);
/* What makes no sense is named: CLI_USAGE. */
enum cli_exit cli_write_draft(const struct tbc_trustlist *list, const char *path);
/* The next version, of now.  CLI_NO, said, when the list has ended. */
enum cli_exit cli_raise_draft(struct tbc_trustlist *list, const char *path);
/* Write it, and with as_json print what it has become. */
enum cli_exit
cli_finish_draft(const struct tbc_trustlist *list, const char *path, bool as_json);

struct tbc_key;
/* Key, algorithm and kid of a row; station, dates and address are the caller's. */
enum tbc_err cli_fill_row(const struct tbc_key *key, struct tbc_trust_key *row);
/* The same from a key's name; a key that others use with curves of theirs is none for a list of
 * ours. */
enum cli_exit
cli_read_row(const char *name, const struct tbc_pass *pass, struct tbc_trust_key *row);
enum cli_exit cli_add_row(struct tbc_trustlist *list, const char *path,
                          const struct tbc_trust_key *row);

/* "fresh", "ageing" or "ended". */
const char *cli_trust_state(const struct tbc_trustlist *list, struct tbc_utc at);
/* The list as the object that trust show prints; more members may be added. */
json_t *cli_trust_json(const struct tbc_trustlist *list);

#endif
