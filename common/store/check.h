/* Looking at a station's SQLite file from outside, without changing it. */
#ifndef TBC_STORE_CHECK_H
#define TBC_STORE_CHECK_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct tbc_store_look {
    int64_t version; /* of its tables */
    int64_t newest;  /* that this program knows */
    bool in_use;     /* a running station has it: its pages were not read */
    bool sound;      /* its pages hang together; false while in use */
};

/* Errors: ERR_NOT_FOUND, ERR_IO, ERR_MALFORMED (not a station's database). */
enum tbc_err
tbc_store_check(const char *path, struct tbc_store_look *look) TBC_MUST_CHECK;

#endif
