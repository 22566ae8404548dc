/* The command line of tbc-gate. */
#ifndef GATE_OPTIONS_H
#define GATE_OPTIONS_H

#include <stdbool.h>

enum gate_screen {
    GATE_SCREEN_NONE,
    GATE_SCREEN_WINDOW,
    GATE_SCREEN_FULL,
};

struct gate_options {
    const char *device;
    const char *data;
    const char *scan;
    const char *barrier;
    const char *passage; /* "none": there is no sensor */
    const char *front;   /* NULL: the device file's */
    const char *feed;
    const char *shots;      /* NULL: none */
    const char *fire_input; /* NULL: none */
    const char *assets;
    enum gate_screen screen;
    int width_px;
    int height_px;
};

enum gate_usage {
    GATE_USAGE_RUN,
    GATE_USAGE_DONE, /* --help or --version was printed */
    GATE_USAGE_WRONG /* said on standard error; exit 2 */
};

enum gate_usage gate_options_parse(struct gate_options *options, int argc, char **argv);

#endif
