/* A status delta: how one version of a status list becomes the next, for whoever has the one.
 *
 * It carries the next list's claims, header and signature and the values that changed, so that the
 * next list's message is made from the present one byte for byte, and its own signature says
 * whether it may be believed: a delta needs no key and no trust, anybody may make one.  It names
 * both messages by their SHA-256.  Making and applying is in crypto/statusdelta.h; the grammar is
 * in docs/token.cddl. */
#ifndef TBC_CODEC_STATUSDELTA_H
#define TBC_CODEC_STATUSDELTA_H

#include "codec/statuslist.h"

#define TBC_STATUSDELTA_CHANGES_MAX 4096
#define TBC_STATUSDELTA_BYTES_MAX   65536
#define TBC_STATUSDELTA_HASH_LEN    32

struct tbc_status_change {
    uint64_t idx;
    unsigned value; /* from now on */
};

struct tbc_statusdelta {
    char sub[TBC_STATUS_URI_MAX + 1];
    struct tbc_utc base_iat;
    uint8_t base_hash[TBC_STATUSDELTA_HASH_LEN];
    struct tbc_utc iat; /* of the next list, as the rest */
    struct tbc_utc exp;
    int64_t ttl_s;
    size_t size; /* bytes of its bits, inflated */
    uint8_t hash[TBC_STATUSDELTA_HASH_LEN];
    struct tbc_span body_protected; /* borrowed, as the signature */
    struct tbc_span signature;
    struct tbc_status_change *changes; /* owned; rising by idx */
    size_t changes_n;
};

void tbc_statusdelta_fini(struct tbc_statusdelta *d);

/* Bytes and back.  Errors of encode: ERR_RANGE (what the grammar does not allow), ERR_LIMIT.  d
 * need not be initialised for decode, borrows from in, and is { 0 } on error; fault may be NULL. */
enum tbc_err tbc_statusdelta_encode(const struct tbc_statusdelta *d,
                                    struct tbc_buf *out) TBC_MUST_CHECK;
enum tbc_err tbc_statusdelta_decode(struct tbc_statusdelta *d, struct tbc_span in,
                                    struct tbc_fault *fault) TBC_MUST_CHECK;

#endif
