/* tbc stats: the station's figures, now and over a range of time. */
#include "commands.h"
#include "options.h"
#include "station.h"
#include "sys/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stats_options {
    const char *device;
    const char *since;
    bool as_json;
};

/* "24h" and "7d" back from now, or a time. */
static bool
parse_since(const char *text, struct tbc_utc *since)
{
    char *end = NULL;
    unsigned long n = strtoul(text, &end, 10);
    const int64_t unit = *end == 'h' ? 3600 : *end == 'd' ? TBC_DAY_S : 0;

    if (text[0] >= '0' && text[0] <= '9' && unit != 0 && end[1] == '\0' && n <= 36600) {
        since->s = tbc_clock_utc().s - (int64_t)n * unit;
        return true;
    }
    return cli_parse_time(text, since);
}

/* Sum of a group's values, of all or of those of one name. */
static uint64_t
sum_of(const struct tbc_stats_reply *r, const char *group, const char *of)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < r->figures_n; i++) {
        const struct tbc_figure *f = &r->figures[i];

        if (strcmp(f->group, group) == 0 && (of == NULL || strcmp(f->of, of) == 0)) {
            sum += f->value;
        }
    }
    return sum;
}

/* Groups that are one level deep: "issued" and "medium". */
static bool
is_flat(const char *group)
{
    return strcmp(group, "issued") == 0 || strcmp(group, "medium") == 0;
}

/* The member of that name, made when it is not there. */
static json_t *
member(json_t *object, const char *name)
{
    json_t *m = json_object_get(object, name);

    if (m == NULL && json_object_set_new(object, name, json_object()) == 0) {
        m = json_object_get(object, name);
    }
    return m;
}

static void
print_json(const struct tbc_stats_reply *r, struct tbc_utc since)
{
    static const char *const groups[] = { "issued", "medium",  "verdict", "exit",
                                          "annul",  "refused", "time" };
    const uint64_t paper = sum_of(r, "medium", "paper");
    const uint64_t all = sum_of(r, "medium", NULL);
    json_t *object = json_object();

    for (size_t i = 0; i < r->stats_n; i++) {
        (void)json_object_set_new(object, r->stats[i].name,
                                  json_integer((json_int_t)r->stats[i].value));
    }
    for (size_t i = 0; i < CLI_COUNT(groups); i++) {
        (void)member(object, groups[i]);
    }
    for (size_t i = 0; i < r->figures_n; i++) {
        const struct tbc_figure *f = &r->figures[i];
        json_t *at = member(object, f->group);

        at = is_flat(f->group) ? at : member(at, f->of);
        (void)json_object_set_new(at, is_flat(f->group) ? f->of : f->name,
                                  json_integer((json_int_t)f->value));
    }
    (void)json_object_set_new(object, "since",
                              since.s == 0 ? json_null() : cli_json_time(since));
    (void)json_object_set_new(object, "paper_share",
                              all == 0 ? json_null()
                                       : json_real((double)paper / (double)all));
    cli_print_json(object);
}

static void
print_group(const struct tbc_stats_reply *r, const char *group, const char *title)
{
    bool begun = false;

    for (size_t i = 0; i < r->figures_n; i++) {
        const struct tbc_figure *f = &r->figures[i];

        if (strcmp(f->group, group) != 0) {
            continue;
        }
        if (!begun) {
            printf("\n%s\n", title);
            begun = true;
        }
        printf("  %-20s %-18s %" PRIu64 "\n", f->of, f->name, f->value);
    }
}

static void
print_table(const struct tbc_stats_reply *r)
{
    const uint64_t paper = sum_of(r, "medium", "paper");
    const uint64_t all = sum_of(r, "medium", NULL);

    for (size_t i = 0; i < r->stats_n; i++) {
        printf("%-20s %" PRIu64 "\n", r->stats[i].name, r->stats[i].value);
    }
    print_group(r, "issued", "issued by channel");
    print_group(r, "medium", "issued by medium");
    if (all > 0) {
        printf("  %-20s %-18s %" PRIu64 " %%\n", "share of paper", "",
               (paper * 100 + all / 2) / all);
    }
    print_group(r, "verdict", "presentations by gate and verdict");
    print_group(r, "exit", "the same at gates that lead out");
    print_group(r, "annul", "let through where nobody passed");
    print_group(r, "refused", "refused since the station started, by reason");
    print_group(r, "time", "times since the station started, microseconds");
}

static enum cli_exit
ask(const struct stats_options *o, const struct tbc_stats *what,
    struct tbc_stats_reply *reply)
{
    struct cli_station s = { 0 };
    enum cli_exit rc = cli_station_open(&s, o->device);

    if (rc == CLI_YES) {
        rc = cli_station_call(&s, TBC_OP_STATS, what, reply, NULL);
    }
    cli_station_close(&s);
    return rc;
}

enum cli_exit
cli_stats(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "device", CLI_TEXT, false, offsetof(struct stats_options, device) },
        { "since", CLI_TEXT, false, offsetof(struct stats_options, since) },
        { "json", CLI_SWITCH, false, offsetof(struct stats_options, as_json) },
    };
    struct stats_options o = { 0 };
    struct tbc_stats what = { .detail = true };
    struct tbc_stats_reply *reply;
    enum cli_exit rc = cli_options_only(argc, argv, flags, CLI_COUNT(flags), &o);

    if (rc != CLI_YES) {
        return rc;
    }
    if (o.since != NULL && !parse_since(o.since, &what.since)) {
        return CLI_USAGE;
    }
    if ((reply = calloc(1, sizeof *reply)) == NULL) {
        return cli_fail("memory", TBC_ERR_NO_MEMORY);
    }
    rc = ask(&o, &what, reply);
    if (rc == CLI_YES && o.as_json) {
        print_json(reply, what.since);
    } else if (rc == CLI_YES) {
        print_table(reply);
    }
    free(reply);
    return rc;
}
