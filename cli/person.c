/* tbc erase: what is held about one person. */
#include "person.h"

#include "commands.h"
#include "options.h"
#include "station.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define INPUT_MAX 256

struct erase_options {
    struct cli_person person;
    const char *device;
    bool now;
    bool as_json;
};

/* A number on the command line stands in the list of processes: "-" reads it from standard
 * input. */
static enum cli_exit
take_number(const char *given, char *out)
{
    struct tbc_buf input = { 0 };
    struct tbc_span number = tbc_span_str(given);
    enum cli_exit rc = CLI_YES;

    if (strcmp(given, "-") == 0 && (rc = cli_read("-", INPUT_MAX, &input)) == CLI_YES) {
        number = cli_trim(tbc_buf_span(&input));
    }
    if (rc == CLI_YES && (number.len == 0 || number.len > TBC_NUMBER_MAX ||
                          memchr(number.ptr, 0, number.len) != NULL)) {
        rc = cli_misuse("--number: wanted, at most %d bytes", TBC_NUMBER_MAX);
    }
    if (rc == CLI_YES) {
        memcpy(out, number.ptr, number.len);
    }
    if (input.len > 0) {
        tbc_wipe(input.ptr, input.len);
    }
    tbc_buf_fini(&input);
    return rc;
}

enum cli_exit
cli_person_take(const struct cli_person *p, uint64_t *kind, char *number, char *reason)
{
    enum tbc_doc_kind k;

    if (!tbc_doc_kind_parse(tbc_span_str(p->kind), &k)) {
        return cli_misuse("--kind: cn, passport, hkm or tw is wanted");
    }
    if (p->reason[0] == '\0' || strlen(p->reason) > TBC_WIRE_WORD_MAX) {
        return cli_misuse("--reason: wanted, at most %d bytes", TBC_WIRE_WORD_MAX);
    }
    *kind = k;
    (void)snprintf(reason, TBC_WIRE_WORD_MAX + 1, "%s", p->reason);
    return take_number(p->number, number);
}

static void
print_erased(const struct tbc_erase_reply *n, bool as_json)
{
    if (as_json) {
        cli_print_json(json_pack("{s:b, s:I, s:I, s:I}", "person", n->people != 0,
                                 "tickets", (json_int_t)n->tickets, "certificates",
                                 (json_int_t)n->certificates, "entries",
                                 (json_int_t)n->entries));
    } else {
        printf("%s, %" PRIu64 " tickets, %" PRIu64 " certificates, %" PRIu64
               " entries erased\n",
               n->people == 0 ? "not on the roster" : "the person", n->tickets,
               n->certificates, n->entries);
    }
}

enum cli_exit
cli_erase(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "kind", CLI_TEXT, false, offsetof(struct erase_options, person.kind) },
        { "number", CLI_TEXT, true, offsetof(struct erase_options, person.number) },
        { "reason", CLI_TEXT, true, offsetof(struct erase_options, person.reason) },
        { "now", CLI_SWITCH, false, offsetof(struct erase_options, now) },
        { "device", CLI_TEXT, false, offsetof(struct erase_options, device) },
        { "json", CLI_SWITCH, false, offsetof(struct erase_options, as_json) },
    };
    struct erase_options o = { .person = { .kind = "cn" } };
    struct tbc_erase ask = { 0 };
    struct tbc_erase_reply reply;
    struct cli_station s = { 0 };
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &o);

    if (rc == CLI_YES && (rc = cli_person_take(&o.person, &ask.kind, ask.number,
                                               ask.reason)) == CLI_YES) {
        ask.now = o.now;
        if ((rc = cli_station_open(&s, o.device)) == CLI_YES &&
            (rc = cli_station_call(&s, TBC_OP_ERASE, &ask, &reply, NULL)) == CLI_YES) {
            print_erased(&reply, o.as_json);
        }
        cli_station_close(&s);
    }
    tbc_wipe(&ask, sizeof ask);
    return rc;
}
