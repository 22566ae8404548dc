/* Walks every screen of the kiosk with the audit's ruler. */
#ifndef TBC_TESTS_GOLDEN_WALK_H
#define TBC_TESTS_GOLDEN_WALK_H

#include "examples.h"

enum walk {
    WALK_QUICK, /* huge text, light theme, usual reach: where room is shortest */
    WALK_ALL    /* every size, both themes, both reaches */
};

const char *walk_assets(char path[static 512]);
struct kiosk_stage *walk_stage(const char *panel);

/* The number of faults; each is printed. */
size_t walk_screens(const char *panel, enum walk walk);

#endif
