/* tbc device add, list, revoke: the fleet. */
#include "commands.h"
#include "options.h"
#include "station.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct request {
    const char *device;
    const char *name;
    const char *out;
    const char *role_word;
    enum tbc_role role;
    bool as_json;
};

#define FLAG_DEVICE                                                 \
    {                                                               \
        "device", CLI_TEXT, false, offsetof(struct request, device) \
    }
#define FLAG_JSON                                                    \
    {                                                                \
        "json", CLI_SWITCH, false, offsetof(struct request, as_json) \
    }

static enum cli_exit
read_add(int argc, char **argv, struct request *o)
{
    static const struct cli_flag flags[] = {
        { "role", CLI_TEXT, true, offsetof(struct request, role_word) },
        { "name", CLI_TEXT, true, offsetof(struct request, name) },
        { "out", CLI_TEXT, false, offsetof(struct request, out) },
        FLAG_DEVICE,
        FLAG_JSON,
    };
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), o);

    if (rc != CLI_YES) {
        return rc;
    }
    if (!tbc_role_parse(tbc_span_str(o->role_word), &o->role) ||
        o->role == TBC_ROLE_NONE) {
        return cli_misuse("%s: roles are kiosk, gate, patrol, operator", o->role_word);
    }
    return strlen(o->name) <= TBC_DEVICE_NAME
               ? CLI_YES
               : cli_misuse("%s: longer than %d", o->name, TBC_DEVICE_NAME);
}

/* The new device's file comes first: a key that nobody has is worse than a file of no use. */
static enum cli_exit
enrol(struct cli_station *s, const struct request *o, const char *path)
{
    struct tbc_device_file file = s->device;
    struct tbc_device ask = { .action = TBC_DEVICE_ADD, .role = o->role };
    struct tbc_device_reply *reply = calloc(1, sizeof *reply);
    enum cli_exit rc = CLI_UNKNOWN;
    enum tbc_err err = reply == NULL ? TBC_ERR_NO_MEMORY : TBC_OK;

    (void)snprintf(file.name, sizeof file.name, "%s", o->name);
    (void)snprintf(file.role, sizeof file.role, "%s", tbc_role_word(o->role));
    (void)snprintf(ask.name, sizeof ask.name, "%s", o->name);
    if (err == TBC_OK) {
        err = tbc_curve_pair(file.public_key, file.secret_key);
    }
    if (err == TBC_OK && !tbc_z85_decode(file.public_key, ask.key)) {
        err = TBC_ERR_CRYPTO;
    }
    if (err == TBC_OK) {
        err = tbc_device_write(&file, path);
    }
    if (err != TBC_OK) {
        rc = cli_fail(path, err);
    } else if ((rc = cli_station_call(s, TBC_OP_DEVICE, &ask, reply, NULL)) !=
               CLI_YES) {
        (void)unlink(path);
    }
    tbc_device_fini(&file);
    free(reply);
    return rc;
}

enum cli_exit
cli_device_add(int argc, char **argv)
{
    struct request o = { 0 };
    struct cli_station s;
    char beside[TBC_DEVICE_NAME + 16];
    const char *path;
    enum cli_exit rc = read_add(argc, argv, &o);

    if (rc != CLI_YES) {
        return rc;
    }
    (void)snprintf(beside, sizeof beside, "%s.device", o.name);
    path = o.out == NULL ? beside : o.out;
    if ((rc = cli_station_open(&s, o.device)) != CLI_YES) {
        return rc;
    }
    rc = enrol(&s, &o, path);
    cli_station_close(&s);
    if (rc == CLI_YES && o.as_json) {
        cli_print_json(json_pack("{s:s, s:s, s:s}", "name", o.name, "role",
                                 tbc_role_word(o.role), "file", path));
    } else if (rc == CLI_YES) {
        puts(path);
    }
    return rc;
}

static void
print_row(const struct tbc_device_row *row)
{
    char added[TBC_RFC3339_SIZE];
    char last[TBC_RFC3339_SIZE] = "never seen";

    tbc_utc_format(row->added, added);
    if (row->revoked.s != 0) {
        tbc_utc_format(row->revoked, last);
    } else if (row->seen.s != 0) {
        tbc_utc_format(row->seen, last);
    }
    printf("%-24s %-9s added %s  %s%s\n", row->name,
           tbc_role_word((enum tbc_role)row->role), added,
           row->revoked.s != 0 ? "REVOKED " : (row->seen.s != 0 ? "seen " : ""), last);
}

static json_t *
json_row(const struct tbc_device_row *row)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:s*}", "name", row->name, "role",
                     tbc_role_word((enum tbc_role)row->role), "added",
                     cli_json_time(row->added), "revoked",
                     row->revoked.s == 0 ? json_null() : cli_json_time(row->revoked),
                     "seen", row->seen.s == 0 ? json_null() : cli_json_time(row->seen),
                     "address", row->address[0] == '\0' ? NULL : row->address);
}

static void
print_rows(const struct tbc_device_reply *reply, bool as_json)
{
    json_t *list;

    if (!as_json) {
        for (size_t i = 0; i < reply->rows_n; i++) {
            print_row(&reply->rows[i]);
        }
        return;
    }
    list = json_array();
    for (size_t i = 0; i < reply->rows_n; i++) {
        (void)json_array_append_new(list, json_row(&reply->rows[i]));
    }
    cli_print_json(json_pack("{s:o}", "devices", list));
}

/* The options that list and revoke share. */
static const struct cli_flag plain[] = { FLAG_DEVICE, FLAG_JSON };

static enum cli_exit
ask_fleet(const char *device, const struct tbc_device *ask, bool show, bool as_json)
{
    struct tbc_device_reply *reply = calloc(1, sizeof *reply);
    struct cli_station s;
    enum cli_exit rc;

    if (reply == NULL) {
        return cli_fail("memory", TBC_ERR_NO_MEMORY);
    }
    if ((rc = cli_station_open(&s, device)) == CLI_YES) {
        rc = cli_station_call(&s, TBC_OP_DEVICE, ask, reply, NULL);
        cli_station_close(&s);
    }
    if (rc == CLI_YES && show) {
        print_rows(reply, as_json);
    } else if (rc == CLI_YES && as_json) {
        cli_print_json(json_pack("{s:s}", "revoked", ask->name));
    }
    free(reply);
    return rc;
}

enum cli_exit
cli_device_list(int argc, char **argv)
{
    const struct tbc_device ask = { .action = TBC_DEVICE_SHOW };
    struct request r = { .device = NULL };
    enum cli_exit rc = cli_options_only(argc, argv, plain, CLI_COUNT(plain), &r);

    return rc == CLI_YES ? ask_fleet(r.device, &ask, true, r.as_json) : rc;
}

enum cli_exit
cli_device_revoke(int argc, char **argv)
{
    struct tbc_device ask = { .action = TBC_DEVICE_REVOKE };
    struct request r = { .device = NULL };
    enum cli_exit rc = cli_options(argc, argv, plain, CLI_COUNT(plain), &r);

    if (rc != CLI_YES) {
        return rc;
    }
    if (argc - optind != 1 || strlen(argv[optind]) > TBC_WIRE_WORD_MAX) {
        return cli_misuse("device revoke wants one NAME");
    }
    (void)snprintf(ask.name, sizeof ask.name, "%s", argv[optind]);
    return ask_fleet(r.device, &ask, false, r.as_json);
}
