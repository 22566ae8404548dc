#include "sys/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* For this process?  Without WATCHDOG_PID it is for anyone. */
static int64_t
patience_ms(const char *usec, const char *pid)
{
    char *end = NULL;
    long long us;

    if (usec == NULL ||
        (pid != NULL && strtoll(pid, NULL, 10) != (long long)getpid())) {
        return 0;
    }
    us = strtoll(usec, &end, 10);
    return end == usec || *end != '\0' || us < 0 ? 0 : (int64_t)us / 1000;
}

void
tbc_notify_open(struct tbc_notify *n, const char *address, const char *watchdog_usec,
                const char *watchdog_pid)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    size_t len = address == NULL ? 0 : strlen(address);

    *n = (struct tbc_notify){ 0 };
    if (len < 2 || len >= sizeof to.sun_path ||
        (address[0] != '/' && address[0] != '@')) {
        return;
    }
    memcpy(to.sun_path, address, len);
    if (address[0] == '@') {
        to.sun_path[0] = '\0';
    }
    n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (n->fd < 0) {
        return;
    }
    if (connect(n->fd, (const struct sockaddr *)&to,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) != 0) {
        (void)close(n->fd);
        return;
    }
    n->open = true;
    n->watchdog_ms = patience_ms(watchdog_usec, watchdog_pid);
}

void
tbc_notify_say(struct tbc_notify *n, const char *lines)
{
    if (n->open) {
        (void)send(n->fd, lines, strlen(lines), MSG_NOSIGNAL);
    }
}

void
tbc_notify_turn(struct tbc_notify *n, struct tbc_mono now)
{
    if (n->watchdog_ms > 0 && now.ms >= n->next.ms) {
        n->next.ms = now.ms + n->watchdog_ms / 2;
        tbc_notify_say(n, "WATCHDOG=1");
    }
}

void
tbc_notify_fini(struct tbc_notify *n)
{
    if (n->open) {
        (void)close(n->fd);
    }
    *n = (struct tbc_notify){ 0 };
}
