/* What every subcommand of tbc shares: exit codes, files, JSON, talk. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/buf.h"
#include "base/when.h"

#include <getopt.h>
#include <jansson.h>

enum cli_exit {
    CLI_YES = 0,
    CLI_NO = 1,        /* a verdict was reached and it is negative */
    CLI_USAGE = 2,     /* wrong usage */
    CLI_UNKNOWN = 3,   /* could not find out: I/O, network, no memory */
    CLI_MALFORMED = 4, /* malformed input: no verdict was possible */
};

struct cli_command {
    const char *name;  /* one word or two: "cose verify" */
    const char *what;  /* one line */
    const char *usage; /* the words behind the name, and a line for each option */
    enum cli_exit (*run)(int argc, char **argv); /* argv[0] is the name's last word */
};

/* All commands in the order of --help; ends with a row of NULL. */
extern const struct cli_command cli_commands[];

/* One line on standard error, with "tbc: " before it. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for a failed reading or writing: "tbc: PATH: sentence"; gives the exit code. */
enum cli_exit cli_fail(const char *path, enum tbc_err err);
/* The same for malformed input: "tbc: PATH: WHAT at byte N: malformed". */
enum cli_exit
cli_bad_input(const char *path, enum tbc_err err, const struct tbc_fault *fault);
/* The same for a signed file: one that cannot be believed gives CLI_UNKNOWN. */
enum cli_exit
cli_disbelieve(const char *path, enum tbc_err err, const struct tbc_fault *fault);

/* The next option, as getopt_long, on a command's own argv.  '?' has been said already: return
 * CLI_USAGE. */
int cli_option(int argc, char **argv, const char *shorts, const struct option *longs);

/* Read the operand FILE: a path, "-" or nothing for standard input.  More operands are a usage
 * error.  *path names it in messages. */
enum cli_exit cli_read_operand(int argc, char **argv, size_t max, struct tbc_buf *out,
                               const char **path);
enum cli_exit cli_read(const char *path, size_t max, struct tbc_buf *out);
/* The operand's path alone. */
enum cli_exit cli_operand(int argc, char **argv, const char **path);

/* Hexadecimal text without the "0x" that may stand before it. */
struct tbc_span cli_hex_digits(struct tbc_span text);

/* Read a file that may be binary or hexadecimal text, with "0x" before it and with spaces and line ends
 * anywhere: binary CBOR of a message or a key never looks like that. */
enum cli_exit cli_read_hex(const char *path, size_t max, struct tbc_buf *out);
/* The same of a file that was read. */
enum tbc_err cli_unhex(struct tbc_span file, struct tbc_buf *out);
/* The same for one that must be hexadecimal; max bytes of what it says. */
enum cli_exit cli_read_hex_text(const char *path, size_t max, struct tbc_buf *out);

/* One trailing CR, LF or CR LF of a text file is not part of the text. */
struct tbc_span cli_trim(struct tbc_span text);

/* A usage error: says why and how to ask for help. */
enum cli_exit cli_misuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Print the object on one line and release it. */
void cli_print_json(json_t *object);
/* At the end of a command that was given --json: when it printed none, an object with the sentence said
 * last as "error" and the exit code as "exit". */
void cli_owe_json(enum cli_exit code);

json_t *cli_json_hex(struct tbc_span bytes);
json_t *cli_json_time(struct tbc_utc t);
/* A string from 2^63 on: JSON's readers know no larger integers. */
json_t *cli_json_number(uint64_t n);

/* Decimal digits that fit, and nothing else. */
bool cli_parse_number(const char *text, uint64_t *n);

/* "2026-02-03T09:41:00Z" or a usage error. */
bool cli_parse_time(const char *text, struct tbc_utc *t);

/* The end of every command that printed: CLI_UNKNOWN when standard output could not take it all. */
enum cli_exit cli_done(enum cli_exit code);

#define CLI_COUNT(a) (sizeof(a) / sizeof *(a))
#define CLI_JSON     1001
#define CLI_OPTION_JSON                     \
    {                                       \
        "json", no_argument, NULL, CLI_JSON \
    }

#endif
