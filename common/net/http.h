/* A few pages over HTTP for machines on this computer: health, metrics.  The pages are texts that
 * the program hands over beforehand; the thread that serves them sees nothing else of it.
 *
 * Only GET and HEAD, no bodies, one request a connection, so that no request can hide in another.
 * Host must be an address or localhost: a page of the web cannot reach us under its own name (DNS
 * rebinding).  A client that is slow loses its place to the next one. */
#ifndef TBC_NET_HTTP_H
#define TBC_NET_HTTP_H

#include "base/err.h"
#include "base/span.h"
#include "base/when.h"

#define TBC_HTTP_PAGES_MAX   8
#define TBC_HTTP_ADDRESS_MAX 63
#define TBC_HTTP_HEADER_MAX  4096 /* bytes of a request; more is answered 431 */
#define TBC_HTTP_TIMEOUT_S   5    /* of silence */
#define TBC_HTTP_CLIENTS     32   /* the oldest has to go for the next */

struct tbc_http; /* opaque */

struct tbc_http_page {
    const char *path; /* "/healthz"; borrowed, as is type */
    const char *type; /* "text/plain; charset=utf-8" */
};

/* ADDRESS:PORT with a numeric address, [..] around one of IPv6; port 0 lets the kernel pick. */
bool tbc_http_address_is_valid(const char *address) TBC_MUST_CHECK;

/* Listen, with a thread of its own; block signals before.  Every page is 503 until it is set.
 * Logs what went wrong.  Errors: ERR_MALFORMED (address), ERR_LIMIT (pages), ERR_EXISTS (in use),
 * ERR_NETWORK, ERR_NO_MEMORY. */
enum tbc_err tbc_http_open(struct tbc_http **http, const char *address,
                           const struct tbc_http_page *pages, size_t n) TBC_MUST_CHECK;
void tbc_http_close(struct tbc_http **http);

/* The real address, with the port that was picked. */
const char *tbc_http_address(const struct tbc_http *http);

/* Replace page i by a copy of body.  After until it is answered 503: whoever made it has stopped
 * doing so.  ERR_NO_MEMORY leaves the former page. */
enum tbc_err tbc_http_set(struct tbc_http *http, size_t i, unsigned status,
                          struct tbc_span body, struct tbc_mono until) TBC_MUST_CHECK;

#endif
