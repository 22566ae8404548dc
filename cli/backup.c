/* tbc backup: the station copies its database; the copy is taken from its folder. */
#include "store/backup.h"

#include "commands.h"
#include "options.h"
#include "station.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_DATA "/var/lib/tbc"

struct backup_options {
    const char *data;
    const char *device;
    bool as_json;
};

/* The station's own copy goes once the other is whole. */
static enum cli_exit
take_away(const char *from, const char *out)
{
    struct tbc_backup_said said;
    char manifest[TBC_BACKUP_PATH];
    enum tbc_err err;

    if ((err = tbc_backup_read(from, &said)) != TBC_OK ||
        (err = tbc_backup_copy(from, out, &said)) != TBC_OK) {
        return cli_fail(out, err);
    }
    if ((err = tbc_backup_write(out, &said)) != TBC_OK) {
        (void)unlink(out);
        return cli_fail(out, err);
    }
    if ((size_t)snprintf(manifest, sizeof manifest, "%s.manifest", from) >=
            sizeof manifest ||
        unlink(from) != 0 || unlink(manifest) != 0) {
        cli_say("%s: could not be removed", from);
    }
    return CLI_YES;
}

static void
print_backup(const struct tbc_backup_reply *r, const char *path, bool as_json)
{
    if (as_json) {
        cli_print_json(json_pack(
            "{s:s, s:o, s:o, s:o, s:o}", "file", path, "size", cli_json_number(r->size),
            "sha256", cli_json_hex(tbc_span_of(r->sha256, sizeof r->sha256)),
            "log_size", cli_json_number(r->log_size), "at", cli_json_time(r->at)));
    } else {
        printf("%s  %" PRIu64 " bytes, %" PRIu64 " leaves\n", path, r->size,
               r->log_size);
    }
}

static enum cli_exit
back_up(const struct backup_options *o, const char *out)
{
    const char *data = o->data == NULL ? DEFAULT_DATA : o->data;
    char device[TBC_BACKUP_PATH];
    char path[TBC_BACKUP_PATH];
    struct tbc_backup_reply reply;
    struct cli_station s = { 0 };
    enum cli_exit rc;

    (void)snprintf(device, sizeof device, "%s/operator.device", data);
    rc = cli_station_open(&s, o->device != NULL ? o->device
                              : o->data != NULL ? device
                                                : NULL);
    if (rc == CLI_YES &&
        (rc = cli_station_call(&s, TBC_OP_BACKUP, NULL, &reply, NULL)) == CLI_YES) {
        (void)snprintf(path, sizeof path, "%s/backups/%s", data, reply.name);
        if (out != NULL) {
            rc = take_away(path, out);
        }
        if (rc == CLI_YES) {
            print_backup(&reply, out == NULL ? path : out, o->as_json);
        }
    }
    cli_station_close(&s);
    return rc;
}

enum cli_exit
cli_backup(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "data", CLI_TEXT, false, offsetof(struct backup_options, data) },
        { "device", CLI_TEXT, false, offsetof(struct backup_options, device) },
        { "json", CLI_SWITCH, false, offsetof(struct backup_options, as_json) },
    };
    struct backup_options o = { 0 };
    enum cli_exit rc = cli_options(argc, argv, flags, CLI_COUNT(flags), &o);

    if (rc != CLI_YES) {
        return rc;
    }
    if (argc - optind > 1) {
        return cli_misuse("backup wants one OUT at most");
    }
    if (optind < argc && access(argv[optind], F_OK) == 0) {
        cli_say("%s: is there already", argv[optind]);
        return CLI_UNKNOWN;
    }
    return back_up(&o, argv[optind]);
}
