/* The health server against everything that a socket can bring. */
#include "net/http.h"
#include "suite.h"
#include "sys/clock.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_MS 5000

static const struct tbc_http_page pages[] = { { "/healthz", "text/plain" },
                                              { "/old", "text/plain" } };

static struct tbc_http *
raise_http(void)
{
    const struct tbc_mono now = tbc_clock_mono();
    struct tbc_http *h = NULL;

    if (tbc_http_open(&h, "127.0.0.1:0", pages, 2) != TBC_OK ||
        tbc_http_set(h, 0, 200, tbc_span_str("turning\n"),
                     (struct tbc_mono){ now.ms + 600000 }) != TBC_OK ||
        tbc_http_set(h, 1, 200, tbc_span_str("old\n"),
                     (struct tbc_mono){ now.ms - 1 }) != TBC_OK) {
        exit(2);
    }
    return h;
}

static int
dial(const struct tbc_http *h)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)signal(SIGPIPE, SIG_IGN);
    at.sin_port =
        htons((uint16_t)strtoul(strrchr(tbc_http_address(h), ':') + 1, NULL, 10));
    (void)inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&at, sizeof at) != 0) {
        exit(2);
    }
    return fd;
}

/* All that comes until the other side closes; false when it does not. */
static bool
read_all(int fd, char *out, size_t size)
{
    size_t n = 0;

    for (;;) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        ssize_t got;

        if (poll(&p, 1, WAIT_MS) <= 0) {
            out[n] = '\0';
            return false;
        }
        got = read(fd, out + n, size - 1 - n);
        if (got <= 0) {
            out[n] = '\0';
            return true;
        }
        n += (size_t)got;
    }
}

/* The status of the one reply to these bytes; 0: closed without a word; -1: kept open; -2: more
 * than one reply. */
static int
status_of(const struct tbc_http *h, const void *bytes, size_t len, char *reply,
          size_t size)
{
    const char *more;
    int fd = dial(h);
    int status = 0;

    if (send(fd, bytes, len, MSG_NOSIGNAL) != (ssize_t)len) {
        (void)close(fd);
        return 0;
    }
    if (!read_all(fd, reply, size)) {
        (void)close(fd);
        return -1;
    }
    (void)close(fd);
    if (strncmp(reply, "HTTP/1.1 ", 9) == 0 || strncmp(reply, "HTTP/1.0 ", 9) == 0) {
        status = (int)strtol(reply + 9, NULL, 10);
    }
    /* libmicrohttpd 0.9.75 says the head of its own refusals twice; that is no second answer */
    more = status == 0 ? NULL : strstr(reply + 9, "HTTP/1.1 ");
    return more != NULL && strncmp(reply, more, 13) != 0 ? -2 : status;
}

#define ROW(status, text)             \
    {                                 \
        status, text, sizeof text - 1 \
    }
#define GET "GET /healthz HTTP/1.1\r\n"
#define OUR GET "Host: localhost\r\n"

static void
each_form_of_request_has_its_answer(void)
{
    static const struct {
        int status;
        const char *bytes;
        size_t len;
    } rows[] = {
        ROW(200, OUR "\r\n"),
        ROW(200, GET "Host: 127.0.0.1:7780\r\n\r\n"),
        ROW(200, GET "Host: [::1]:7780\r\n\r\n"),
        ROW(200, GET "host: LOCALHOST:1\r\n\r\n"),
        ROW(200, "HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ROW(200, OUR "Content-Length: 0\r\n\r\n"),
        ROW(503, "GET /old HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ROW(404, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ROW(404, "GET /healthz/ HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ROW(404, "GET /../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ROW(404, "GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ROW(405, "POST /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ROW(405, "DELETE /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ROW(405, "get /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        /* names of the web, DNS rebinding */
        ROW(403, GET "Host: evil.example\r\n\r\n"),
        ROW(403, GET "Host: localhost.evil.example\r\n\r\n"),
        ROW(403, GET "Host: 127.0.0.1.evil.example\r\n\r\n"),
        ROW(403, GET "Host: localhost:\r\n\r\n"),
        ROW(403, GET "Host: localhost:99999\r\n\r\n"),
        ROW(403, GET "Host:\r\n\r\n"),
        ROW(403, OUR "Origin: http://evil.example\r\n\r\n"),
        /* one request posing as two */
        ROW(400, GET "\r\n"),
        ROW(400, OUR "Host: localhost\r\n\r\n"),
        ROW(400, OUR "Content-Length: 5\r\n\r\nabcde"),
        ROW(400, OUR "Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde"),
        ROW(400, OUR "Content-Length: +0\r\n\r\n"),
        ROW(400, OUR "Content-Length: 0, 0\r\n\r\n"),
        ROW(400, OUR "Content-Length: -1\r\n\r\n"),
        ROW(413, OUR "Content-Length: 99999999999999999999999\r\n\r\n"),
        ROW(400, OUR "Content-Length : 0\r\n\r\n"),
        ROW(400, OUR "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ROW(400,
            OUR "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
        ROW(400, OUR "Transfer-Encoding: xchunked\r\n\r\n"),
        ROW(400, OUR "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        ROW(400, OUR "Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n"),
        ROW(400, OUR "X Y: z\r\n\r\n"),
        ROW(400, GET " Host: localhost\r\n\r\n"),
        ROW(200, OUR "\r\nGET /old HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        /* no HTTP */
        ROW(400, "some rubbish here\r\n\r\n"),
        ROW(400, "GET /healthz\r\n\r\n"),
        ROW(505, "GET /healthz HTTP/3.7\r\nHost: localhost\r\n\r\n"),
        ROW(400, GET "Host: localhost\r\nno colon\r\n\r\n"),
    };
    struct tbc_http *h = raise_http();
    static char reply[8192];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int got = status_of(h, rows[i].bytes, rows[i].len, reply, sizeof reply);

        if (got != rows[i].status) {
            (void)fprintf(stderr, "row %zu: wanted %d, got %d: %s\n", i, rows[i].status,
                          got, rows[i].bytes);
        }
        CU_ASSERT_EQUAL(got, rows[i].status);
        CU_ASSERT(got <= 0 || strcasestr(reply, "\r\nConnection: close") != NULL);
    }
    tbc_http_close(&h);
}

static void
more_headers_than_allowed_are_refused(void)
{
    struct tbc_http *h = raise_http();
    static char request[3 * TBC_HTTP_HEADER_MAX];
    static char reply[8192];
    int status;

    (void)snprintf(request, sizeof request, "%sX: %0*d\r\n\r\n", OUR,
                   2 * TBC_HTTP_HEADER_MAX, 0);
    status = status_of(h, request, strlen(request), reply, sizeof reply);
    CU_ASSERT(status == 431 || status == 413 || status == 0);
    (void)snprintf(request, sizeof request,
                   "GET /%0*d HTTP/1.1\r\nHost: localhost\r\n\r\n",
                   2 * TBC_HTTP_HEADER_MAX, 0);
    status = status_of(h, request, strlen(request), reply, sizeof reply);
    CU_ASSERT(status == 414 || status == 431 || status == 0);
    tbc_http_close(&h);
}

static void
a_request_cut_anywhere_hurts_nobody(void)
{
    static const char whole[] = OUR "Accept: */*\r\n\r\n";
    struct tbc_http *h = raise_http();
    static char reply[8192];

    for (size_t n = 0; n < sizeof whole - 1; n += 3) {
        int fd = dial(h);

        CU_ASSERT_EQUAL(send(fd, whole, n, MSG_NOSIGNAL), (ssize_t)n);
        (void)close(fd);
    }
    CU_ASSERT_EQUAL(status_of(h, whole, sizeof whole - 1, reply, sizeof reply), 200);
    tbc_http_close(&h);
}

static void
slow_clients_cost_the_others_nothing(void)
{
    struct tbc_http *h = raise_http();
    static char reply[8192];
    int slow[4 * TBC_HTTP_CLIENTS];

    for (size_t i = 0; i < sizeof slow / sizeof *slow; i++) {
        slow[i] = dial(h);
        CU_ASSERT_EQUAL(send(slow[i], "GET /he", 7, MSG_NOSIGNAL), 7);
    }
    for (int i = 0; i < 20; i++) {
        int64_t from_us = tbc_clock_us();

        CU_ASSERT_EQUAL(status_of(h, OUR "\r\n", sizeof OUR + 1, reply, sizeof reply),
                        200);
        CU_ASSERT(tbc_clock_us() - from_us < 2000000);
    }
    /* the first of them have lost their places */
    CU_ASSERT(read_all(slow[0], reply, sizeof reply));
    for (size_t i = 0; i < sizeof slow / sizeof *slow; i++) {
        (void)close(slow[i]);
    }
    tbc_http_close(&h);
}

static void
a_page_is_replaced_whole(void)
{
    struct tbc_http *h = raise_http();
    const struct tbc_mono later = { tbc_clock_mono().ms + 600000 };
    static char reply[8192];

    CU_ASSERT_EQUAL(tbc_http_set(h, 0, 503, tbc_span_str("{}\n"), later), TBC_OK);
    CU_ASSERT_EQUAL(status_of(h, OUR "\r\n", sizeof OUR + 1, reply, sizeof reply), 503);
    CU_ASSERT_PTR_NOT_NULL(strstr(reply, "\r\n\r\n{}\n"));
    CU_ASSERT_EQUAL(tbc_http_set(h, 7, 200, tbc_span_str(""), later), TBC_ERR_RANGE);
    tbc_http_close(&h);
}

static void
addresses_are_judged(void)
{
    static const char *const good[] = { "127.0.0.1:0", "0.0.0.0:65535", "[::1]:7780" };
    static const char *const bad[] = {
        "",           "127.0.0.1",   "127.0.0.1:70000", ":7780",   "localhost:1",
        "127.0.0.1:", "127.0.0.1:x", "[::1:7780",       "1.2.3:4", "127.0.0.1:-1"
    };
    struct tbc_http *first = raise_http();
    struct tbc_http *second = NULL;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CU_ASSERT(tbc_http_address_is_valid(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_FALSE(tbc_http_address_is_valid(bad[i]));
        CU_ASSERT_EQUAL(tbc_http_open(&second, bad[i], pages, 2), TBC_ERR_MALFORMED);
    }
    CU_ASSERT_EQUAL(tbc_http_open(&second, tbc_http_address(first), pages, 2),
                    TBC_ERR_EXISTS);
    CU_ASSERT_PTR_NULL(second);
    tbc_http_close(&first);
    tbc_http_close(&first);
}

TBC_SUITE("net/http", TEST(each_form_of_request_has_its_answer),
          TEST(more_headers_than_allowed_are_refused),
          TEST(a_request_cut_anywhere_hurts_nobody),
          TEST(slow_clients_cost_the_others_nothing), TEST(a_page_is_replaced_whole),
          TEST(addresses_are_judged))
