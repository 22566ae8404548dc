/* tbc doctor: what its parts share.  Each part looks at one side and adds rows. */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "cli.h"
#include "codec/trustlist.h"

#define DOCTOR_ROWS_MAX 48

enum doctor_state {
    DOCTOR_OK,
    DOCTOR_WARN,    /* works, not for ever */
    DOCTOR_FAIL,    /* does not work, or is not safe */
    DOCTOR_UNKNOWN, /* could not look */
};

struct doctor_row {
    enum doctor_state state;
    const char *name; /* static text */
    char what[160];
    const char *way; /* static text, the way out; "" when all is well */
};

struct doctor {
    const char *data;   /* the folder, or NULL */
    const char *device; /* of the running station, or NULL */
    const char *models; /* or NULL */
    char front[160];    /* as the configuration says; "": not known.  The same below */
    char feed[160];
    char http[80];
    bool runs; /* the station answered */
    struct doctor_row rows[DOCTOR_ROWS_MAX];
    size_t n;
};

void
doctor_add(struct doctor *d, enum doctor_state state, const char *name, const char *way,
           const char *format, ...) __attribute__((format(printf, 5, 6)));

/* "in 3 days", "5 minutes ago": a time as a person reads it. */
void doctor_ago(struct tbc_utc t, struct tbc_utc now, char out[static 48]);

/* Run a program beside this one with these options (at most 8, NULL-terminated): its exit code, or -1
 * when it could not be run.  All that it says is appended to out. */
int
doctor_ask_program(const char *name, const char *const options[], struct tbc_buf *out);
/* What a program's --print-config came to; text: what it said. */
void doctor_judge_configuration(struct doctor *d, const char *program, int code,
                                const char *text);

/* The folder d->data; false when there is none. */
bool doctor_look_at_folder(struct doctor *d, const char *option);
void doctor_look_at_disk(struct doctor *d, const char *way);
/* When it ends; way: to a newer one. */
void
doctor_judge_trust(struct doctor *d, const struct tbc_trustlist *list, const char *way);
/* What /readyz of d->http says. */
void doctor_look_at_ready(struct doctor *d);

/* A gate instead of a station: its folder d->data, and its device file. */
void doctor_look_at_gate(struct doctor *d);

void doctor_look_at_data(struct doctor *d);
void doctor_look_at_station(struct doctor *d);
/* When no station answers: could one listen? */
void doctor_look_at_ports(struct doctor *d);
void doctor_look_at_examiner(struct doctor *d);

#endif
