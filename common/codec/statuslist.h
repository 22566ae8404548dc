/* Token Status List in its CWT form (IETF draft-ietf-oauth-status-list): the payload's claims and
 * the bits.  The list is zlib-compressed (RFC 1950); inflation is capped before it begins.
 *
 *   2 sub tstr (its own address)   6 iat   4 exp   65534 ttl   65533 { "bits", "lst" }
 * Status values: 0 VALID, 1 INVALID (revoked), 2 SUSPENDED. */
#ifndef TBC_CODEC_STATUSLIST_H
#define TBC_CODEC_STATUSLIST_H

#include "codec/cbor.h"
#include "rail/cert.h"

#define TBC_STATUS_VALID     0
#define TBC_STATUS_REVOKED   1
#define TBC_STATUS_SUSPENDED 2
#define TBC_STATUS_BITS_MAX  8
/* Inflated bytes of one list, at most: 32 Mi certificates of 2 bits. */
#define TBC_STATUS_LIST_MAX (8u << 20)

struct tbc_statuslist {
    char sub[TBC_STATUS_URI_MAX + 1];
    struct tbc_utc iat;
    struct tbc_utc exp;
    int64_t ttl_s;
    unsigned bits;      /* 1, 2, 4 or 8 */
    struct tbc_buf lst; /* owned, inflated */
};

/* An all-VALID list for n indices.  Errors: ERR_LIMIT, ERR_NO_MEMORY, ERR_RANGE (bits). */
enum tbc_err
tbc_statuslist_init(struct tbc_statuslist *l, unsigned bits, size_t n) TBC_MUST_CHECK;
void tbc_statuslist_fini(struct tbc_statuslist *l);

/* Errors: ERR_RANGE when idx lies beyond the list or value does not fit. */
enum tbc_err
tbc_statuslist_get(const struct tbc_statuslist *l, uint64_t idx, unsigned *value);
enum tbc_err tbc_statuslist_set(struct tbc_statuslist *l, uint64_t idx, unsigned value);

/* Claims to payload bytes (compressing), and back (inflating, capped).  l need not be
 * initialised for decode and is { 0 } on error. */
enum tbc_err tbc_statuslist_encode(const struct tbc_statuslist *l,
                                   struct tbc_buf *out) TBC_MUST_CHECK;
enum tbc_err tbc_statuslist_decode(struct tbc_statuslist *l, struct tbc_span in,
                                   struct tbc_fault *fault) TBC_MUST_CHECK;

/* Inflate the zlib stream of a list and append it to out.  It is measured first: what would
 * exceed TBC_STATUS_LIST_MAX is ERR_LIMIT and never gets memory.  ERR_MALFORMED for a stream that
 * is cut, damaged or followed by other bytes. */
enum tbc_err
tbc_status_inflate(struct tbc_span packed, struct tbc_buf *out) TBC_MUST_CHECK;

#endif
