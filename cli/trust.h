/* Drafts of trust lists, for the commands that change them. */
#ifndef CLI_TRUST_H
#define CLI_TRUST_H

#include "cli.h"
#include "codec/trustlist.h"
#include "crypto/keyring.h"

/* Read a list that may still be changed: CLI_NO, said, for a signed one, which would lose its
 * signature without a word. */
enum cli_exit cli_read_draft(const char *path, struct tbc_trustlist *list);
enum cli_exit cli_write_draft(const struct tbc_trustlist *list, const char *path);

/* Read a signed list whose first root is believed: the file is handed over by name. */
enum cli_exit cli_read_ring(const char *path, struct tbc_keyring **ring);

struct tbc_key;
/* Key, algorithm and kid of a row; station, dates and address are the caller's. */
enum tbc_err cli_fill_row(const struct tbc_key *key, struct tbc_trust_key *row);

#endif
