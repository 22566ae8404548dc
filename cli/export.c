/* tbc export: everything that is held about one person, as one JSON object. */
#include "commands.h"
#include "options.h"
#include "person.h"
#include "rail/verdict.h"
#include "station.h"

#include <stdlib.h>

struct export_options {
    struct cli_person person;
    const char *device;
    bool as_json; /* it always is */
};

/* The lists as they grow, page by page. */
struct lists {
    json_t *tickets;
    json_t *certificates;
    json_t *entries;
    json_t *looks;
    json_t *leaves;
};

static json_t *
time_or_null(struct tbc_utc t)
{
    return t.s == 0 ? json_null() : cli_json_time(t);
}

static void
add_tickets(const struct tbc_export_reply *r, json_t *list)
{
    for (size_t i = 0; i < r->tickets_n; i++) {
        const struct tbc_trip *t = &r->tickets[i];

        (void)json_array_append_new(
            list, json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
                            "train", t->train, "depart", cli_json_time(t->depart),
                            "from", t->from, "to", t->to, "from_zh", t->from_zh,
                            "from_en", t->from_en, "to_zh", t->to_zh, "to_en", t->to_en,
                            "seat", t->seat, "platform", t->platform));
    }
}

static void
add_certificates(const struct tbc_export_reply *r, json_t *list)
{
    for (size_t i = 0; i < r->certificates_n; i++) {
        const struct tbc_export_certificate *c = &r->certificates[i];

        (void)json_array_append_new(
            list,
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:s, s:s, s:o, s:o}", "cti",
                      cli_json_hex(tbc_span_of(c->cti, sizeof c->cti)), "status_index",
                      cli_json_number(c->idx), "issued", cli_json_time(c->issued),
                      "expires", cli_json_time(c->expires), "revoked",
                      time_or_null(c->revoked), "revoked_why", c->reason, "device",
                      c->device, "officer", c->officer, "officer_why", c->why,
                      "position", cli_json_number(c->leaf), "certificate",
                      cli_json_hex(c->certificate)));
    }
}

static void
add_entries(const struct tbc_export_reply *r, json_t *list)
{
    for (size_t i = 0; i < r->entries_n; i++) {
        const struct tbc_export_entry *e = &r->entries[i];

        (void)json_array_append_new(
            list, json_pack("{s:o, s:s, s:s, s:o, s:s, s:o, s:s, s:b}", "cti",
                            cli_json_hex(tbc_span_of(e->cti, sizeof e->cti)), "act",
                            tbc_act_word(e->act), "verdict",
                            tbc_verdict_name((enum tbc_verdict)e->verdict), "at",
                            cli_json_time(e->at), "train", e->train, "depart",
                            time_or_null(e->depart), "device", e->device, "conflict",
                            (int)e->conflict));
    }
}

static void
add_looks(const struct tbc_export_reply *r, json_t *list)
{
    for (size_t i = 0; i < r->looks_n; i++) {
        const struct tbc_export_look *l = &r->looks[i];

        (void)json_array_append_new(
            list,
            json_pack("{s:o, s:s, s:s, s:o}", "cti",
                      cli_json_hex(tbc_span_of(l->cti, sizeof l->cti)), "device",
                      l->device, "reason", l->reason, "at", cli_json_time(l->at)));
    }
}

static void
add_leaves(const struct tbc_export_reply *r, json_t *list)
{
    for (size_t i = 0; i < r->leaves_n; i++) {
        const struct tbc_history_leaf *l = &r->leaves[i];

        (void)json_array_append_new(
            list, json_pack("{s:o, s:o, s:s}", "position", cli_json_number(l->position),
                            "leaf", cli_json_hex(l->leaf), "note", l->note));
    }
}

static void
add_page(const struct tbc_export_reply *r, const struct lists *to)
{
    add_tickets(r, to->tickets);
    add_certificates(r, to->certificates);
    add_entries(r, to->entries);
    add_looks(r, to->looks);
    add_leaves(r, to->leaves);
}

static enum cli_exit
export_pages(struct cli_station *s, struct tbc_export *ask, struct tbc_export_reply *r,
             const struct lists *to)
{
    json_t *person = NULL;
    enum cli_exit rc;

    do {
        rc = cli_station_call(s, TBC_OP_EXPORT, ask, r, NULL);
        if (rc == CLI_YES) {
            add_page(r, to);
            ask->from = r->next;
        }
    } while (rc == CLI_YES && r->next != 0);
    if (rc != CLI_YES) {
        return rc;
    }
    if (r->on_roster) {
        person = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "kind",
                           tbc_doc_kind_word((enum tbc_doc_kind)ask->kind), "number",
                           ask->number, "name", r->name, "latin", r->latin, "template",
                           r->face.len == 0 ? json_null() : cli_json_hex(r->face),
                           "template_until", time_or_null(r->until));
    }
    cli_print_json(json_pack("{s:o, s:O, s:O, s:O, s:O, s:O}", "person",
                             person == NULL ? json_null() : person, "tickets",
                             to->tickets, "certificates", to->certificates, "entries",
                             to->entries, "looks", to->looks, "journal", to->leaves));
    return CLI_YES;
}

static enum cli_exit
export_person(const struct export_options *o, struct tbc_export *ask)
{
    struct tbc_export_reply *reply = calloc(1, sizeof *reply);
    struct lists to = { NULL, NULL, NULL, NULL, NULL };
    struct cli_station s = { 0 };
    enum cli_exit rc;

    if (reply == NULL) {
        return cli_fail("memory", TBC_ERR_NO_MEMORY);
    }
    to = (struct lists){ json_array(), json_array(), json_array(), json_array(),
                         json_array() };
    if ((rc = cli_station_open(&s, o->device)) == CLI_YES) {
        rc = export_pages(&s, ask, reply, &to);
    }
    cli_station_close(&s);
    json_decref(to.tickets);
    json_decref(to.certificates);
    json_decref(to.entries);
    json_decref(to.looks);
    json_decref(to.leaves);
    tbc_wipe(reply, sizeof *reply);
    free(reply);
    return rc;
}

enum cli_exit
cli_export(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "kind", CLI_TEXT, false, offsetof(struct export_options, person.kind) },
        { "number", CLI_TEXT, true, offsetof(struct export_options, person.number) },
        { "reason", CLI_TEXT, true, offsetof(struct export_options, person.reason) },
        { "device", CLI_TEXT, false, offsetof(struct export_options, device) },
        { "json", CLI_SWITCH, false, offsetof(struct export_options, as_json) },
    };
    struct export_options o = { .person = { .kind = "cn" } };
    struct tbc_export ask = { 0 };
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &o);

    if (rc == CLI_YES && (rc = cli_person_take(&o.person, &ask.kind, ask.number,
                                               ask.reason)) == CLI_YES) {
        rc = export_person(&o, &ask);
    }
    tbc_wipe(&ask, sizeof ask);
    return rc;
}
