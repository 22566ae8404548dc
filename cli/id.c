#include "commands.h"
#include "rail/person.h"
#include "sys/clock.h"

#include <stdio.h>
#include <string.h>

static void
print_doc(const struct tbc_doc *doc, bool as_json)
{
    char masked[TBC_NUMBER_MAX + 1];
    char birth[40] = "";

    tbc_number_mask(doc->number, masked);
    if (doc->birth_year > 0) {
        (void)snprintf(birth, sizeof birth, "%04d-%02d-%02d", doc->birth_year,
                       doc->birth_month, doc->birth_day);
    }
    if (as_json) {
        cli_print_json(json_pack(
            "{s:s, s:s, s:s?, s:s}", "kind", tbc_doc_kind_word(doc->kind), "number",
            doc->number, "birth", birth[0] == '\0' ? NULL : birth, "masked", masked));
        return;
    }
    printf("number %s\n", doc->number);
    if (birth[0] != '\0') {
        printf("birth  %s\n", birth);
    }
    printf("masked %s\n", masked);
}

/* Fifteen digits: two of the year, and no check character.  Read as the beginning of eighteen it
 * would be blamed for its birth date. */
static bool
is_of_before_1999(const char *number)
{
    return strlen(number) == 15 && strspn(number, "0123456789") == 15;
}

enum cli_exit
cli_id_check(int argc, char **argv)
{
    static const struct option options[] = { { "kind", required_argument, NULL, 'k' },
                                             CLI_OPTION_JSON,
                                             { 0 } };
    enum tbc_doc_kind kind = TBC_DOC_CN;
    enum tbc_doc_fault fault;
    struct tbc_doc doc;
    bool as_json = false;
    size_t at = 0;
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?') {
            return CLI_USAGE;
        }
        as_json = as_json || c == CLI_JSON;
        if (c == 'k' && !tbc_doc_kind_parse(tbc_span_str(optarg), &kind)) {
            return cli_misuse("%s: no such kind of document; cn, passport, hkm, tw",
                              optarg);
        }
    }
    if (argc - optind != 1) {
        return cli_misuse("id check takes one NUMBER");
    }
    fault = tbc_doc_judge(kind, tbc_span_str(argv[optind]),
                          tbc_utc_day(tbc_clock_utc()), &doc, &at);
    if (fault == TBC_DOC_FINE) {
        print_doc(&doc, as_json);
        return CLI_YES;
    }
    if (kind == TBC_DOC_CN && is_of_before_1999(argv[optind])) {
        fault = TBC_DOC_TOO_SHORT;
        at = strlen(argv[optind]);
    }
    if (as_json) {
        cli_print_json(json_pack("{s:s, s:I}", "fault", tbc_doc_fault_text(fault),
                                 "offset", (json_int_t)at));
    } else {
        cli_say("number: %s, at character %zu", tbc_doc_fault_text(fault), at + 1);
    }
    /* A whole number that is wrong is a verdict; the rest is no number. */
    return fault == TBC_DOC_BAD_CHECK || fault == TBC_DOC_BAD_BIRTH ? CLI_NO
                                                                    : CLI_MALFORMED;
}
