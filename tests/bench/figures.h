/* What a bench says: one line a figure on standard output, and all of them as JSON. */
#ifndef TBC_BENCH_FIGURES_H
#define TBC_BENCH_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

#define FIGURES_MAX 32

enum figure_better {
    FIGURE_LOWER,
    FIGURE_HIGHER,
    FIGURE_INFO /* no target */
};

struct figure {
    const char *name; /* borrowed */
    const char *unit; /* borrowed; "" for a bare number */
    double value;
    double target;
    enum figure_better better;
};

struct figures {
    struct figure list[FIGURES_MAX];
    size_t n;
};

/* Remember it and print "NAME: VALUE UNIT (target <= X)". */
void figures_add(struct figures *f, struct figure figure);

/* True when no target was missed. */
bool figures_are_met(const struct figures *f);

/* {"figures": [{"name", "value", "unit", "target", "better"}]}; false when it cannot be written. */
bool figures_write(const struct figures *f, const char *path);

#endif
