/* A command's options as a table: one row, one option, one member of the command's request.
 *
 *     struct request { const char *list; struct cli_number idx; bool as_json; };
 *     static const struct cli_flag flags[] = {
 *         { "list", CLI_TEXT, true, offsetof(struct request, list) },
 *         { "idx", CLI_NUMBER, true, offsetof(struct request, idx) },
 *         { "json", CLI_SWITCH, false, offsetof(struct request, as_json) },
 *     };
 *     rc = cli_options(argc, argv, flags, CLI_COUNT(flags), &r);                             */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli.h"
#include "codec/cose.h"

#define CLI_FLAGS_MAX 16
#define CLI_TEXTS_MAX 8

struct cli_texts {
    const char *at[CLI_TEXTS_MAX];
    size_t n;
};

struct cli_number {
    uint64_t value;
    bool given;
};

struct cli_hash {
    uint8_t b[32];
    bool given;
};

/* The type of the member at a row's offset. */
enum cli_flag_type {
    CLI_SWITCH, /* bool */
    CLI_TEXT,   /* const char *; NULL when not given */
    CLI_TEXTS,  /* struct cli_texts; may be repeated */
    CLI_NUMBER, /* struct cli_number */
    CLI_TIME,   /* struct tbc_utc; { 0 } when not given */
    CLI_ALG,    /* enum tbc_alg */
    CLI_HEX,    /* struct tbc_buf, owned */
    CLI_HASH,   /* struct cli_hash: 64 digits */
    CLI_HASHES, /* struct tbc_buf, owned: 32 bytes for each time it is given */
};

struct cli_flag {
    const char *name;
    enum cli_flag_type type;
    bool wanted; /* leaving it out is a usage error */
    size_t at;   /* offsetof in the request */
};

/* Read the options; optind then stands at the first operand.  CLI_USAGE for an unknown or missing
 * one and for a value that is none; CLI_MALFORMED for bad hexadecimal, with its offset.  What was
 * said is said. */
enum cli_exit cli_options(int argc, char **argv, const struct cli_flag *flags, size_t n,
                          void *request);
/* The same for a command that takes no FILE. */
enum cli_exit cli_options_only(int argc, char **argv, const struct cli_flag *flags,
                               size_t n, void *request);

/* The name of a key, 16 hexadecimal digits. */
bool cli_parse_kid(const char *text, uint8_t kid[static TBC_KID_LEN]);

/* The last word of most commands: "yes" or "no", or { "valid": ... } with why (may be NULL) as its
 * reason, which goes to standard error otherwise.  Gives the exit code. */
enum cli_exit cli_answer(bool yes, const char *why, bool as_json);

#endif
