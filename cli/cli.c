#include "cli.h"

#include "base/text.h"
#include "commands.h"
#include "sys/file.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SAID_SIZE 512

/* What the three streams have seen.  --json owes one object whatever happens, and what went wrong is
 * said in many places: the last sentence, and whether an object went out, are kept for
 * cli_owe_json. */
static struct {
    char sentence[SAID_SIZE];
    bool printed;
    bool input_taken;
} said;

void
cli_say(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    (void)vsnprintf(said.sentence, sizeof said.sentence, format, ap);
    va_end(ap);
    fprintf(stderr, "tbc: %s\n", said.sentence);
}

enum cli_exit
cli_misuse(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    (void)vsnprintf(said.sentence, sizeof said.sentence, format, ap);
    va_end(ap);
    fprintf(stderr, "tbc: %s; --help tells how\n", said.sentence);
    return CLI_USAGE;
}

enum cli_exit
cli_fail(const char *path, enum tbc_err err)
{
    if (err == TBC_ERR_DENIED) {
        cli_say("%s: not permitted, or readable by others: chmod 600 it", path);
    } else {
        cli_say("%s: %s", path, tbc_err_text(err));
    }
    return err == TBC_ERR_MALFORMED || err == TBC_ERR_CORRUPT || err == TBC_ERR_LIMIT
               ? CLI_MALFORMED
               : CLI_UNKNOWN;
}

enum cli_exit
cli_bad_input(const char *path, enum tbc_err err, const struct tbc_fault *fault)
{
    if (err == TBC_ERR_NO_MEMORY || err == TBC_ERR_CRYPTO || err == TBC_ERR_IO) {
        return cli_fail(path, err);
    }
    if (fault->what != NULL) {
        cli_say("%s: %s, at byte %zu: %s", path, fault->what, fault->offset,
                tbc_err_text(err));
    } else {
        cli_say("%s: %s", path, tbc_err_text(err));
    }
    return CLI_MALFORMED;
}

enum cli_exit
cli_disbelieve(const char *path, enum tbc_err err, const struct tbc_fault *fault)
{
    if (err == TBC_ERR_UNKNOWN_KEY || err == TBC_ERR_BAD_SIGNATURE) {
        cli_say("%s: %s: it cannot be believed%s%s", path, tbc_err_text(err),
                err == TBC_ERR_UNKNOWN_KEY && fault->what != NULL ? "; " : "",
                err == TBC_ERR_UNKNOWN_KEY && fault->what != NULL ? fault->what : "");
        return CLI_UNKNOWN;
    }
    return cli_bad_input(path, err, fault);
}

int
cli_option(int argc, char **argv, const char *shorts, const struct option *longs)
{
    int c;

    opterr = 0;
    c = getopt_long(argc, argv, shorts, longs, NULL);
    if (c == '?') {
        (void)cli_misuse("%s: unknown option or missing value", argv[optind - 1]);
    }
    return c;
}

enum cli_exit
cli_read(const char *path, size_t max, struct tbc_buf *out)
{
    bool is_input = strcmp(path, "-") == 0;
    struct stat st;
    enum tbc_err err;

    if (is_input && said.input_taken) {
        return cli_misuse("-: standard input gives one file, not two");
    }
    said.input_taken = said.input_taken || is_input;
    err = tbc_file_read_any(path, max, out);

    if (err == TBC_ERR_IO && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        cli_say("%s: a folder, not a file", path);
        return CLI_UNKNOWN;
    }
    return err == TBC_OK ? CLI_YES : cli_fail(path, err);
}

enum cli_exit
cli_operand(int argc, char **argv, const char **path)
{
    *path = optind < argc ? argv[optind] : "-";
    return argc - optind > 1 ? cli_misuse("%s: one FILE at a time", argv[optind + 1])
                             : CLI_YES;
}

enum cli_exit
cli_read_operand(int argc, char **argv, size_t max, struct tbc_buf *out,
                 const char **path)
{
    enum cli_exit rc = cli_operand(argc, argv, path);

    return rc == CLI_YES ? cli_read(*path, max, out) : rc;
}

struct tbc_span
cli_hex_digits(struct tbc_span text)
{
    bool prefixed = text.len >= 2 && text.ptr[0] == '0' && (text.ptr[1] | 0x20) == 'x';

    return tbc_span_sub(text, prefixed ? 2 : 0, text.len);
}

/* The digits alone; false when anything but digits and white space is there. */
static bool
keep_digits(struct tbc_span file, struct tbc_buf *digits)
{
    struct tbc_span in = cli_hex_digits(file);

    for (size_t i = 0; i < in.len; i++) {
        if (in.ptr[i] == '\0' || strchr(" \t\r\n", in.ptr[i]) == NULL) {
            if (!isxdigit(in.ptr[i])) {
                return false;
            }
            (void)tbc_buf_append_u8(digits, in.ptr[i]);
        }
    }
    return digits->len > 0 && digits->len % 2 == 0 && tbc_buf_status(digits) == TBC_OK;
}

enum cli_exit
cli_read_hex_text(const char *path, size_t max, struct tbc_buf *out)
{
    const struct tbc_fault fault = { .what = "hexadecimal" };
    struct tbc_buf file = { 0 };
    struct tbc_buf digits = { 0 };
    enum cli_exit rc = cli_read(path, 3 * max, &file);

    if (rc == CLI_YES && (!keep_digits(tbc_buf_span(&file), &digits) ||
                          tbc_hex_decode(tbc_buf_span(&digits), out, NULL) != TBC_OK)) {
        rc = cli_bad_input(path, TBC_ERR_MALFORMED, &fault);
    }
    tbc_buf_fini(&digits);
    tbc_buf_fini(&file);
    return rc;
}

enum tbc_err
cli_unhex(struct tbc_span file, struct tbc_buf *out)
{
    struct tbc_buf digits = { 0 };
    enum tbc_err err = keep_digits(file, &digits)
                           ? tbc_hex_decode(tbc_buf_span(&digits), out, NULL)
                           : tbc_buf_append_span(out, file);

    tbc_buf_fini(&digits);
    return err;
}

enum cli_exit
cli_read_hex(const char *path, size_t max, struct tbc_buf *out)
{
    struct tbc_buf file = { 0 };
    enum cli_exit rc = cli_read(path, max, &file);
    enum tbc_err err;

    if (rc == CLI_YES && (err = cli_unhex(tbc_buf_span(&file), out)) != TBC_OK) {
        rc = cli_fail(path, err);
    }
    tbc_buf_fini(&file);
    return rc;
}

struct tbc_span
cli_trim(struct tbc_span text)
{
    if (text.len > 0 && text.ptr[text.len - 1] == '\n') {
        text.len--;
    }
    if (text.len > 0 && text.ptr[text.len - 1] == '\r') {
        text.len--;
    }
    return text;
}

void
cli_print_json(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);

    said.printed = text != NULL;
    if (text != NULL) {
        puts(text);
    } else {
        cli_say("%s", tbc_err_text(TBC_ERR_NO_MEMORY));
    }
    free(text);
    json_decref(object);
}

void
cli_owe_json(enum cli_exit code)
{
    if (code == CLI_YES || said.printed) {
        return;
    }
    /* A path may be in any encoding, or be cut in the middle of a character; JSON is UTF-8. */
    if (!tbc_utf8_is_valid(tbc_span_str(said.sentence))) {
        for (char *c = said.sentence; *c != '\0'; c++) {
            if ((*c & 0x80) != 0) {
                *c = '?';
            }
        }
    }
    cli_print_json(json_pack("{s:s, s:i}", "error", said.sentence, "exit", (int)code));
}

json_t *
cli_json_hex(struct tbc_span bytes)
{
    struct tbc_buf hex = { 0 };
    json_t *value;

    (void)tbc_hex_encode(bytes, &hex);
    value = json_string(tbc_buf_str(&hex));
    tbc_buf_fini(&hex);
    return value;
}

json_t *
cli_json_time(struct tbc_utc t)
{
    char text[TBC_RFC3339_SIZE];

    tbc_utc_format(t, text);
    return json_string(text);
}

json_t *
cli_json_number(uint64_t n)
{
    char text[24];

    if (n <= INT64_MAX) {
        return json_integer((json_int_t)n);
    }
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    return json_string(text);
}

bool
cli_parse_number(const char *text, uint64_t *n)
{
    char *end;

    errno = 0;
    *n = strtoull(text, &end, 10);
    return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0';
}

bool
cli_parse_time(const char *text, struct tbc_utc *t)
{
    if (tbc_utc_parse(tbc_span_str(text), t) != TBC_OK) {
        (void)cli_misuse("%s: not a time like 2026-02-03T09:41:00Z", text);
        return false;
    }
    return true;
}

enum cli_exit
cli_done(enum cli_exit code)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        cli_say("standard output: it could not take everything");
        return CLI_UNKNOWN;
    }
    return code;
}
