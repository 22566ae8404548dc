/* Any Token Status List in CWT form, as other issuers write it: claims in any order and encoding,
 * with or without exp and ttl, with claims that we do not know.
 *
 * For the command line; the gates read what this railway signs by codec/statuslist.h. */
#ifndef TBC_CODEC_STATUS_ANY_H
#define TBC_CODEC_STATUS_ANY_H

#include "codec/cbor_any.h"
#include "codec/statuslist.h"

struct tbc_status_any {
    struct tbc_buf sub; /* owned; may be empty */
    bool has_sub;
    struct tbc_utc iat; /* { 0 } when absent, as the other two; fractions are dropped */
    struct tbc_utc exp;
    int64_t ttl_s;
    struct tbc_statuslist list; /* bits and lst alone; owned */
};

/* Errors: ERR_MALFORMED, ERR_LIMIT (a list above TBC_STATUS_LIST_MAX bytes), ERR_NO_MEMORY;
 * { 0 } then.  fault may be NULL; offsets are those of in. */
enum tbc_err tbc_status_any_decode(struct tbc_status_any *s, struct tbc_span in,
                                   struct tbc_fault *fault) TBC_MUST_CHECK;
void tbc_status_any_fini(struct tbc_status_any *s);

/* What a protected header says of its message by typ (16, RFC 9596). */
enum tbc_status_typ {
    TBC_STATUS_TYP_NONE,  /* nothing; the draft (sec. 5.2) wants it */
    TBC_STATUS_TYP_RIGHT, /* application/statuslist+cwt, or a number of CoAP's */
    TBC_STATUS_TYP_OTHER, /* it is something else */
};
enum tbc_status_typ tbc_status_any_typ(struct tbc_span body_protected);

#endif
