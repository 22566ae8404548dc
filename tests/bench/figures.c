#include "figures.h"

#include <assert.h>
#include <stdio.h>

void
figures_add(struct figures *f, struct figure figure)
{
    assert(f->n < FIGURES_MAX);
    f->list[f->n++] = figure;
    printf("%s: %.6g%s%s", figure.name, figure.value, figure.unit[0] == '\0' ? "" : " ",
           figure.unit);
    switch (figure.better) {
    case FIGURE_LOWER:
        printf(" (target <= %.6g)", figure.target);
        break;
    case FIGURE_HIGHER:
        printf(" (target >= %.6g)", figure.target);
        break;
    case FIGURE_INFO:
        break;
    }
    putchar('\n');
}

bool
figures_are_met(const struct figures *f)
{
    bool met = true;

    for (size_t i = 0; i < f->n; i++) {
        const struct figure *g = &f->list[i];

        met = met && (g->better != FIGURE_LOWER || g->value <= g->target) &&
              (g->better != FIGURE_HIGHER || g->value >= g->target);
    }
    return met;
}

bool
figures_write(const struct figures *f, const char *path)
{
    FILE *out = fopen(path, "we");
    bool whole;

    if (out == NULL) {
        return false;
    }
    fputs("{\"figures\": [", out);
    for (size_t i = 0; i < f->n; i++) {
        const struct figure *g = &f->list[i];

        fprintf(out, "%s\n  {\"name\": \"%s\", \"value\": %.9g, \"unit\": \"%s\", ",
                i == 0 ? "" : ",", g->name, g->value, g->unit);
        if (g->better == FIGURE_INFO) {
            fputs("\"target\": null, \"better\": null}", out);
        } else {
            fprintf(out, "\"target\": %.9g, \"better\": \"%s\"}", g->target,
                    g->better == FIGURE_LOWER ? "lower" : "higher");
        }
    }
    fputs("\n]}\n", out);
    whole = ferror(out) == 0;
    return fclose(out) == 0 && whole;
}
