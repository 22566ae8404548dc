/* The configuration of tbc-gate: the keys of gate.conf, each also an option and a variable.
 * options_keys.c is the table of all of them; a new one is a field here, its row there and a
 * paragraph in docs/man/tbc-gate.8. */
#ifndef GATE_OPTIONS_H
#define GATE_OPTIONS_H

#include "sys/conf_layers.h"
#include "sys/device.h"

#define GATE_CONF_FILE "/etc/tbc/gate.conf"
#define GATE_ENV       "TBC_GATE_"
#define GATE_TEXT_SIZE 256 /* of a path and the like, with its end */

enum gate_screen {
    GATE_SCREEN_NONE,
    GATE_SCREEN_WINDOW,
    GATE_SCREEN_FULL,
};

/* Texts; "" is none. */
struct gate_options {
    char device[GATE_TEXT_SIZE];
    char data[GATE_TEXT_SIZE];
    char direction[8]; /* "enter" or "exit" */
    char full_disk[8]; /* "shut" or "open" */
    int64_t keep_days; /* of the journal */
    char assets[GATE_TEXT_SIZE];
    char front[TBC_ADDRESS_MAX + 1]; /* "": the device file's */
    char feed[TBC_ADDRESS_MAX + 1];
    char group[TBC_ADDRESS_MAX + 1]; /* "none": no peers */
    int64_t wait_ms;                 /* at the start, for the station's first answer */
    char scan[GATE_TEXT_SIZE];
    char barrier[GATE_TEXT_SIZE];
    char passage[GATE_TEXT_SIZE]; /* "none": there is no sensor */
    int64_t hold;                 /* milliseconds */
    char fire_input[GATE_TEXT_SIZE];
    char face_camera[GATE_TEXT_SIZE]; /* "none": faces are not compared */
    char models[GATE_TEXT_SIZE];
    char display[16];
    char lamp[GATE_TEXT_SIZE];
    char sound[64];
    int64_t volume; /* 0..100 */
    char shots[GATE_TEXT_SIZE];
    int64_t trust_age_s; /* knowledge.h: gate_limits */
    int64_t status_age_s;
    int64_t manifest_age_s;
    char status_beyond[8]; /* refer or accept */
    char http[64];         /* ADDRESS:PORT, or "off" */
    char log_level[8];

    enum gate_screen screen; /* what display says */
    int width_px;
    int height_px;
};

/* All keys there are; their names are unique. */
extern const struct tbc_conf_table gate_options_table;

/* What the command line says. */
struct gate_asked {
    const char *config; /* NULL: GATE_CONF_FILE, which may be missing */
    const char *values[TBC_CONF_KEYS_MAX]; /* by key; NULL: not said */
    bool check;                            /* --check-config */
    bool print;                            /* --print-config */
};

enum gate_usage {
    GATE_USAGE_RUN,
    GATE_USAGE_DONE, /* --help or --version was printed */
    GATE_USAGE_WRONG /* said on standard error; exit 2 */
};

/* Borrows argv; not for a second thread, as getopt(3). */
enum gate_usage gate_options_parse(struct gate_asked *asked, int argc, char **argv);

/* The layers: presets, gate.conf and conf.d beside it, the environment, the options.
 *   from   may be NULL
 * Errors, logged: ERR_UNSUPPORTED (an option or variable, or one that is missing), ERR_MALFORMED
 * (a file), ERR_NOT_FOUND, ERR_IO, ERR_LIMIT.  options is then as it was preset. */
enum tbc_err
gate_options_read(struct gate_options *options, const struct gate_asked *asked,
                  struct tbc_conf_origins *from) TBC_MUST_CHECK;

/* Every key with its value in force and where that stands. */
enum tbc_err gate_options_print(const struct gate_options *options,
                                const struct tbc_conf_origins *from,
                                struct tbc_buf *out) TBC_MUST_CHECK;

/* Take over what may change while the gate runs; the rest is named in the log. */
void
gate_options_follow(struct gate_options *options, const struct gate_options *newer);

/* options_keys.c: what the key `display` means.  False: nothing it knows, options unchanged. */
bool gate_options_parse_display(struct gate_options *options, const char *text);

#endif
