#include "net/http.h"

#include "base/buf.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define PLACES  ((size_t)TBC_HTTP_CLIENTS * 2) /* MHD's own limit: never reached */
#define BACKLOG 16

struct page {
    const char *path;
    const char *type;
    unsigned status;
    struct tbc_buf body;
    struct tbc_mono until;
};

struct client {
    int fd;
    uint64_t number; /* of its connection; 0: free */
};

struct tbc_http {
    struct MHD_Daemon *daemon;
    char address[TBC_HTTP_ADDRESS_MAX + 1];
    pthread_mutex_t lock; /* of pages */
    struct page pages[TBC_HTTP_PAGES_MAX];
    size_t pages_n;
    /* of the thread alone */
    struct client clients[PLACES];
    uint64_t connections;
};

union socket_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* ADDRESS:PORT into a socket address; its length, 0 when it is none. */
static socklen_t
parse(const char *text, union socket_address *out)
{
    const char *colon = strrchr(text, ':');
    char host[TBC_HTTP_ADDRESS_MAX + 1];
    size_t len = colon == NULL ? 0 : (size_t)(colon - text);
    char *end = NULL;
    unsigned long port;

    memset(out, 0, sizeof *out);
    if (len == 0 || len >= sizeof host || strlen(text) > TBC_HTTP_ADDRESS_MAX ||
        colon[1] < '0' || colon[1] > '9') {
        return 0;
    }
    port = strtoul(colon + 1, &end, 10);
    if (*end != '\0' || port > UINT16_MAX) {
        return 0;
    }
    memcpy(host, text, len);
    host[len] = '\0';
    if (host[0] == '[' && host[len - 1] == ']') {
        host[len - 1] = '\0';
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, host + 1, &out->v6.sin6_addr) == 1 ? sizeof out->v6
                                                                      : 0;
    }
    out->v4.sin_family = AF_INET;
    out->v4.sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &out->v4.sin_addr) == 1 ? sizeof out->v4 : 0;
}

bool
tbc_http_address_is_valid(const char *address)
{
    union socket_address at;

    return parse(address, &at) != 0;
}

/* "localhost" or a numeric address, with or without a port: names of the web are others. */
static bool
is_our_host(const char *host)
{
    char text[TBC_HTTP_ADDRESS_MAX + 1];
    const char *close = strrchr(host, ']');
    const char *colon = strchr(close == NULL ? host : close, ':');
    union socket_address at;

    if (strncasecmp(host, "localhost", 9) == 0 && (host[9] == '\0' || host[9] == ':')) {
        (void)snprintf(text, sizeof text, "127.0.0.1%s", colon == NULL ? ":0" : colon);
    } else if ((size_t)snprintf(text, sizeof text, "%s%s", host,
                                colon == NULL ? ":0" : "") >= sizeof text) {
        return false;
    }
    return parse(text, &at) != 0;
}

/* What the headers of a request amount to. */
struct seen {
    size_t hosts;
    const char *host;
    const char *origin;
    bool malformed;
};

/* RFC 9110 sec. 5.6.2: a name with a blank before its colon is how requests are smuggled. */
static bool
is_token(const char *name)
{
    return *name != '\0' &&
           strspn(name, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(name);
}

static enum MHD_Result
see_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct seen *s = arg;

    (void)kind;
    value = value == NULL ? "" : value;
    if (!is_token(name) || strcasecmp(name, "Transfer-Encoding") == 0 ||
        (strcasecmp(name, "Content-Length") == 0 && strcmp(value, "0") != 0)) {
        s->malformed = true;
    } else if (strcasecmp(name, "Host") == 0) {
        s->hosts++;
        s->host = value;
    } else if (strcasecmp(name, "Origin") == 0) {
        s->origin = value;
    }
    return MHD_YES;
}

struct refusal {
    unsigned status; /* 0: none */
    const char *why;
};

static struct refusal
judge(struct MHD_Connection *c, const char *method)
{
    struct seen s = { 0 };

    (void)MHD_get_connection_values(c, MHD_HEADER_KIND, see_header, &s);
    if (s.malformed) {
        return (struct refusal){ 400, "no bodies, and no tricks with them\n" };
    }
    if (s.hosts != 1) {
        return (struct refusal){ 400, "one Host is wanted\n" };
    }
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        return (struct refusal){ 405, "only GET and HEAD\n" };
    }
    if (!is_our_host(s.host) || s.origin != NULL) {
        return (struct refusal){ 403, "not under that name\n" };
    }
    return (struct refusal){ 0 };
}

static enum MHD_Result
send_text(struct MHD_Connection *c, unsigned status, const char *type,
          struct tbc_span body)
{
    static const char *const headers[][2] = {
        { "Connection", "close" },
        { "Cache-Control", "no-store" },
        { "X-Content-Type-Options", "nosniff" },
        { "Content-Security-Policy", "default-src 'none'" },
    };
    union {
        const void *from;
        void *to;
    } bytes = { .from = body.ptr }; /* MHD copies, though it does not say const */
    struct MHD_Response *r =
        MHD_create_response_from_buffer(body.len, bytes.to, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result = MHD_NO;
    bool ok = r != NULL && MHD_add_response_header(r, "Content-Type", type) == MHD_YES;

    for (size_t i = 0; ok && i < sizeof headers / sizeof *headers; i++) {
        ok = MHD_add_response_header(r, headers[i][0], headers[i][1]) == MHD_YES;
    }
    if (ok && status == 405) {
        ok = MHD_add_response_header(r, "Allow", "GET, HEAD") == MHD_YES;
    }
    if (ok) {
        result = MHD_queue_response(c, status, r);
    }
    if (r != NULL) {
        MHD_destroy_response(r);
    }
    return result;
}

static enum MHD_Result
send_plain(struct MHD_Connection *c, unsigned status, const char *text)
{
    return send_text(c, status, "text/plain; charset=utf-8", tbc_span_str(text));
}

static enum MHD_Result
send_page(struct tbc_http *h, struct MHD_Connection *c, const char *path)
{
    enum MHD_Result result = MHD_NO;
    bool found = false;

    (void)pthread_mutex_lock(&h->lock);
    for (size_t i = 0; i < h->pages_n && !found; i++) {
        const struct page *p = &h->pages[i];

        found = strcmp(p->path, path) == 0;
        if (found && tbc_clock_mono().ms > p->until.ms) {
            result = send_plain(c, 503, "stalled: the program does not turn\n");
        } else if (found) {
            result = send_text(c, p->status, p->type, tbc_buf_span(&p->body));
        }
    }
    (void)pthread_mutex_unlock(&h->lock);
    return found ? result : send_plain(c, 404, "no such page\n");
}

// NOLINTBEGIN(readability-function-size, readability-non-const-parameter): the library's shape
static enum MHD_Result
answer(void *arg, struct MHD_Connection *c, const char *url, const char *method,
       const char *version, const char *upload, size_t *upload_len, void **request)
{
    const struct refusal refusal = judge(c, method);

    (void)version;
    (void)upload;
    (void)upload_len;
    (void)request;
    return refusal.status != 0 ? send_plain(c, refusal.status, refusal.why)
                               : send_page(arg, c, url);
}
// NOLINTEND(readability-function-size, readability-non-const-parameter)

/* A new client takes a place; when too many have one, the oldest loses its own. */
static void
take_place(struct tbc_http *h, int fd)
{
    struct client *oldest = NULL;
    struct client *free_place = NULL;
    size_t n = 0;

    for (size_t i = 0; i < PLACES; i++) {
        struct client *it = &h->clients[i];

        if (it->number == 0) {
            free_place = it;
            continue;
        }
        n++;
        if (oldest == NULL || it->number < oldest->number) {
            oldest = it;
        }
    }
    if (n >= TBC_HTTP_CLIENTS && oldest != NULL) {
        (void)shutdown(oldest->fd, SHUT_RDWR); /* MHD notices and closes it */
        oldest->number = 0;
        free_place = free_place == NULL ? oldest : free_place;
    }
    if (free_place != NULL) {
        *free_place = (struct client){ .fd = fd, .number = ++h->connections };
    }
}

static void
notice(void *arg, struct MHD_Connection *c, void **context,
       enum MHD_ConnectionNotificationCode code)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct tbc_http *h = arg;

    (void)context;
    if (info == NULL) {
        return;
    }
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        take_place(h, info->connect_fd);
        return;
    }
    for (size_t i = 0; i < PLACES; i++) {
        if (h->clients[i].fd == info->connect_fd) {
            h->clients[i].number = 0;
        }
    }
}

static void
note_address(struct tbc_http *h, const union socket_address *at)
{
    char host[INET6_ADDRSTRLEN] = "";

    if (at->any.sa_family == AF_INET6) {
        (void)inet_ntop(AF_INET6, &at->v6.sin6_addr, host, sizeof host);
        (void)snprintf(h->address, sizeof h->address, "[%s]:%u", host,
                       ntohs(at->v6.sin6_port));
    } else {
        (void)inet_ntop(AF_INET, &at->v4.sin_addr, host, sizeof host);
        (void)snprintf(h->address, sizeof h->address, "%s:%u", host,
                       ntohs(at->v4.sin_port));
    }
}

static enum tbc_err
listen_at(struct tbc_http *h, const char *address, int *fd)
{
    union socket_address at;
    socklen_t len = parse(address, &at);
    int one = 1;
    int number;

    *fd = -1;
    if (len == 0) {
        return tbc_log_err(TBC_ERR_MALFORMED, "%s: not of the form ADDRESS:PORT",
                           address);
    }
    *fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd >= 0 && setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
        bind(*fd, &at.any, len) == 0 && listen(*fd, BACKLOG) == 0 &&
        getsockname(*fd, &at.any, &len) == 0) {
        note_address(h, &at);
        return TBC_OK;
    }
    number = errno;
    tbc_log(TBC_LOG_ERROR, "http %s: %s", address,
            number == EADDRINUSE ? "another program listens there already"
                                 : strerror(number));
    if (*fd >= 0) {
        (void)close(*fd);
    }
    return number == EADDRINUSE ? TBC_ERR_EXISTS : TBC_ERR_NETWORK;
}

static enum tbc_err
start(struct tbc_http *h, int fd)
{
    const struct MHD_OptionItem options[] = {
        { MHD_OPTION_LISTEN_SOCKET, fd, NULL },
        { MHD_OPTION_CONNECTION_LIMIT, (intptr_t)PLACES, NULL },
        { MHD_OPTION_CONNECTION_TIMEOUT, TBC_HTTP_TIMEOUT_S, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_LIMIT, TBC_HTTP_HEADER_MAX, NULL },
        { MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
        { MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)notice, h },
        { MHD_OPTION_END, 0, NULL },
    };

    h->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer,
                                 h, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    if (h->daemon == NULL) {
        (void)close(fd);
        return tbc_log_err(TBC_ERR_NETWORK, "http %s", h->address);
    }
    return TBC_OK;
}

enum tbc_err
tbc_http_open(struct tbc_http **http, const char *address,
              const struct tbc_http_page *pages, size_t n)
{
    struct tbc_http *h = calloc(1, sizeof *h);
    enum tbc_err err;
    int fd;

    *http = NULL;
    if (h == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if (n > TBC_HTTP_PAGES_MAX || pthread_mutex_init(&h->lock, NULL) != 0) {
        free(h);
        return TBC_ERR_LIMIT;
    }
    for (size_t i = 0; i < n; i++) {
        h->pages[i] = (struct page){ .path = pages[i].path,
                                     .type = pages[i].type,
                                     .until = { INT64_MIN } };
    }
    h->pages_n = n;
    if ((err = listen_at(h, address, &fd)) != TBC_OK ||
        (err = start(h, fd)) != TBC_OK) {
        tbc_http_close(&h);
        return err;
    }
    *http = h;
    return TBC_OK;
}

void
tbc_http_close(struct tbc_http **http)
{
    struct tbc_http *h = *http;

    *http = NULL;
    if (h == NULL) {
        return;
    }
    if (h->daemon != NULL) {
        MHD_stop_daemon(h->daemon);
    }
    for (size_t i = 0; i < h->pages_n; i++) {
        tbc_buf_fini(&h->pages[i].body);
    }
    (void)pthread_mutex_destroy(&h->lock);
    free(h);
}

const char *
tbc_http_address(const struct tbc_http *http)
{
    return http->address;
}

enum tbc_err
tbc_http_set(struct tbc_http *http, size_t i, unsigned status, struct tbc_span body,
             struct tbc_mono until)
{
    struct tbc_buf copy = { 0 };
    struct tbc_buf old;
    enum tbc_err err = tbc_buf_append_span(&copy, body);

    if (err != TBC_OK || i >= http->pages_n) {
        tbc_buf_fini(&copy);
        return err == TBC_OK ? TBC_ERR_RANGE : err;
    }
    (void)pthread_mutex_lock(&http->lock);
    old = http->pages[i].body;
    http->pages[i].body = copy;
    http->pages[i].status = status;
    http->pages[i].until = until;
    (void)pthread_mutex_unlock(&http->lock);
    tbc_buf_fini(&old);
    return TBC_OK;
}
