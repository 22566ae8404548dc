#include "crypto/pass.h"

#include "crypto/key_openssl.h"
#include "crypto/secret.h"

#include <openssl/err.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* One line without its end. */
static enum tbc_err
take_line(const char *file, struct tbc_span text, struct tbc_buf *out,
          struct tbc_key_fault *fault)
{
    if (text.len > 0 && text.ptr[text.len - 1] == '\n') {
        text.len--;
    }
    if (text.len > 0 && text.ptr[text.len - 1] == '\r') {
        text.len--;
    }
    if (text.len == 0 || memchr(text.ptr, '\n', text.len) != NULL ||
        memchr(text.ptr, '\0', text.len) != NULL) {
        return tbc_key_refuse(fault, TBC_ERR_RANGE, "%.120s: %s", file,
                              text.len == 0 ? "empty; a pass phrase or PIN is wanted"
                                            : "one line of text is wanted");
    }
    return tbc_buf_append_span(out, text);
}

static enum tbc_err
read_file(const char *file, struct tbc_buf *out, struct tbc_key_fault *fault)
{
    struct tbc_buf text = { 0 };
    enum tbc_err err = tbc_secret_load_pipe(file, TBC_PASS_MAX, &text);

    if (err == TBC_OK) {
        err = take_line(file, tbc_buf_span(&text), out, fault);
    } else if (err == TBC_ERR_DENIED) {
        (void)tbc_key_refuse(
            fault, err, "%.120s: not permitted, or readable by others: chmod 600 it",
            file);
    } else {
        (void)tbc_key_refuse(fault, err, "%.120s: %s", file, tbc_err_text(err));
    }
    tbc_buf_fini(&text);
    return err;
}

static bool
has_terminal(void)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

    if (fd >= 0) {
        (void)close(fd);
    }
    return fd >= 0;
}

/* OpenSSL's prompt switches the echo off and puts it back on, on signals too. */
static enum tbc_err
prompt(const char *what, bool is_fresh, struct tbc_buf *out,
       struct tbc_key_fault *fault)
{
    char text[TBC_PASS_MAX] = "";
    char question[160] = "";
    struct tbc_buf q;
    enum tbc_err err;

    tbc_buf_init_fixed(&q, question, sizeof question);
    (void)tbc_buf_printf(&q, "%.120s: ", what);
    if (EVP_read_pw_string(text, (int)sizeof text, question, is_fresh ? 1 : 0) != 0) {
        err = tbc_key_refuse(fault, TBC_ERR_PASS_WANTED, "%.120s: not given", what);
    } else {
        err = take_line(what, tbc_span_str(text), out, fault);
    }
    ERR_clear_error();
    tbc_wipe(text, sizeof text);
    return err;
}

enum tbc_err
tbc_pass_read(const struct tbc_pass *pass, const char *what, bool is_fresh,
              struct tbc_buf *out, struct tbc_key_fault *fault)
{
    if (pass != NULL && pass->file != NULL) {
        return read_file(pass->file, out, fault);
    }
    if (pass != NULL && pass->may_prompt && has_terminal()) {
        return prompt(what, is_fresh, out, fault);
    }
    return tbc_key_refuse(fault, TBC_ERR_PASS_WANTED,
                          "%.120s is wanted, from a file or on a terminal", what);
}
