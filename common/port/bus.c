#include "port/bus.h"

#include <errno.h>
#include <modbus.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BITS_A_BYTE 11 /* start, eight, parity or stop, stop */
#define FRAMES_LEN  18 /* request and answer, with the silence around them */

struct point {
    bool is_used;
    enum tbc_bus_table table;
    int unit;
    int address;
    bool active_low;

    bool is_driven;      /* a coil that has been told how to stand */
    bool want;           /* logical, as everything here */
    bool is_wanted;      /* not written yet */
    bool is_waited_for;  /* by tbc_bus_write; the thread clears it */
    enum tbc_err result; /* of the last write */

    bool is_known;
    struct tbc_level level;
    enum tbc_err err; /* of the last exchange */
    int64_t due_ms;   /* of the next one */
};

struct tbc_bus {
    struct tbc_port_spec spec;
    pthread_t thread;
    pthread_mutex_t
        lock;            /* over all below but the line itself, which is the thread's */
    pthread_cond_t work; /* for the thread */
    pthread_cond_t news; /* from it */
    bool stop;
    bool has_begun; /* the first connection has come or failed */
    struct point points[TBC_BUS_POINTS_MAX];

    modbus_t *line;
    bool is_connected;
    int64_t connect_ms; /* not before, unless something is to be written */
};

/* One exchange, copied out of the lock. */
struct job {
    int which;
    bool is_write;
    bool want;
    struct point at;
};

static int64_t
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct timespec
at_ms(int64_t ms)
{
    return (struct timespec){ .tv_sec = ms / 1000,
                              .tv_nsec = (long)(ms % 1000) * 1000000 };
}

/* ---- the thread's side: the line */

static void
hang_up(struct tbc_bus *bus)
{
    if (bus->is_connected) {
        modbus_close(bus->line);
        bus->is_connected = false;
    }
}

static enum tbc_err
connect_line(struct tbc_bus *bus, bool at_once)
{
    int64_t now = now_ms();

    if (bus->is_connected) {
        return TBC_OK;
    }
    if (!at_once && now < bus->connect_ms) {
        return TBC_ERR_IO;
    }
    bus->connect_ms = now + TBC_BUS_RETRY_MS;
    bus->is_connected = modbus_connect(bus->line) == 0;
    return bus->is_connected ? TBC_OK : TBC_ERR_IO;
}

/* An answer that says no leaves the line good; anything else breaks it. */
static enum tbc_err
after_failure(struct tbc_bus *bus, int code)
{
    if (code > MODBUS_ENOBASE && code < EMBBADCRC) {
        return TBC_ERR_IO;
    }
    hang_up(bus);
    return code == ETIMEDOUT ? TBC_ERR_TIMEOUT : TBC_ERR_IO;
}

static enum tbc_err
read_point(struct tbc_bus *bus, const struct point *p, bool *is_on)
{
    uint8_t bit = 0;
    int got = p->table == TBC_BUS_COIL
                  ? modbus_read_bits(bus->line, p->address, 1, &bit)
                  : modbus_read_input_bits(bus->line, p->address, 1, &bit);

    if (got != 1) {
        return after_failure(bus, errno);
    }
    *is_on = (bit != 0) != p->active_low;
    return TBC_OK;
}

static enum tbc_err
exchange_once(struct tbc_bus *bus, const struct job *job, bool *is_on)
{
    const struct point *p = &job->at;

    if (modbus_set_slave(bus->line, p->unit) != 0) {
        return TBC_ERR_IO;
    }
    if (job->is_write &&
        modbus_write_bit(bus->line, p->address, job->want != p->active_low) != 1) {
        return after_failure(bus, errno);
    }
    return read_point(bus, p, is_on);
}

/* A connection that the other side has closed meanwhile is made anew, once. */
static enum tbc_err
exchange(struct tbc_bus *bus, const struct job *job, bool *is_on)
{
    bool was_connected = bus->is_connected;
    enum tbc_err err = connect_line(bus, job->is_write);

    if (err != TBC_OK) {
        return err;
    }
    err = exchange_once(bus, job, is_on);
    if (err == TBC_ERR_IO && was_connected && !bus->is_connected &&
        connect_line(bus, true) == TBC_OK) {
        err = exchange_once(bus, job, is_on);
    }
    return err;
}

/* ---- the thread's side: what is next */

static bool
is_due(const struct point *p, int64_t now)
{
    return (p->is_used || p->is_wanted) && now >= p->due_ms;
}

/* A wish first, else the point whose time came first; -1: nothing is due. */
static int
next_point(const struct tbc_bus *bus, int64_t now)
{
    int next = -1;

    for (int i = 0; i < TBC_BUS_POINTS_MAX; i++) {
        const struct point *p = &bus->points[i];

        if (p->is_wanted && is_due(p, now)) {
            return i;
        }
        if (is_due(p, now) && (next < 0 || p->due_ms < bus->points[next].due_ms)) {
            next = i;
        }
    }
    return next;
}

static int64_t
next_ms(const struct tbc_bus *bus, int64_t now)
{
    int64_t ms = now + TBC_BUS_COIL_MS;

    for (int i = 0; i < TBC_BUS_POINTS_MAX; i++) {
        const struct point *p = &bus->points[i];

        if ((p->is_used || p->is_wanted) && p->due_ms < ms) {
            ms = p->due_ms;
        }
    }
    return ms;
}

/* What failed to come on is to go off.  False: it is wanted otherwise meanwhile, and stays so. */
static bool
note_write(struct point *p, const struct job *job, enum tbc_err err)
{
    if (p->want != job->want) {
        return false;
    }
    p->result = err;
    p->is_wanted = err != TBC_OK;
    p->is_waited_for = false;
    if (err != TBC_OK) {
        p->want = false;
    }
    return true;
}

static void
note(struct tbc_bus *bus, const struct job *job, enum tbc_err err, bool is_on)
{
    struct point *p = &bus->points[job->which];
    int period = p->table == TBC_BUS_INPUT ? TBC_BUS_INPUT_MS : TBC_BUS_COIL_MS;

    if (err == TBC_OK && (job->is_write || (p->is_driven && !p->is_wanted)) &&
        is_on != (job->is_write ? job->want : p->want)) {
        err = TBC_ERR_IO; /* it says yes, and stands otherwise */
    }
    p->due_ms = now_ms() + (err == TBC_OK ? period : TBC_BUS_RETRY_MS);
    if ((job->is_write && !note_write(p, job, err)) || p->is_waited_for) {
        p->due_ms = 0;
    }
    if (err == TBC_OK) {
        p->level.has_risen = p->level.has_risen || (is_on && !p->level.is_on);
        p->level.is_on = is_on;
    }
    p->is_known = true;
    p->err = err;
}

static bool
has_wishes(const struct tbc_bus *bus)
{
    for (int i = 0; i < TBC_BUS_POINTS_MAX; i++) {
        if (bus->points[i].is_wanted && bus->points[i].err == TBC_OK) {
            return true;
        }
    }
    return false;
}

static void
work_once(struct tbc_bus *bus)
{
    int64_t now = now_ms();
    int which = next_point(bus, now);
    struct job job = { .which = which };
    bool is_on = false;
    enum tbc_err err;

    if (which < 0) {
        struct timespec until = at_ms(next_ms(bus, now));

        (void)pthread_cond_timedwait(&bus->work, &bus->lock, &until);
        return;
    }
    job.at = bus->points[which];
    job.is_write = job.at.is_wanted;
    job.want = job.at.want;
    (void)pthread_mutex_unlock(&bus->lock);
    err = exchange(bus, &job, &is_on);
    (void)pthread_mutex_lock(&bus->lock);
    note(bus, &job, err, is_on);
    (void)pthread_cond_broadcast(&bus->news);
}

static void *
run(void *arg)
{
    struct tbc_bus *bus = arg;

    (void)connect_line(bus, true); /* a failure is told by the points */
    (void)pthread_mutex_lock(&bus->lock);
    bus->has_begun = true;
    (void)pthread_cond_broadcast(&bus->news);
    while (!bus->stop || has_wishes(bus)) {
        work_once(bus);
    }
    (void)pthread_mutex_unlock(&bus->lock);
    hang_up(bus);
    return NULL;
}

/* ---- the callers' side */

static modbus_t *
new_line(const struct tbc_port_spec *spec)
{
    int answer_ms = TBC_BUS_ANSWER_MS;
    modbus_t *line;

    if (spec->kind == TBC_PORT_MODBUS_TCP) {
        line = modbus_new_tcp_pi(spec->name, spec->service);
    } else {
        answer_ms += FRAMES_LEN * BITS_A_BYTE * 1000 / spec->baud;
        line = modbus_new_rtu(spec->name, spec->baud, spec->parity, 8, 1);
    }
    if (line != NULL &&
        (modbus_set_response_timeout(line, 0, (uint32_t)answer_ms * 1000) != 0 ||
         modbus_set_byte_timeout(line, 0, (uint32_t)answer_ms * 1000) != 0)) {
        modbus_free(line);
        line = NULL;
    }
    return line;
}

static bool
init_locks(struct tbc_bus *bus)
{
    pthread_condattr_t attr;

    if (pthread_condattr_init(&attr) != 0) {
        return false;
    }
    if (pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) != 0 ||
        pthread_mutex_init(&bus->lock, NULL) != 0) {
        (void)pthread_condattr_destroy(&attr);
        return false;
    }
    (void)pthread_cond_init(&bus->work, &attr); /* neither fails on Linux */
    (void)pthread_cond_init(&bus->news, &attr);
    (void)pthread_condattr_destroy(&attr);
    return true;
}

static void
fini_locks(struct tbc_bus *bus)
{
    (void)pthread_cond_destroy(&bus->work);
    (void)pthread_cond_destroy(&bus->news);
    (void)pthread_mutex_destroy(&bus->lock);
}

/* Signals are for the program's own thread. */
static bool
start(struct tbc_bus *bus)
{
    sigset_t all;
    sigset_t before;
    bool ok;

    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) {
        return false;
    }
    ok = pthread_create(&bus->thread, NULL, run, bus) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

/* With the lock: until news has come, or until the time is over; false then. */
static bool
wait_news(struct tbc_bus *bus, int64_t until_ms)
{
    struct timespec until = at_ms(until_ms);

    return pthread_cond_timedwait(&bus->news, &bus->lock, &until) == 0;
}

enum tbc_err
tbc_bus_open(struct tbc_bus **bus, const struct tbc_port_spec *spec)
{
    struct tbc_bus *b;
    int64_t until = now_ms() + TBC_BUS_BEGIN_MS;

    *bus = NULL;
    if (spec->kind != TBC_PORT_MODBUS_TCP && spec->kind != TBC_PORT_MODBUS_RTU) {
        return TBC_ERR_UNSUPPORTED;
    }
    b = calloc(1, sizeof *b);
    if (b == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    b->spec = *spec;
    b->line = new_line(spec);
    if (b->line == NULL || !init_locks(b)) {
        goto no_locks;
    }
    if (!start(b)) {
        goto no_thread;
    }
    (void)pthread_mutex_lock(&b->lock);
    while (!b->has_begun && wait_news(b, until)) {
    }
    (void)pthread_mutex_unlock(&b->lock);
    *bus = b;
    return TBC_OK;
no_thread:
    fini_locks(b);
no_locks:
    if (b->line != NULL) {
        modbus_free(b->line);
    }
    free(b);
    return TBC_ERR_IO;
}

void
tbc_bus_close(struct tbc_bus **bus)
{
    struct tbc_bus *b = *bus;

    if (b == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&b->lock);
    b->stop = true;
    (void)pthread_cond_broadcast(&b->work);
    (void)pthread_mutex_unlock(&b->lock);
    (void)pthread_join(b->thread, NULL);
    modbus_free(b->line);
    fini_locks(b);
    free(b);
    *bus = NULL;
}

const struct tbc_port_spec *
tbc_bus_spec(const struct tbc_bus *bus)
{
    return &bus->spec;
}

/* A free place; for a coil whose last wish nobody has seen done that very place, so that the wish
 * does not come after the next one. */
static enum tbc_err
find_place(const struct tbc_bus *bus, const struct point *wanted, int *place)
{
    *place = -1;
    for (int i = 0; i < TBC_BUS_POINTS_MAX; i++) {
        const struct point *p = &bus->points[i];
        bool is_same = p->table == TBC_BUS_COIL && wanted->table == TBC_BUS_COIL &&
                       p->unit == wanted->unit && p->address == wanted->address;

        if (is_same && p->is_used) {
            return TBC_ERR_CONFLICT;
        }
        if (is_same && p->is_wanted) {
            *place = i;
            return TBC_OK;
        }
        if (!p->is_used && !p->is_wanted && *place < 0) {
            *place = i;
        }
    }
    return *place >= 0 ? TBC_OK : TBC_ERR_LIMIT;
}

enum tbc_err
tbc_bus_add(struct tbc_bus *bus, const struct tbc_port_spec *spec, size_t which,
            enum tbc_bus_table table, int *point)
{
    const struct point fresh = { .is_used = true,
                                 .table = table,
                                 .unit = spec->unit,
                                 .address = (int)spec->point[which],
                                 .active_low = spec->active_low };
    enum tbc_err err;

    (void)pthread_mutex_lock(&bus->lock);
    err = find_place(bus, &fresh, point);
    if (err == TBC_OK) {
        bus->points[*point] = fresh;
        (void)pthread_cond_broadcast(&bus->work);
    }
    (void)pthread_mutex_unlock(&bus->lock);
    return err;
}

void
tbc_bus_drop(struct tbc_bus *bus, int point)
{
    (void)pthread_mutex_lock(&bus->lock);
    bus->points[point].is_used = false;
    (void)pthread_mutex_unlock(&bus->lock);
}

static bool
is_waited_for(const struct tbc_bus *bus, const int *points, size_t points_n)
{
    for (size_t i = 0; i < points_n; i++) {
        if (bus->points[points[i]].is_waited_for) {
            return true;
        }
    }
    return false;
}

/* The first error of these writes; one that has not ended in time is called off. */
static enum tbc_err
sum_up(struct tbc_bus *bus, const int *points, size_t points_n)
{
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < points_n; i++) {
        struct point *p = &bus->points[points[i]];

        if (p->is_waited_for) {
            p->is_waited_for = false;
            p->result = TBC_ERR_TIMEOUT;
            p->want = false;
            p->is_wanted = true;
        }
        err = err == TBC_OK ? p->result : err;
    }
    return err;
}

enum tbc_err
tbc_bus_write(struct tbc_bus *bus, const int *points, size_t points_n, unsigned on,
              int wait_ms)
{
    int64_t until = now_ms() + wait_ms;
    enum tbc_err err = TBC_OK;

    (void)pthread_mutex_lock(&bus->lock);
    for (size_t i = 0; i < points_n; i++) {
        struct point *p = &bus->points[points[i]];

        p->want = (on >> i & 1) != 0;
        p->is_driven = true;
        p->is_wanted = true;
        p->is_waited_for = wait_ms > 0;
        p->due_ms = 0;
    }
    (void)pthread_cond_broadcast(&bus->work);
    if (wait_ms > 0) {
        while (is_waited_for(bus, points, points_n) && wait_news(bus, until)) {
        }
        err = sum_up(bus, points, points_n);
    }
    (void)pthread_mutex_unlock(&bus->lock);
    return err;
}

enum tbc_err
tbc_bus_read(struct tbc_bus *bus, int point, int wait_ms, struct tbc_level *level)
{
    struct point *p = &bus->points[point];
    int64_t until = now_ms() + wait_ms;
    enum tbc_err err;

    *level = (struct tbc_level){ 0 };
    (void)pthread_mutex_lock(&bus->lock);
    while (wait_ms > 0 && !p->is_known && wait_news(bus, until)) {
    }
    err = !p->is_known ? TBC_ERR_BUSY : p->err;
    if (err == TBC_OK) {
        *level = p->level;
        p->level.has_risen = false;
    }
    (void)pthread_mutex_unlock(&bus->lock);
    return err;
}
