#include "manager.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS 10000

void
tbc_manager_open(struct tbc_manager *m)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };

    (void)snprintf(m->path, sizeof m->path, "/tmp/tbc-notify-%d", (int)getpid());
    (void)snprintf(at.sun_path, sizeof at.sun_path, "%s", m->path);
    (void)unlink(m->path);
    m->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (m->fd < 0 || bind(m->fd, (const struct sockaddr *)&at, sizeof at) != 0 ||
        setenv("NOTIFY_SOCKET", m->path, 1) != 0 ||
        setenv("WATCHDOG_USEC", "400000", 1) != 0) {
        perror(m->path);
        exit(2);
    }
}

void
tbc_manager_turn_away(void)
{
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
}

static long long
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

bool
tbc_manager_hears(struct tbc_manager *m, const char *what)
{
    const long long end = now_ms() + WAIT_MS;

    while (now_ms() < end) {
        struct pollfd p = { .fd = m->fd, .events = POLLIN };
        char text[1024];
        ssize_t n;

        if (poll(&p, 1, WAIT_MS) > 0 &&
            (n = recv(m->fd, text, sizeof text - 1, 0)) > 0) {
            text[n] = '\0';
            if (strstr(text, what) != NULL) {
                return true;
            }
        }
    }
    return false;
}

void
tbc_manager_close(struct tbc_manager *m)
{
    tbc_manager_turn_away();
    (void)close(m->fd);
    (void)unlink(m->path);
}
