/* Figures over a range of time. */
#include "store/inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The word behind the number that the row has for a verdict. */
static bool
name_verdict(struct tbc_figure *f)
{
    char *end = NULL;
    unsigned long v = strtoul(f->name, &end, 10);

    if (end == f->name || *end != '\0' || v >= TBC_VERDICT_N) {
        return false;
    }
    (void)snprintf(f->name, sizeof f->name, "%s",
                   tbc_verdict_name((enum tbc_verdict)v));
    return true;
}

static bool
is_of_gates(const char *group)
{
    return strcmp(group, "verdict") == 0 || strcmp(group, "exit") == 0 ||
           strcmp(group, "annul") == 0;
}

static bool
read_figure(const struct tbc_sql_rows *q, struct tbc_figure *f)
{
    f->value = (uint64_t)tbc_column_int(q, 3);
    return tbc_column_text(q, 0, f->group, sizeof f->group) &&
           tbc_column_text(q, 1, f->of, sizeof f->of) &&
           tbc_column_text(q, 2, f->name, sizeof f->name) &&
           (!is_of_gates(f->group) || name_verdict(f));
}

enum tbc_err
tbc_store_figures(struct tbc_store *s, struct tbc_utc since,
                  struct tbc_stats_reply *out)
{
    const struct tbc_sql_value values[] = { TBC_INT(since.s) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    if ((err = tbc_sql_query(s->sql, TBC_STORE_FIGURES, values, 1, &q)) != TBC_OK) {
        return err;
    }
    while (out->figures_n < TBC_WIRE_FIGURES_MAX && (err = tbc_sql_step(q)) == TBC_OK) {
        if (!read_figure(q, &out->figures[out->figures_n++])) {
            err = tbc_store_damaged(s, "figures");
            break;
        }
    }
    tbc_sql_done(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}
