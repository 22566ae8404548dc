#include "net/pages.h"

#include "sys/clock.h"
#include "sys/log.h"

static const struct tbc_http_page pages[TBC_PAGES_N] = {
    [TBC_PAGE_HEALTHZ] = { "/healthz", "text/plain; charset=utf-8" },
    [TBC_PAGE_READYZ] = { "/readyz", "application/json" },
    [TBC_PAGE_METRICS] = { "/metrics", "text/plain; version=0.0.4; charset=utf-8" },
};

enum tbc_err
tbc_pages_open(struct tbc_http **http, const char *address)
{
    return tbc_http_open(http, address, pages, TBC_PAGES_N);
}

void
tbc_pages_set(struct tbc_http *http, enum tbc_page page, unsigned status,
              struct tbc_buf *text)
{
    const struct tbc_mono until = { tbc_clock_mono().ms + TBC_PAGES_FRESH_MS };
    enum tbc_err err = tbc_buf_status(text);

    if (err == TBC_OK) {
        err = tbc_http_set(http, page, status, tbc_buf_span(text), until);
    }
    if (err != TBC_OK) {
        tbc_log(TBC_LOG_WARN, "%s: %s", pages[page].path, tbc_err_text(err));
    }
    tbc_buf_clear(text);
}
