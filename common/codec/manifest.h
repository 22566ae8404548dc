/* The manifest: who travels from this station today, by pseudonym, for gates that judge alone.
 * Payload of a COSE_Sign1 by the station's issuer key, typ MANIFEST; grammar in docs/token.cddl.
 *
 * A ticket stands in it once for each day whose certificates may be used with it (rail/ticket.h),
 * because the pseudonym's key changes daily. */
#ifndef TBC_CODEC_MANIFEST_H
#define TBC_CODEC_MANIFEST_H

#include "codec/cbor.h"
#include "rail/cert.h"

#define TBC_MANIFEST_TRIPS_MAX 4096
#define TBC_MANIFEST_ROWS_MAX  500000

struct tbc_manifest_row {
    uint8_t holder[TBC_HOLDER_LEN];
    uint32_t trip; /* index into trips */
};

struct tbc_manifest {
    char station[TBC_TELECODE_MAX + 1];
    uint64_t version;
    struct tbc_utc iat;
    struct tbc_utc exp;
    struct tbc_trip *trips; /* owned; seat is empty, a gate need not know it */
    size_t trips_n;
    struct tbc_manifest_row *rows; /* owned, sorted by holder, then trip */
    size_t rows_n;
    uint32_t
        *starts; /* owned: where each part of the rows begins, by tbc_manifest_index */
    unsigned bits; /* of a holder that say in which part it is; 0: no index */
};

void tbc_manifest_fini(struct tbc_manifest *m);

enum tbc_err
tbc_manifest_encode(const struct tbc_manifest *m, struct tbc_buf *out) TBC_MUST_CHECK;
/* Refuses unsorted rows and trip indices beyond the list.  *m is { 0 } on error. */
enum tbc_err tbc_manifest_decode(struct tbc_manifest *m, struct tbc_span in,
                                 struct tbc_fault *fault) TBC_MUST_CHECK;

/* Sort the rows as encode and find want them; an index is dropped. */
void tbc_manifest_sort(struct tbc_manifest *m);
/* Make find quick: pseudonyms are spread evenly, so some bits in front say nearly where one is.  A decoded
 * manifest has its index.  ERR_NO_MEMORY: find is slower, and right. */
enum tbc_err tbc_manifest_index(struct tbc_manifest *m);

/* The first row of a holder by index and binary search, and how many follow; NULL and 0 when none. */
const struct tbc_manifest_row *
tbc_manifest_find(const struct tbc_manifest *m,
                  const uint8_t holder[static TBC_HOLDER_LEN], size_t *n);

#endif
