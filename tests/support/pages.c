#include "pages.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS 10000

static long long
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

int
pages_get(const char *http, const char *path, char *text, size_t size)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char request[128];
    size_t n = 0;
    ssize_t got = 1;

    at.sin_port = htons((uint16_t)strtoul(strrchr(http, ':') + 1, NULL, 10));
    (void)inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
    (void)snprintf(request, sizeof request,
                   "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    if (connect(fd, (const struct sockaddr *)&at, sizeof at) == 0 &&
        send(fd, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request)) {
        while (got > 0 && n < size - 1) {
            got = read(fd, text + n, size - 1 - n);
            n += got > 0 ? (size_t)got : 0;
        }
    }
    (void)close(fd);
    text[n] = '\0';
    return n > 12 ? (int)strtol(text + 9, NULL, 10) : 0;
}

bool
pages_say(const char *http, const char *path, int status, const char *what)
{
    static char text[65536];
    const long long end = now_ms() + WAIT_MS;

    do {
        if (pages_get(http, path, text, sizeof text) == status &&
            strstr(text, what) != NULL) {
            return true;
        }
        (void)poll(NULL, 0, 20);
    } while (now_ms() < end);
    (void)fprintf(stderr, "%s never said %d %s, but: %s\n", path, status, what, text);
    return false;
}
