#include "modbus_device.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WRITE_COIL 5 /* function code */

static void
answer(struct modbus_device *d, const uint8_t *request, int len)
{
    bool is_write = request[modbus_get_header_length(d->modbus)] == WRITE_COIL;
    uint8_t was[MODBUS_DEVICE_POINTS];

    (void)pthread_mutex_lock(&d->lock);
    d->writes_n += is_write ? 1 : 0;
    switch (d->mood) {
    case MODBUS_SILENT:
        break;
    case MODBUS_REFUSES:
        (void)modbus_reply_exception(d->modbus, request,
                                     MODBUS_EXCEPTION_ILLEGAL_DATA_ADDRESS);
        break;
    case MODBUS_STUCK:
        memcpy(was, d->map->tab_bits, sizeof was);
        (void)modbus_reply(d->modbus, request, len, d->map);
        memcpy(d->map->tab_bits, was, sizeof was);
        break;
    case MODBUS_OBEYS:
        (void)modbus_reply(d->modbus, request, len, d->map);
        break;
    }
    (void)pthread_cond_broadcast(&d->news);
    (void)pthread_mutex_unlock(&d->lock);
}

static void
accept_master(struct modbus_device *d)
{
    if (d->line >= 0) {
        close(d->line);
    }
    d->line = accept(d->listens, NULL, NULL);
    (void)modbus_set_socket(d->modbus, d->line);
}

static void
serve(struct modbus_device *d)
{
    uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
    int len = modbus_receive(d->modbus, request);

    if (len > 0) {
        answer(d, request, len);
    } else if (len < 0 && d->listens >= 0) {
        close(d->line);
        d->line = -1;
    }
}

static void *
run(void *arg)
{
    struct modbus_device *d = arg;

    for (;;) {
        struct pollfd fds[] = {
            { .fd = d->wake[0], .events = POLLIN },
            { .fd = d->listens, .events = POLLIN },
            { .fd = d->line, .events = POLLIN },
        };

        if (poll(fds, sizeof fds / sizeof *fds, -1) < 0 || fds[0].revents != 0) {
            return NULL;
        }
        if (fds[1].revents != 0) {
            accept_master(d);
        } else if (fds[2].revents != 0) {
            serve(d);
        }
    }
}

static bool
start(struct modbus_device *d)
{
    pthread_condattr_t attr;

    d->map = modbus_mapping_new(MODBUS_DEVICE_POINTS, MODBUS_DEVICE_POINTS, 0, 0);
    (void)pthread_mutex_init(&d->lock, NULL);
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&d->news, &attr);
    (void)pthread_condattr_destroy(&attr);
    return d->map != NULL && pipe2(d->wake, O_CLOEXEC) == 0 &&
           pthread_create(&d->thread, NULL, run, d) == 0;
}

bool
modbus_device_start_tcp(struct modbus_device *d, int port)
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;

    (void)signal(SIGPIPE, SIG_IGN);
    *d = (struct modbus_device){ .listens = -1, .line = -1 };
    d->modbus = modbus_new_tcp("127.0.0.1", port);
    d->listens = d->modbus == NULL ? -1 : modbus_tcp_listen(d->modbus, 4);
    if (d->listens < 0 || getsockname(d->listens, (struct sockaddr *)&at, &len) != 0) {
        return false;
    }
    d->port = ntohs(at.sin_port);
    return start(d);
}

bool
modbus_device_start_rtu(struct modbus_device *d, int unit)
{
    const char *name;

    *d = (struct modbus_device){ .listens = -1, .line = -1 };
    d->line = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (d->line < 0 || grantpt(d->line) != 0 || unlockpt(d->line) != 0 ||
        (name = ptsname(d->line)) == NULL) {
        return false;
    }
    (void)snprintf(d->tty, sizeof d->tty, "%s", name);
    d->modbus = modbus_new_rtu(d->tty, 115200, 'N', 8, 1);
    return d->modbus != NULL && modbus_set_slave(d->modbus, unit) == 0 &&
           modbus_set_socket(d->modbus, d->line) == 0 && start(d);
}

void
modbus_device_stop(struct modbus_device *d)
{
    (void)close(d->wake[1]); /* the thread sees its end */
    (void)pthread_join(d->thread, NULL);
    (void)close(d->wake[0]);
    if (d->line >= 0) {
        (void)close(d->line);
    }
    if (d->listens >= 0) {
        (void)close(d->listens);
    }
    modbus_mapping_free(d->map);
    modbus_free(d->modbus);
    (void)pthread_mutex_destroy(&d->lock);
    (void)pthread_cond_destroy(&d->news);
}

void
modbus_device_be(struct modbus_device *d, enum modbus_mood mood)
{
    (void)pthread_mutex_lock(&d->lock);
    d->mood = mood;
    (void)pthread_mutex_unlock(&d->lock);
}

static void
put(struct modbus_device *d, uint8_t *table, int address, bool on)
{
    (void)pthread_mutex_lock(&d->lock);
    table[address] = on ? 1 : 0;
    (void)pthread_mutex_unlock(&d->lock);
}

void
modbus_device_put_input(struct modbus_device *d, int address, bool on)
{
    put(d, d->map->tab_input_bits, address, on);
}

void
modbus_device_put_coil(struct modbus_device *d, int address, bool on)
{
    put(d, d->map->tab_bits, address, on);
}

bool
modbus_device_coil(struct modbus_device *d, int address)
{
    bool on;

    (void)pthread_mutex_lock(&d->lock);
    on = d->map->tab_bits[address] != 0;
    (void)pthread_mutex_unlock(&d->lock);
    return on;
}

bool
modbus_device_becomes(struct modbus_device *d, int address, bool on, int wait_ms)
{
    struct timespec until;
    bool is_so;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_mutex_lock(&d->lock);
    while (!(is_so = (d->map->tab_bits[address] != 0) == on) &&
           pthread_cond_timedwait(&d->news, &d->lock, &until) == 0) {
    }
    (void)pthread_mutex_unlock(&d->lock);
    return is_so;
}
