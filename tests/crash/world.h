/* What stands in a station's database, read behind its back while it is not running. */
#ifndef TBC_TESTS_WORLD_H
#define TBC_TESTS_WORLD_H

#include "base/err.h"
#include "codec/wire.h"
#include "ledger.h"

struct world {
    struct ledger_certificate *certificates; /* by cti */
    size_t certificates_n;
    size_t certificates_cap;
    unsigned *stands;
};

/* The number of person n of the imports, and what a device of number n is called. */
void world_number(uint32_t person, char number[static TBC_NUMBER_MAX + 1]);
void world_device(uint32_t number, char name[static TBC_WIRE_WORD_MAX + 1]);

/* people: how many the ledger's imports have.  Errors: those of the store. */
enum tbc_err world_read(struct world *w, const char *data, const struct ledger *l,
                        uint32_t people) TBC_MUST_CHECK;
void world_fini(struct world *w);

#endif
