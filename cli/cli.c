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

void
cli_say(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    fputs("tbc: ", stderr);
    vfprintf(stderr, format, ap);
    fputc('\n', stderr);
    va_end(ap);
}

enum cli_exit
cli_misuse(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    fputs("tbc: ", stderr);
    vfprintf(stderr, format, ap);
    fputs("; --help tells how\n", stderr);
    va_end(ap);
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
        cli_say("%s: %s: it cannot be believed", path, tbc_err_text(err));
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
    enum tbc_err err = tbc_file_read(path, max, out);

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

/* The digits alone; false when anything but digits and white space is there. */
static bool
keep_digits(struct tbc_span in, struct tbc_buf *digits)
{
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
cli_read_hex(const char *path, size_t max, struct tbc_buf *out)
{
    struct tbc_buf file = { 0 };
    struct tbc_buf digits = { 0 };
    enum cli_exit rc = cli_read(path, max, &file);
    enum tbc_err err;

    if (rc == CLI_YES) {
        err = keep_digits(tbc_buf_span(&file), &digits)
                  ? tbc_hex_decode(tbc_buf_span(&digits), out, NULL)
                  : tbc_buf_append_span(out, tbc_buf_span(&file));
        rc = err == TBC_OK ? CLI_YES : cli_fail(path, err);
    }
    tbc_buf_fini(&digits);
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

    puts(text == NULL ? "{}" : text);
    free(text);
    json_decref(object);
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
