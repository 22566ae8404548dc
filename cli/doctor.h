/* tbc doctor: what its parts share.  Each part looks at one side and adds rows. */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "cli.h"

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

/* Run tbc-station --print-config beside this program: its exit code, or -1 when it could not be run.
 * All that it says is appended to out. */
int doctor_ask_station_program(const char *data, struct tbc_buf *out);

void doctor_look_at_data(struct doctor *d);
void doctor_look_at_station(struct doctor *d);
/* When no station answers: could one listen? */
void doctor_look_at_ports(struct doctor *d);
void doctor_look_at_examiner(struct doctor *d);

#endif
