#include "doctor.h"

#include "commands.h"
#include "options.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_DATA "/var/lib/tbc"

static const char *
state_word(enum doctor_state state)
{
    switch (state) {
    case DOCTOR_OK:
        return "OK";
    case DOCTOR_WARN:
        return "WARN";
    case DOCTOR_FAIL:
        return "FAIL";
    case DOCTOR_UNKNOWN:
        return "?";
    }
    return "?";
}

void
doctor_add(struct doctor *d, enum doctor_state state, const char *name, const char *way,
           const char *format, ...)
{
    struct doctor_row *row = &d->rows[d->n];
    va_list args;

    if (d->n == DOCTOR_ROWS_MAX) {
        return;
    }
    row->state = state;
    row->name = name;
    row->way = state == DOCTOR_OK ? "" : way;
    va_start(args, format);
    (void)vsnprintf(row->what, sizeof row->what, format, args);
    va_end(args);
    d->n++;
}

void
doctor_ago(struct tbc_utc t, struct tbc_utc now, char out[static 48])
{
    const int64_t s = t.s < now.s ? now.s - t.s : t.s - now.s;
    const char *unit = s < 120 ? "seconds" : s < 7200 ? "minutes" : "hours";
    int64_t n = s < 120 ? s : s < 7200 ? s / 60 : s / 3600;

    if (s >= 2 * TBC_DAY_S) {
        unit = "days";
        n = s / TBC_DAY_S;
    }
    (void)snprintf(out, 48, t.s < now.s ? "%" PRId64 " %s ago" : "in %" PRId64 " %s", n,
                   unit);
}

static bool
has(const struct doctor *d, enum doctor_state state)
{
    for (size_t i = 0; i < d->n; i++) {
        if (d->rows[i].state == state) {
            return true;
        }
    }
    return false;
}

static enum cli_exit
outcome(const struct doctor *d)
{
    if (has(d, DOCTOR_FAIL)) {
        return CLI_NO;
    }
    return has(d, DOCTOR_UNKNOWN) || d->n == 0 ? CLI_UNKNOWN : CLI_YES;
}

static void
print_table(const struct doctor *d)
{
    for (size_t i = 0; i < d->n; i++) {
        const struct doctor_row *row = &d->rows[i];

        printf("%-4s  %-14s %s\n", state_word(row->state), row->name, row->what);
        if (*row->way != '\0') {
            printf("      %-14s -> %s\n", "", row->way);
        }
    }
}

static void
print_json(const struct doctor *d)
{
    json_t *checks = json_array();

    for (size_t i = 0; i < d->n; i++) {
        const struct doctor_row *row = &d->rows[i];

        (void)json_array_append_new(checks,
                                    json_pack("{s:s, s:s, s:s, s:s}", "state",
                                              state_word(row->state), "name", row->name,
                                              "what", row->what, "way_out", row->way));
    }
    cli_print_json(
        json_pack("{s:b, s:o}", "ok", (int)(outcome(d) == CLI_YES), "checks", checks));
}

/* What was not said: the usual folder if it is there, and the operator's file in it. */
static void
assume(struct doctor *d, char *file, size_t size)
{
    if (d->device == NULL) {
        d->device = getenv("TBC_DEVICE");
    }
    if (d->data == NULL && d->device == NULL) {
        d->data = DEFAULT_DATA;
    }
    if (d->device == NULL && d->data != NULL &&
        (size_t)snprintf(file, size, "%s/operator.device", d->data) < size &&
        access(file, F_OK) == 0) {
        d->device = file;
    }
}

static void
look_at_all(struct doctor *d)
{
    char file[1024];

    assume(d, file, sizeof file);
    doctor_look_at_data(d);
    doctor_look_at_station(d);
    doctor_look_at_ports(d);
    doctor_look_at_examiner(d);
}

enum cli_exit
cli_doctor(int argc, char **argv)
{
    struct asked {
        const char *data;
        const char *gate;
        const char *device;
        const char *models;
        bool as_json;
    } o = { 0 };
    static const struct cli_flag flags[] = {
        { "data", CLI_TEXT, false, offsetof(struct asked, data) },
        { "gate", CLI_TEXT, false, offsetof(struct asked, gate) },
        { "device", CLI_TEXT, false, offsetof(struct asked, device) },
        { "models", CLI_TEXT, false, offsetof(struct asked, models) },
        { "json", CLI_SWITCH, false, offsetof(struct asked, as_json) },
    };
    static struct doctor d;
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &o);

    if (rc != CLI_YES) {
        return rc;
    }
    tbc_log_init("tbc", TBC_LOG_ERROR);
    if (o.gate != NULL && (o.data != NULL || o.models != NULL)) {
        return cli_misuse("doctor: --gate stands for a gate, --data and --models for a "
                          "station");
    }
    d.data = o.gate != NULL ? o.gate : o.data;
    d.device = o.device;
    d.models = o.models;
    if (o.gate != NULL) {
        doctor_look_at_gate(&d);
    } else {
        look_at_all(&d);
    }
    if (o.as_json) {
        print_json(&d);
    } else {
        print_table(&d);
    }
    return outcome(&d);
}
