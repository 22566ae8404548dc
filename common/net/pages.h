/* The pages that every program of ours has over HTTP: is it alive, can it work, what did it do.  The main
 * loop makes the texts, each second or so. */
#ifndef TBC_NET_PAGES_H
#define TBC_NET_PAGES_H

#include "base/buf.h"
#include "net/http.h"

#define TBC_PAGES_FRESH_MS \
    10000 /* after that without a turn of the loop, a page is 503 */

enum tbc_page {
    TBC_PAGE_HEALTHZ, /* "/healthz", plain text */
    TBC_PAGE_READYZ,  /* "/readyz", JSON: base/ills.h */
    TBC_PAGE_METRICS, /* "/metrics", Prometheus: base/metrics.h */
    TBC_PAGES_N
};

/* As tbc_http_open, with these pages. */
enum tbc_err tbc_pages_open(struct tbc_http **http, const char *address) TBC_MUST_CHECK;

/* Replace a page for TBC_PAGES_FRESH_MS; text is empty afterwards.  What does not succeed is logged and
 * leaves the former page, until that is too old. */
void tbc_pages_set(struct tbc_http *http, enum tbc_page page, unsigned status,
                   struct tbc_buf *text);

#endif
