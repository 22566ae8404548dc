#include "net/https.h"

#include "sys/clock.h"
#include "sys/log.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_MAX 16

struct transfer {
    CURL *easy; /* NULL: free */
    uint64_t id;
    struct tbc_buf asked;
    struct tbc_buf answer;
    bool too_long;
    bool done;
    CURLcode code;
};

struct tbc_https {
    struct tbc_https_options options;
    char *texts[4]; /* copies of the option's texts */
    CURLM *multi;
    struct curl_slist *headers;
    int epoll;
    int64_t due_ms; /* when libcurl wants to be called; -1: not */
    uint64_t last_id;
    struct transfer transfers[TBC_HTTPS_ASKED_MAX];
    struct transfer *given; /* its body is borrowed */
};

/* What libcurl wants to know of a socket goes straight into epoll. */
static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    struct tbc_https *h = arg;
    struct epoll_event event = { .data.fd = fd };

    (void)easy;
    (void)known;
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(h->epoll, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    event.events = ((what & CURL_POLL_IN) != 0 ? (uint32_t)EPOLLIN : 0) |
                   ((what & CURL_POLL_OUT) != 0 ? (uint32_t)EPOLLOUT : 0);
    if (epoll_ctl(h->epoll, EPOLL_CTL_MOD, fd, &event) != 0) {
        (void)epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &event);
    }
    return 0;
}

static int
on_timer(CURLM *multi, long ms, void *arg)
{
    struct tbc_https *h = arg;

    (void)multi;
    h->due_ms = ms < 0 ? -1 : tbc_clock_mono().ms + ms;
    return 0;
}

static size_t
on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;

    if (size * n > TBC_HTTPS_ANSWER_MAX - t->answer.len) {
        t->too_long = true;
        return 0;
    }
    return tbc_buf_append(&t->answer, bytes, size * n) == TBC_OK ? size * n : 0;
}

static bool
copy_texts(struct tbc_https *h, const struct tbc_https_options *o)
{
    const char *const from[] = { o->url, o->ca, o->cert, o->key };

    for (size_t i = 0; i < 4; i++) {
        if (from[i] != NULL && (h->texts[i] = strdup(from[i])) == NULL) {
            return false;
        }
    }
    h->options = (struct tbc_https_options){ .url = h->texts[0],
                                             .ca = h->texts[1],
                                             .cert = h->texts[2],
                                             .key = h->texts[3],
                                             .timeout_ms = o->timeout_ms };
    return true;
}

enum tbc_err
tbc_https_open(struct tbc_https **https, const struct tbc_https_options *options)
{
    struct tbc_https *h;

    *https = NULL;
    if (strncmp(options->url, "https://", 8) != 0 || options->ca == NULL) {
        return TBC_ERR_MALFORMED;
    }
    if ((h = calloc(1, sizeof *h)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    h->due_ms = -1;
    h->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (h->epoll < 0 || !copy_texts(h, options) ||
        curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (h->multi = curl_multi_init()) == NULL ||
        (h->headers = curl_slist_append(NULL, "Content-Type: application/json")) ==
            NULL) {
        tbc_https_close(&h);
        return TBC_ERR_NO_MEMORY;
    }
    (void)curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    (void)curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    (void)curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    (void)curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    *https = h;
    return TBC_OK;
}

static void
end_transfer(struct tbc_https *h, struct transfer *t)
{
    if (t->easy != NULL) {
        (void)curl_multi_remove_handle(h->multi, t->easy);
        curl_easy_cleanup(t->easy);
    }
    tbc_buf_fini(&t->asked);
    tbc_buf_fini(&t->answer);
    *t = (struct transfer){ 0 };
}

void
tbc_https_close(struct tbc_https **https)
{
    struct tbc_https *h = *https;

    *https = NULL;
    if (h == NULL) {
        return;
    }
    for (size_t i = 0; i < TBC_HTTPS_ASKED_MAX; i++) {
        end_transfer(h, &h->transfers[i]);
    }
    if (h->multi != NULL) {
        (void)curl_multi_cleanup(h->multi);
    }
    curl_slist_free_all(h->headers);
    for (size_t i = 0; i < 4; i++) {
        free(h->texts[i]);
    }
    if (h->epoll >= 0) {
        (void)close(h->epoll);
    }
    free(h);
}

/* Everything that decides whom we believe stands here. */
static bool
set_trust(CURL *e, const struct tbc_https_options *o)
{
    return curl_easy_setopt(e, CURLOPT_URL, o->url) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_CAINFO, o->ca) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_CAPATH, NULL) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ==
               CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           (o->cert == NULL ||
            (curl_easy_setopt(e, CURLOPT_SSLCERT, o->cert) == CURLE_OK &&
             curl_easy_setopt(e, CURLOPT_SSLKEY, o->key) == CURLE_OK));
}

static bool
set_request(CURL *e, const struct tbc_https *h, struct transfer *t)
{
    return curl_easy_setopt(e, CURLOPT_HTTPHEADER, h->headers) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE, (long)t->asked.len) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_POSTFIELDS, t->asked.ptr) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_WRITEDATA, t) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PRIVATE, t) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, h->options.timeout_ms) == CURLE_OK;
}

enum tbc_err
tbc_https_post(struct tbc_https *https, struct tbc_span body, uint64_t *id)
{
    struct transfer *t = https->transfers;
    struct transfer *const end = t + TBC_HTTPS_ASKED_MAX;

    *id = 0;
    while (t < end && t->easy != NULL) {
        t++;
    }
    if (t == end) {
        return TBC_ERR_BUSY;
    }
    t->easy = curl_easy_init();
    if (t->easy == NULL || tbc_buf_append_span(&t->asked, body) != TBC_OK ||
        !set_trust(t->easy, &https->options) || !set_request(t->easy, https, t) ||
        curl_multi_add_handle(https->multi, t->easy) != CURLM_OK) {
        end_transfer(https, t);
        return TBC_ERR_NO_MEMORY;
    }
    t->id = *id = ++https->last_id;
    return TBC_OK;
}

int
tbc_https_fd(const struct tbc_https *https)
{
    return https->epoll;
}

int
tbc_https_wait_ms(const struct tbc_https *https)
{
    int64_t left;

    if (https->due_ms < 0) {
        return -1;
    }
    left = https->due_ms - tbc_clock_mono().ms;
    return left < 0 ? 0 : (int)(left < 60000 ? left : 60000);
}

static void
collect(struct tbc_https *h)
{
    CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(h->multi, &left)) != NULL) {
        struct transfer *t = NULL;

        if (m->msg == CURLMSG_DONE &&
            curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t) ==
                CURLE_OK &&
            t != NULL) {
            t->done = true;
            t->code = m->data.result;
        }
    }
}

void
tbc_https_step(struct tbc_https *https)
{
    struct epoll_event events[EVENTS_MAX];
    int running;
    int n = epoll_wait(https->epoll, events, EVENTS_MAX, 0);

    for (int i = 0; i < n; i++) {
        const int what =
            ((events[i].events & (uint32_t)EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
            ((events[i].events & (uint32_t)EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
            ((events[i].events & (uint32_t)(EPOLLERR | EPOLLHUP)) != 0
                 ? CURL_CSELECT_ERR
                 : 0);

        (void)curl_multi_socket_action(https->multi, events[i].data.fd, what, &running);
    }
    if (tbc_https_wait_ms(https) == 0) {
        https->due_ms = -1;
        (void)curl_multi_socket_action(https->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    collect(https);
}

static enum tbc_err
err_of(const struct transfer *t)
{
    if (t->too_long) {
        return TBC_ERR_LIMIT;
    }
    switch ((int)t->code) {
    case CURLE_OK:
        return TBC_OK;
    case CURLE_OPERATION_TIMEDOUT:
        return TBC_ERR_TIMEOUT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
        return TBC_ERR_DENIED;
    default:
        return TBC_ERR_NETWORK;
    }
}

bool
tbc_https_next(struct tbc_https *https, struct tbc_https_answer *answer)
{
    *answer = (struct tbc_https_answer){ 0 };
    if (https->given != NULL) {
        end_transfer(https, https->given);
        https->given = NULL;
    }
    for (size_t i = 0; i < TBC_HTTPS_ASKED_MAX; i++) {
        struct transfer *t = &https->transfers[i];

        if (t->done) {
            answer->id = t->id;
            answer->err = err_of(t);
            answer->body = tbc_buf_span(&t->answer);
            (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &answer->status);
            https->given = t;
            return true;
        }
    }
    return false;
}
