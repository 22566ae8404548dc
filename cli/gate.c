/* tbc gate status: how the gates of the fleet are, by their own word. */
#include "commands.h"
#include "options.h"
#include "rail/gate_ills.h"
#include "station.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SILENT_S 60 /* gates speak each ten seconds */

struct gate_options {
    const char *device;
    bool as_json;
};

static bool
is_silent(const struct tbc_gate_row *row, struct tbc_utc now)
{
    return now.s - row->at.s > SILENT_S;
}

static bool
is_in_order(const struct tbc_gate_row *row, struct tbc_utc now)
{
    return !is_silent(row, now) && row->health.ills == 0;
}

/* The bits of a later version have no name here. */
static json_t *
json_ills(uint64_t ills)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < 64; i++) {
        if ((ills >> i & 1) != 0) {
            (void)json_array_append_new(
                list, json_string(i < TBC_GATE_ILLS_N ? tbc_gate_ills[i].name : "?"));
        }
    }
    return list;
}

static json_t *
json_when(struct tbc_utc t)
{
    return t.s == 0 ? json_null() : cli_json_time(t);
}

static json_t *
json_row(const struct tbc_gate_row *row, struct tbc_utc now)
{
    const struct tbc_health *h = &row->health;
    const struct {
        const char *name;
        json_t *value;
    } members[] = {
        { "gate", json_string(row->name) },
        { "in_order", json_boolean(is_in_order(row, now)) },
        { "silent", json_boolean(is_silent(row, now)) },
        { "heard", json_when(row->at) },
        { "mode", json_string(h->online ? "online" : "offline") },
        { "since", json_when(h->since) },
        { "software", json_string(h->software) },
        { "started", json_when(h->started) },
        { "clock_offset_s",
          row->at.s == 0 ? json_null() : json_integer(h->clock.s - row->at.s) },
        { "trust", json_when(h->trust) },
        { "status", json_when(h->status) },
        { "manifest", json_when(h->manifest) },
        { "last_verdict", json_when(h->verdict) },
        { "accepted", cli_json_number(h->accepted) },
        { "refused", cli_json_number(h->refused) },
        { "backlog", cli_json_number(h->backlog) },
        { "conflicts", cli_json_number(h->conflicts) },
        { "peers", cli_json_number(h->peers) },
        { "ills", json_ills(h->ills) },
    };
    json_t *object = json_object();

    for (size_t i = 0; i < CLI_COUNT(members); i++) {
        (void)json_object_set_new(object, members[i].name, members[i].value);
    }
    return object;
}

static void
print_json(const struct tbc_gates_reply *r)
{
    json_t *object = json_object();
    json_t *gates = json_array();

    for (size_t i = 0; i < r->rows_n; i++) {
        (void)json_array_append_new(gates, json_row(&r->rows[i], r->now));
    }
    (void)json_object_set_new(object, "now", cli_json_time(r->now));
    (void)json_object_set_new(object, "gates", gates);
    cli_print_json(object);
}

static void
print_time(const char *name, struct tbc_utc t)
{
    char text[TBC_RFC3339_SIZE] = "never";

    if (t.s != 0) {
        tbc_utc_format(t, text);
    }
    printf("  %-14s %s\n", name, text);
}

/* A list as its age. */
static void
print_age(const char *name, struct tbc_utc made, struct tbc_utc now)
{
    const int64_t s = now.s > made.s ? now.s - made.s : 0;

    if (made.s == 0) {
        printf("  %-14s none\n", name);
    } else {
        printf("  %-14s %" PRId64 " h %" PRId64 " min old\n", name, s / 3600,
               s / 60 % 60);
    }
}

static void
print_ills(const struct tbc_gate_row *row)
{
    for (unsigned i = 0; i < 64; i++) {
        if ((row->health.ills >> i & 1) == 0) {
            continue;
        }
        if (i < TBC_GATE_ILLS_N) {
            printf("  ! %s: %s: %s\n", tbc_gate_ills[i].name, tbc_gate_ills[i].what,
                   tbc_gate_ills[i].way_out);
        } else {
            printf("  ! something that this version has no name for\n");
        }
    }
}

/* A gate's own words; whatever they hold, they do nothing to a terminal. */
static void
print_words(const char *name, const char *words)
{
    printf("  %-14s ", name);
    for (; *words != '\0'; words++) {
        (void)putchar(*words >= ' ' && *words <= '~' ? *words : '?');
    }
    (void)putchar('\n');
}

static void
print_row(const struct tbc_gate_row *row, struct tbc_utc now)
{
    const struct tbc_health *h = &row->health;

    printf("%s: %s\n", row->name,
           is_in_order(row, now) ? "in order"
           : is_silent(row, now) ? "silent"
                                 : "not in order");
    print_time("heard", row->at);
    if (row->at.s == 0) {
        return;
    }
    printf("  %-14s %s\n", "mode", h->online ? "online" : "offline");
    print_time("since", h->since);
    print_words("software", h->software);
    print_time("started", h->started);
    printf("  %-14s %+" PRId64 " s\n", "clock offset", h->clock.s - row->at.s);
    print_age("trust", h->trust, now);
    print_age("status", h->status, now);
    print_age("manifest", h->manifest, now);
    print_time("last verdict", h->verdict);
    printf("  %-14s %" PRIu64 " accepted, %" PRIu64 " refused since the start\n",
           "presentations", h->accepted, h->refused);
    printf("  %-14s %" PRIu64 "\n  %-14s %" PRIu64 "\n", "backlog", h->backlog,
           "conflicts", h->conflicts);
    printf("  %-14s %" PRIu64 "\n", "peers heard", h->peers);
    print_ills(row);
}

static enum cli_exit
tell(const struct tbc_gates_reply *r, bool as_json)
{
    bool good = true;

    if (as_json) {
        print_json(r);
    }
    for (size_t i = 0; i < r->rows_n; i++) {
        good = good && is_in_order(&r->rows[i], r->now);
        if (!as_json) {
            print_row(&r->rows[i], r->now);
        }
    }
    return good ? CLI_YES : CLI_NO;
}

/* A gate that the station does not know is no gate that is not in order. */
static enum cli_exit
ask(const struct gate_options *o, const struct tbc_gates *what,
    struct tbc_gates_reply *reply)
{
    struct cli_station s = { 0 };
    enum cli_exit rc = cli_station_open(&s, o->device);

    if (rc == CLI_YES) {
        rc = cli_station_call(&s, TBC_OP_GATES, what, reply, NULL);
    }
    cli_station_close(&s);
    return rc == CLI_NO ? CLI_UNKNOWN : rc;
}

enum cli_exit
cli_gate_status(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "device", CLI_TEXT, false, offsetof(struct gate_options, device) },
        { "json", CLI_SWITCH, false, offsetof(struct gate_options, as_json) },
    };
    struct gate_options o = { 0 };
    struct tbc_gates what = { 0 };
    struct tbc_gates_reply *reply;
    enum cli_exit rc = cli_options(argc, argv, flags, CLI_COUNT(flags), &o);

    if (rc != CLI_YES) {
        return rc;
    }
    if (argc - optind > 1 ||
        (argc > optind && !tbc_device_name_is_valid(argv[optind]))) {
        return cli_misuse("gate status: one NAME is wanted, or none");
    }
    if (argc > optind) {
        (void)snprintf(what.name, sizeof what.name, "%s", argv[optind]);
    }
    if ((reply = calloc(1, sizeof *reply)) == NULL) {
        return cli_fail("memory", TBC_ERR_NO_MEMORY);
    }
    rc = ask(&o, &what, reply);
    if (rc == CLI_YES) {
        rc = tell(reply, o.as_json);
    }
    free(reply);
    return rc;
}
