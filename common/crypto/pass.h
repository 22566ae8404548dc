/* Pass phrases and PINs: from a file, a pipe or the terminal, never from a command line or the
 * environment, where other processes see them. */
#ifndef TBC_CRYPTO_PASS_H
#define TBC_CRYPTO_PASS_H

#include "crypto/key.h"

#define TBC_PASS_MAX 1024

/* { 0 }: there is no way to ask. */
struct tbc_pass {
    const char *file; /* 0600, or a pipe such as /dev/fd/3; one line */
    bool may_prompt;  /* on the terminal, when there is no file */
};

/* Append the secret to out.
 *   what      names it in the prompt: "Pass phrase of root.pem"
 *   is_fresh  a new one: the terminal asks twice
 * Errors: ERR_PASS_WANTED when there is no way to ask, ERR_RANGE for an empty one or several
 * lines, and those of tbc_secret_load for the file.  fault says which. */
enum tbc_err
tbc_pass_read(const struct tbc_pass *pass, const char *what, bool is_fresh,
              struct tbc_buf *out, struct tbc_key_fault *fault) TBC_MUST_CHECK;

#endif
