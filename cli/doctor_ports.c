/* Whether the addresses of the configuration are free, while no station runs. */
#include "doctor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* tcp://127.0.0.1:7710 or 127.0.0.1:7780.  False for what is not a numeric IPv4 address with a
 * port of its own: nothing can be said of those. */
static bool
parse(const char *text, struct sockaddr_in *at)
{
    const char *host = strncmp(text, "tcp://", 6) == 0 ? text + 6 : text;
    const char *colon = strrchr(host, ':');
    char numeric[64];
    unsigned long port = colon == NULL ? 0 : strtoul(colon + 1, NULL, 10);

    *at = (struct sockaddr_in){ .sin_family = AF_INET };
    if (port == 0 || port > UINT16_MAX ||
        (size_t)snprintf(numeric, sizeof numeric, "%.*s", (int)(colon - host), host) >=
            sizeof numeric) {
        return false;
    }
    at->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, numeric, &at->sin_addr) == 1;
}

/* 0, or why one cannot listen there. */
static int
try_address(const struct sockaddr_in *at)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int one = 1;
    int number = 0;

    if (fd < 0) {
        return errno;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (const struct sockaddr *)at, sizeof *at) != 0) {
        number = errno;
    }
    (void)close(fd);
    return number;
}

void
doctor_look_at_ports(struct doctor *d)
{
    const char *const addresses[] = { d->front, d->feed, d->http };
    size_t free_n = 0;

    if (d->runs) {
        return;
    }
    for (size_t i = 0; i < CLI_COUNT(addresses); i++) {
        struct sockaddr_in at;
        int number;

        if (!parse(addresses[i], &at)) {
            continue;
        }
        if ((number = try_address(&at)) == 0) {
            free_n++;
        } else {
            doctor_add(d, DOCTOR_FAIL, "ports", "ss -ltnp says which program has it",
                       "%s: %s", addresses[i], strerror(number));
        }
    }
    if (free_n > 0) {
        doctor_add(d, DOCTOR_OK, "ports", "", "%zu are free for it", free_n);
    }
}
