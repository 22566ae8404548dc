/* tbc issue, revoke, show: the desk officer's work. */
#include "base/text.h"
#include "codec/token.h"
#include "commands.h"
#include "options.h"
#include "station.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct desk_options {
    const char *device;
    const char *kind;
    const char *number;
    const char *officer;
    const char *reason;
    const char *medium;
    bool as_json;
};

static enum cli_exit
read_options(int argc, char **argv, struct desk_options *o)
{
    static const struct cli_flag flags[] = {
        { "kind", CLI_TEXT, false, offsetof(struct desk_options, kind) },
        { "number", CLI_TEXT, false, offsetof(struct desk_options, number) },
        { "officer", CLI_TEXT, false, offsetof(struct desk_options, officer) },
        { "reason", CLI_TEXT, false, offsetof(struct desk_options, reason) },
        { "medium", CLI_TEXT, false, offsetof(struct desk_options, medium) },
        { "device", CLI_TEXT, false, offsetof(struct desk_options, device) },
        { "json", CLI_SWITCH, false, offsetof(struct desk_options, as_json) },
    };

    return cli_options(argc, argv, flags, CLI_COUNT(flags), o);
}

/* A word for the wire; a usage error when it does not fit. */
static bool
copy_word(char *to, size_t size, const char *from, const char *what)
{
    if (from == NULL || from[0] == '\0' || strlen(from) >= size ||
        !tbc_utf8_is_valid(tbc_span_str(from))) {
        (void)cli_misuse("%s: wanted, at most %zu bytes", what, size - 1);
        return false;
    }
    (void)snprintf(to, size, "%s", from);
    return true;
}

/* One call of an operation. */
static enum cli_exit
ask_station(const struct desk_options *o, enum tbc_op op, const void *ask,
            struct cli_station *s, void *reply)
{
    enum cli_exit rc = cli_station_open(s, o->device);

    return rc == CLI_YES ? cli_station_call(s, op, ask, reply, NULL) : rc;
}

static enum cli_exit
print_issue(const struct tbc_issue_reply *reply, bool as_json)
{
    struct tbc_buf text = { 0 };
    enum tbc_err err = tbc_token_encode(reply->certificate, &text);

    if (err == TBC_OK && as_json) {
        cli_print_json(
            json_pack("{s:s, s:o, s:o, s:o, s:b}", "text", tbc_buf_str(&text), "cti",
                      cli_json_hex(tbc_span_of(reply->cti, sizeof reply->cti)),
                      "issued", cli_json_time(reply->issued), "expires",
                      cli_json_time(reply->expires), "again", (int)reply->again));
    } else if (err == TBC_OK) {
        puts(tbc_buf_str(&text));
    }
    tbc_buf_fini(&text);
    return err == TBC_OK ? CLI_YES : cli_fail("certificate", err);
}

enum cli_exit
cli_issue(int argc, char **argv)
{
    struct desk_options o = { .kind = "cn", .medium = "paper" };
    struct tbc_assist ask = { .medium = TBC_MEDIUM_PAPER };
    struct tbc_issue_reply reply;
    struct cli_station s = { 0 };
    enum tbc_doc_kind kind;
    enum cli_exit rc = read_options(argc, argv, &o);

    if (rc != CLI_YES) {
        return rc;
    }
    if (optind < argc || !tbc_doc_kind_parse(tbc_span_str(o.kind), &kind)) {
        return cli_misuse("issue wants --kind cn|passport|hkm|tw and no FILE");
    }
    if (strcmp(o.medium, "paper") != 0) {
        return cli_misuse("--medium: the desk prints on paper");
    }
    ask.kind = kind;
    if (!copy_word(ask.number, sizeof ask.number, o.number, "--number") ||
        !copy_word(ask.officer, sizeof ask.officer, o.officer, "--officer") ||
        !copy_word(ask.reason, sizeof ask.reason, o.reason, "--reason")) {
        return CLI_USAGE;
    }
    if ((rc = ask_station(&o, TBC_OP_ASSIST, &ask, &s, &reply)) == CLI_YES) {
        rc = print_issue(&reply, o.as_json);
    }
    cli_station_close(&s);
    return rc;
}

enum cli_exit
cli_revoke(int argc, char **argv)
{
    struct desk_options o = { 0 };
    struct tbc_revoke ask = { 0 };
    struct cli_station s = { 0 };
    enum cli_exit rc = read_options(argc, argv, &o);

    if (rc != CLI_YES) {
        return rc;
    }
    if (argc - optind != 1) {
        return cli_misuse("revoke wants one CTI and --reason WORD");
    }
    if (!cli_parse_cti(argv[optind], ask.cti) ||
        !copy_word(ask.reason, sizeof ask.reason, o.reason, "--reason")) {
        return CLI_USAGE;
    }
    if ((rc = ask_station(&o, TBC_OP_REVOKE, &ask, &s, NULL)) == CLI_YES && o.as_json) {
        cli_print_json(json_pack("{s:s}", "revoked", argv[optind]));
    }
    cli_station_close(&s);
    return rc;
}

static const char *
channel_word(uint64_t channel)
{
    switch (channel) {
    case TBC_CHANNEL_KIOSK:
        return "kiosk";
    case TBC_CHANNEL_PHONE:
        return "phone";
    case TBC_CHANNEL_PATROL:
        return "patrol";
    case TBC_CHANNEL_DESK:
        return "desk";
    default:
        return "?";
    }
}

static const char *
assurance_word(uint64_t assurance)
{
    switch (assurance) {
    case TBC_ASSURANCE_OFFICER:
        return "officer";
    case TBC_ASSURANCE_PASSIVE:
        return "passive";
    case TBC_ASSURANCE_ACTIVE:
        return "active";
    default:
        return "?";
    }
}

static void
print_record(const char *cti, const struct tbc_lookup_reply *r, bool as_json)
{
    const char *kind = tbc_doc_kind_word((enum tbc_doc_kind)r->kind);
    const char *status = r->status == 0 ? "valid" : "revoked";
    const char *medium = r->medium == TBC_MEDIUM_PHONE ? "phone" : "paper";
    char issued[TBC_RFC3339_SIZE];
    char expires[TBC_RFC3339_SIZE];

    tbc_utc_format(r->issued, issued);
    tbc_utc_format(r->expires, expires);
    if (as_json) {
        cli_print_json(json_pack(
            "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "cti", cti,
            "masked_name", r->name, "kind", kind, "issued", issued, "expires", expires,
            "status", status, "reason", r->reason, "device", r->device, "channel",
            channel_word(r->channel), "assurance", assurance_word(r->assurance),
            "medium", medium, "entries", (json_int_t)r->entries));
        return;
    }
    printf("certificate  %s\nholder       %s (%s)\nissued       %s by %s\n"
           "expires      %s\nstatus       %s%s%s\nchannel      %s\nassurance    %s\n"
           "medium       %s\nentries      %" PRIu64 "\n",
           cti, r->name, kind, issued, r->device, expires, status,
           r->reason[0] == '\0' ? "" : ": ", r->reason, channel_word(r->channel),
           assurance_word(r->assurance), medium, r->entries);
}

enum cli_exit
cli_show(int argc, char **argv)
{
    struct desk_options o = { .reason = "desk" };
    struct tbc_lookup ask = { 0 };
    struct tbc_lookup_reply reply;
    struct cli_station s = { 0 };
    enum cli_exit rc = read_options(argc, argv, &o);

    if (rc != CLI_YES) {
        return rc;
    }
    if (argc - optind != 1) {
        return cli_misuse("show wants one CTI");
    }
    if (!cli_parse_cti(argv[optind], ask.cti) ||
        !copy_word(ask.reason, sizeof ask.reason, o.reason, "--reason")) {
        return CLI_USAGE;
    }
    if ((rc = ask_station(&o, TBC_OP_LOOKUP, &ask, &s, &reply)) == CLI_YES) {
        print_record(argv[optind], &reply, o.as_json);
    }
    cli_station_close(&s);
    return rc;
}
