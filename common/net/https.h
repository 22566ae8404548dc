/* Asking a web service over TLS without waiting for it: POST of a small body, an answer of bounded
 * size, a bounded time.  libcurl is known here alone.
 *
 * The server's certificate must lead to the CA that is configured, and to no other; the name must be
 * the URL's.  TLS 1.2 at least; no proxies, redirects or cookies.  One thread. */
#ifndef TBC_NET_HTTPS_H
#define TBC_NET_HTTPS_H

#include "base/buf.h"

#define TBC_HTTPS_ASKED_MAX  16         /* at one time */
#define TBC_HTTPS_ANSWER_MAX (1u << 20) /* bytes; more ends the transfer */

struct tbc_https; /* opaque */

struct tbc_https_options {
    const char *url;  /* https://HOST[:PORT]/PATH */
    const char *ca;   /* file, PEM */
    const char *cert; /* client's certificate and key, PEM; NULL: none */
    const char *key;
    long timeout_ms; /* of one answer, connecting included */
};

/* Connects to nobody yet.  ERR_MALFORMED (no https URL, no CA), ERR_NO_MEMORY. */
enum tbc_err tbc_https_open(struct tbc_https **https,
                            const struct tbc_https_options *options) TBC_MUST_CHECK;
void tbc_https_close(struct tbc_https **https);

/* Begin to ask; the body is copied.  id is never 0.  ERR_BUSY: too many are under way. */
enum tbc_err tbc_https_post(struct tbc_https *https, struct tbc_span body,
                            uint64_t *id) TBC_MUST_CHECK;

/* One descriptor to poll for reading, and after how many ms to step anyway (-1: no need). */
int tbc_https_fd(const struct tbc_https *https);
int tbc_https_wait_ms(const struct tbc_https *https);
/* Do what can be done without waiting. */
void tbc_https_step(struct tbc_https *https);

struct tbc_https_answer {
    uint64_t id;
    /* TBC_OK: there is a status.  ERR_TIMEOUT, ERR_DENIED (the certificate is not believed),
     * ERR_LIMIT (too long), ERR_NETWORK. */
    enum tbc_err err;
    long status;
    struct tbc_span body; /* borrowed until the next call of tbc_https_next */
};

/* The next answer; false when none has come. */
bool tbc_https_next(struct tbc_https *https, struct tbc_https_answer *answer);

#endif
