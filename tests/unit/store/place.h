/* Where the store under test lives: a file, or a database of a PostgreSQL server.  The same suite
 * is linked with the one and with the other. */
#ifndef TBC_TESTS_PLACE_H
#define TBC_TESTS_PLACE_H

#include "store/store.h"

/* The place's address, empty: nothing is there that was there before.  Ends the program when that
 * cannot be had. */
const char *place_empty(void);

/* Whether what the database keeps on disk holds these bytes. */
bool place_holds(struct tbc_span bytes);

/* Make it look as if a later program had made the tables. */
bool place_age(void);

#endif
