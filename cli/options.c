#include "options.h"

#include "base/text.h"

#include <stdio.h>

#define FIRST 256 /* values of getopt_long that no letter has */

static enum cli_exit
take_text(struct cli_texts *texts, const char *name, const char *value)
{
    if (texts->n == CLI_TEXTS_MAX) {
        return cli_misuse("--%s: at most %d of them", name, CLI_TEXTS_MAX);
    }
    texts->at[texts->n++] = value;
    return CLI_YES;
}

static enum cli_exit
take_number(struct cli_number *number, const char *name, const char *value)
{
    number->given = cli_parse_number(value, &number->value);
    return number->given
               ? CLI_YES
               : cli_misuse("--%s: %s is not a number that fits", name, value);
}

static enum cli_exit
take_alg(enum tbc_alg *alg, const char *value)
{
    return tbc_alg_parse(tbc_span_str(value), alg)
               ? CLI_YES
               : cli_misuse("%s: no such algorithm", value);
}

static enum cli_exit
take_hex(struct tbc_buf *bytes, const char *name, const char *value)
{
    struct tbc_fault fault = { .what = "hexadecimal" };
    char path[64];
    enum tbc_err err =
        tbc_hex_decode(cli_hex_digits(tbc_span_str(value)), bytes, &fault.offset);

    (void)snprintf(path, sizeof path, "--%s", name);
    return err == TBC_OK ? CLI_YES : cli_bad_input(path, err, &fault);
}

static bool
take_hash(uint8_t out[static 32], const char *name, const char *value)
{
    if (tbc_hex_fixed(cli_hex_digits(tbc_span_str(value)), out, 32)) {
        return true;
    }
    cli_say("--%s: %s: not a hash of 64 hexadecimal digits", name, value);
    return false;
}

static enum cli_exit
take_one(struct cli_hash *hash, const char *name, const char *value)
{
    hash->given = take_hash(hash->b, name, value);
    return hash->given ? CLI_YES : CLI_MALFORMED;
}

static enum cli_exit
take_another(struct tbc_buf *hashes, const char *name, const char *value)
{
    uint8_t hash[32];

    if (!take_hash(hash, name, value)) {
        return CLI_MALFORMED;
    }
    return tbc_buf_append(hashes, hash, sizeof hash) == TBC_OK
               ? CLI_YES
               : cli_fail("--proof", TBC_ERR_NO_MEMORY);
}

/* One option into its member, whose type the row tells. */
static enum cli_exit
take(const struct cli_flag *flag, const char *value, void *member)
{
    bool *is_set = member;
    const char **text = member;

    switch (flag->type) {
    case CLI_SWITCH:
        *is_set = true;
        return CLI_YES;
    case CLI_TEXT:
        *text = value;
        return CLI_YES;
    case CLI_TEXTS:
        return take_text(member, flag->name, value);
    case CLI_NUMBER:
        return take_number(member, flag->name, value);
    case CLI_TIME:
        return cli_parse_time(value, member) ? CLI_YES : CLI_USAGE;
    case CLI_ALG:
        return take_alg(member, value);
    case CLI_HEX:
        return take_hex(member, flag->name, value);
    case CLI_HASH:
        return take_one(member, flag->name, value);
    case CLI_HASHES:
        return take_another(member, flag->name, value);
    }
    return CLI_USAGE;
}

static enum cli_exit
check_wanted(const struct cli_flag *flags, size_t n, unsigned seen)
{
    for (size_t i = 0; i < n; i++) {
        if (flags[i].wanted && (seen >> i & 1) == 0) {
            return cli_misuse("--%s is wanted", flags[i].name);
        }
    }
    return CLI_YES;
}

enum cli_exit
cli_options(int argc, char **argv, const struct cli_flag *flags, size_t n,
            void *request)
{
    struct option longs[CLI_FLAGS_MAX + 1] = { 0 };
    unsigned seen = 0;
    int c;

    for (size_t i = 0; i < n && i < CLI_FLAGS_MAX; i++) {
        longs[i] = (struct option){
            .name = flags[i].name,
            .has_arg = flags[i].type == CLI_SWITCH ? no_argument : required_argument,
            .val = FIRST + (int)i,
        };
    }
    while ((c = cli_option(argc, argv, "", longs)) != -1) {
        enum cli_exit rc = CLI_USAGE;

        if (c >= FIRST) {
            const struct cli_flag *flag = &flags[c - FIRST];

            seen |= 1u << (c - FIRST);
            rc = take(flag, optarg, (uint8_t *)request + flag->at);
        }
        if (rc != CLI_YES) {
            return rc;
        }
    }
    return check_wanted(flags, n, seen);
}

enum cli_exit
cli_options_only(int argc, char **argv, const struct cli_flag *flags, size_t n,
                 void *request)
{
    enum cli_exit rc = cli_options(argc, argv, flags, n, request);

    return rc == CLI_YES && optind < argc
               ? cli_misuse("%s: one word too many", argv[optind])
               : rc;
}

bool
cli_parse_kid(const char *text, uint8_t kid[static TBC_KID_LEN])
{
    return tbc_hex_fixed(cli_hex_digits(tbc_span_str(text)), kid, TBC_KID_LEN);
}

enum cli_exit
cli_answer(bool yes, const char *why, bool as_json)
{
    if (as_json) {
        cli_print_json(why == NULL
                           ? json_pack("{s:b}", "valid", (int)yes)
                           : json_pack("{s:b, s:s}", "valid", (int)yes, "reason", why));
    } else {
        puts(yes ? "yes" : "no");
        if (!yes && why != NULL) {
            cli_say("%s", why);
        }
    }
    return yes ? CLI_YES : CLI_NO;
}
