/* The QR text of a certificate or a live presentation: "TBC1:" and Base45 of a COSE_Sign1. */
#ifndef TBC_CODEC_TOKEN_H
#define TBC_CODEC_TOKEN_H

#include "codec/cose.h"

/* Append the QR text of a message.  ERR_LIMIT beyond TBC_LIVE_MAX bytes. */
enum tbc_err
tbc_token_encode(struct tbc_span message, struct tbc_buf *text) TBC_MUST_CHECK;

enum tbc_token_kind {
    TBC_TOKEN_OURS,          /* "TBC1:" and Base45; message holds the bytes */
    TBC_TOKEN_FOREIGN,       /* some other code: a payment, a link */
    TBC_TOKEN_OTHER_VERSION, /* "TBC" digits ":" of a version we do not read */
    TBC_TOKEN_BROKEN,        /* "TBC1:" and then not Base45, or too long */
};

/* Tell what a scanned text is and decode ours.  One CR, LF or CR LF at the end is ignored:
 * scanners add them.  message is appended to; nothing is allocated when it has TBC_LIVE_MAX + 1
 * bytes of fixed storage.  fault may be NULL. */
enum tbc_token_kind tbc_token_decode(struct tbc_span text, struct tbc_buf *message,
                                     struct tbc_fault *fault);

#endif
