#include "gpiod_fake.h"

#include <errno.h>
#include <gpiod.h>
#include <string.h>

struct gpiod_line {
    unsigned offset;
};

struct gpiod_chip {
    int unused;
};

struct gpiod_fake gpiod_fake;

static struct gpiod_chip chip;
static struct gpiod_line lines[GPIOD_FAKE_LINES];

void
gpiod_fake_reset(void)
{
    memset(&gpiod_fake, 0, sizeof gpiod_fake);
    gpiod_fake.has_chip = true;
    gpiod_fake.busy_line = -1;
}

void
gpiod_fake_put(unsigned line, bool level)
{
    bool was_on = gpiod_fake.level[line] != gpiod_fake.active_low[line];
    bool is_on = level != gpiod_fake.active_low[line];

    gpiod_fake.level[line] = level;
    gpiod_fake.rises[line] += !was_on && is_on ? 1 : 0;
}

struct gpiod_chip *
gpiod_chip_open_lookup(const char *descr)
{
    if (!gpiod_fake.has_chip || strcmp(descr, "fake") != 0) {
        errno = ENOENT;
        return NULL;
    }
    gpiod_fake.open_n++;
    return &chip;
}

void
gpiod_chip_close(struct gpiod_chip *c)
{
    (void)c;
    memset(gpiod_fake.requested, 0, sizeof gpiod_fake.requested);
    gpiod_fake.open_n--;
}

struct gpiod_line *
gpiod_chip_get_line(struct gpiod_chip *c, unsigned int offset)
{
    (void)c;
    if (offset >= GPIOD_FAKE_LINES) {
        errno = EINVAL;
        return NULL;
    }
    lines[offset].offset = offset;
    return &lines[offset];
}

static int
request(const struct gpiod_line *line, int flags)
{
    if ((int)line->offset == gpiod_fake.busy_line) {
        errno = EBUSY;
        return -1;
    }
    gpiod_fake.requested[line->offset] = true;
    gpiod_fake.active_low[line->offset] =
        (flags & GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW) != 0;
    return 0;
}

int
gpiod_line_request_both_edges_events_flags(struct gpiod_line *line,
                                           const char *consumer, int flags)
{
    (void)consumer;
    if (gpiod_fake.no_events) {
        errno = ENXIO;
        return -1;
    }
    return request(line, flags);
}

int
gpiod_line_request_input_flags(struct gpiod_line *line, const char *consumer, int flags)
{
    (void)consumer;
    return request(line, flags);
}

int
gpiod_line_get_value(struct gpiod_line *line)
{
    unsigned i = line->offset;

    if (gpiod_fake.unreadable) {
        errno = EIO;
        return -1;
    }
    return gpiod_fake.level[i] != gpiod_fake.active_low[i] ? 1 : 0;
}

int
gpiod_line_event_wait(struct gpiod_line *line, const struct timespec *timeout)
{
    (void)timeout;
    return gpiod_fake.rises[line->offset] > 0 ? 1 : 0;
}

int
gpiod_line_event_read_multiple(struct gpiod_line *line, struct gpiod_line_event *events,
                               unsigned int num_events)
{
    int n = 0;

    for (; gpiod_fake.rises[line->offset] > 0 && n < (int)num_events; n++) {
        events[n] =
            (struct gpiod_line_event){ .event_type = GPIOD_LINE_EVENT_RISING_EDGE };
        gpiod_fake.rises[line->offset]--;
    }
    return n;
}

int
gpiod_line_request_output_flags(struct gpiod_line *line, const char *consumer,
                                int flags, int default_val)
{
    int rc = request(line, flags);

    (void)consumer;
    return rc == 0 ? gpiod_line_set_value(line, default_val) : rc;
}

int
gpiod_line_set_value(struct gpiod_line *line, int value)
{
    unsigned i = line->offset;

    if (gpiod_fake.unwritable) {
        errno = EIO;
        return -1;
    }
    if (!gpiod_fake.stuck) {
        gpiod_fake.level[i] = (value != 0) != gpiod_fake.active_low[i];
    }
    return 0;
}
