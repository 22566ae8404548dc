/* Status indices: each certificate gets one, none is ever given twice, and none tells when.
 *
 * A counter that only goes up is kept in the store; a keyed permutation makes the index of it.
 * Indices come in blocks, each as large as all before it, and every block is a list to be filled
 * at random places: when it is full the next begins, and the signed list doubles.
 *
 * A database restored from a backup has an old counter.  Therefore a file beside it, which no
 * backup holds, says how far the counter has been let; the counter goes on from there. */
#ifndef STATION_INDEX_H
#define STATION_INDEX_H

#include "crypto/permute.h"
#include "setup.h"
#include "store/store.h"

struct station_index {
    struct tbc_store *store;   /* borrowed */
    uint8_t key[32];           /* wipe when done */
    struct tbc_permute *order; /* of the block that begins at order_of; NULL: of none */
    uint64_t order_of;
    char path[STATION_PATH_MAX];
    uint64_t floor;    /* the counter was let that far before this start */
    uint64_t reserved; /* what the file says now */
};

/* key: a secret of the station that never changes.  path: the file beside the database.  Errors are logged:
 * ERR_MALFORMED, ERR_IO, ERR_CRYPTO. */
enum tbc_err
station_index_open(struct station_index *x, struct tbc_store *store,
                   const uint8_t key[static 32], const char *path) TBC_MUST_CHECK;
void station_index_fini(struct station_index *x);

/* The indices of the next n certificates, within the open transaction.  ERR_LIMIT, logged, when there
 * are not so many left. */
enum tbc_err
station_index_next(struct station_index *x, size_t n, uint64_t *idx) TBC_MUST_CHECK;

/* How many indices the signed list must have so that the next one given lies within. */
enum tbc_err station_index_room(struct station_index *x, uint64_t *room) TBC_MUST_CHECK;

#endif
