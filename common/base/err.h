/* Errors: no answer was reached.  A verdict (rail/verdict.h) is an answer; an assert is our bug.
 *
 * Pure floors only return codes; above them whoever first knows the cause logs it, once, and
 * callers pass the code up. */
#ifndef TBC_BASE_ERR_H
#define TBC_BASE_ERR_H

#include <stddef.h>

#define TBC_MUST_CHECK __attribute__((warn_unused_result))

/* name, what a person reads.  TBC_OK is 0. */
#define TBC_ERR_LIST(X)                                  \
    X(OK, "no error")                                    \
    X(ERR_MALFORMED, "malformed")                        \
    X(ERR_LIMIT, "larger than allowed")                  \
    X(ERR_UNSUPPORTED, "not supported")                  \
    X(ERR_RANGE, "outside its range")                    \
    X(ERR_NOT_FOUND, "not found")                        \
    X(ERR_EXISTS, "exists already")                      \
    X(ERR_CONFLICT, "conflicts with an earlier request") \
    X(ERR_DENIED, "not permitted")                       \
    X(ERR_BUSY, "busy, try again later")                 \
    X(ERR_TIMEOUT, "no answer in time")                  \
    X(ERR_UNKNOWN_KEY, "unknown key")                    \
    X(ERR_BAD_SIGNATURE, "bad signature")                \
    X(ERR_CRYPTO, "the cryptographic library refused")   \
    X(ERR_IO, "input or output failed")                  \
    X(ERR_NETWORK, "network failed")                     \
    X(ERR_CORRUPT, "stored data is damaged")             \
    X(ERR_NO_MEMORY, "out of memory")                    \
    X(ERR_PASS_WANTED, "a pass phrase or PIN is wanted") \
    X(ERR_PASS_WRONG, "wrong pass phrase or PIN")        \
    X(ERR_FULL, "the disk is full")

enum tbc_err {
#define X(name, text) TBC_##name,
    TBC_ERR_LIST(X)
#undef X
};

/* Where an input went wrong: the field's name in its grammar and the byte offset.  Borrowed,
 * static text; { 0 } says nothing. */
struct tbc_fault {
    const char *what;
    size_t offset;
};

/* The sentence part of the list above, never NULL. */
const char *tbc_err_text(enum tbc_err err);

#endif
