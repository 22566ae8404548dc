/* Configuration files: sections in brackets, keys with values, comments.  Pure.
 *
 *     ; a comment, also with #
 *     [section]
 *     name = value   ; a comment behind a blank
 *     name: value
 *
 * One line is one thing, however long; blanks around names and values do not count.  What is not of
 * this form is refused with its line, never skipped. */
#ifndef TBC_BASE_INI_H
#define TBC_BASE_INI_H

#include "base/buf.h"

#define TBC_INI_NAME_MAX 47 /* bytes of a section's or a key's name */

struct tbc_ini {
    struct tbc_span in;
    size_t at;

    size_t line;                        /* of the present key, or where the fault is */
    const char *fault;                  /* static text; NULL while all is well */
    char section[TBC_INI_NAME_MAX + 1]; /* "" before the first */
    char name[TBC_INI_NAME_MAX + 1];
    struct tbc_buf value; /* wiped with the object: it may be a secret */
};

/* Borrows in until the end; a byte order mark is dropped.  { 0 } is a valid object to finish. */
void tbc_ini_open(struct tbc_ini *ini, struct tbc_span in);
void tbc_ini_fini(struct tbc_ini *ini);

/* The next key.  ERR_NOT_FOUND at the end; ERR_MALFORMED with line and fault, from then on. */
enum tbc_err tbc_ini_next(struct tbc_ini *ini) TBC_MUST_CHECK;

#endif
