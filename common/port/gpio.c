/* Lines of the kernel's GPIO chips, by libgpiod 1.6. */
#include "port/impl.h"

#include <errno.h>
#include <gpiod.h>
#include <stdlib.h>

#define CONSUMER   "tbc"
#define EVENTS_MAX 16 /* the kernel keeps as many for us */

struct gpio_input {
    struct gpiod_chip *chip;
    struct gpiod_line *line;
    bool has_events; /* the chip tells of changes between two looks */
    bool was_on;
};

static void
input_close(void *handle)
{
    struct gpio_input *g = handle;

    gpiod_chip_close(g->chip); /* releases its lines */
    free(g);
}

/* The errno of a call of libgpiod that has just failed, in one line. */
static enum tbc_err
complain(struct tbc_buf *why, const char *chip, const char *what, unsigned line)
{
    enum tbc_err err = tbc_port_errno(errno);

    (void)tbc_buf_printf(why, "%s: ", chip);
    if (what != NULL) {
        (void)tbc_buf_printf(why, "%s %u: ", what, line);
    }
    (void)tbc_buf_append_str(why, tbc_err_text(err));
    return err;
}

/* With events, so that a short pulse is not lost; a chip without interrupts has none. */
static bool
request_input(struct gpio_input *g, bool active_low)
{
    int flags = active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;

    g->has_events =
        gpiod_line_request_both_edges_events_flags(g->line, CONSUMER, flags) == 0;
    return g->has_events ||
           gpiod_line_request_input_flags(g->line, CONSUMER, flags) == 0;
}

static enum tbc_err
input_open(void **handle, struct tbc_ports *ports, const struct tbc_port_spec *spec,
           struct tbc_buf *why)
{
    struct gpio_input *g = calloc(1, sizeof *g);
    enum tbc_err err = TBC_OK;

    (void)ports;
    if (g == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    g->chip = gpiod_chip_open_lookup(spec->name);
    if (g->chip == NULL) {
        err = complain(why, spec->name, NULL, 0);
        free(g);
        return err;
    }
    g->line = gpiod_chip_get_line(g->chip, spec->point[0]);
    if (g->line == NULL || !request_input(g, spec->active_low)) {
        err = complain(why, spec->name, "line", spec->point[0]);
        input_close(g);
        return err;
    }
    *handle = g;
    return TBC_OK;
}

/* Takes what the kernel has kept; a rising edge among it, or more than it keeps, is a pulse. */
static enum tbc_err
take_events(struct gpio_input *g, bool *has_risen)
{
    static const struct timespec no_wait = { 0 };
    struct gpiod_line_event events[EVENTS_MAX];
    int got = gpiod_line_event_wait(g->line, &no_wait);

    if (got > 0) {
        got = gpiod_line_event_read_multiple(g->line, events, EVENTS_MAX);
    }
    if (got < 0) {
        return TBC_ERR_IO;
    }
    for (int i = 0; i < got; i++) {
        *has_risen = *has_risen || events[i].event_type == GPIOD_LINE_EVENT_RISING_EDGE;
    }
    return TBC_OK;
}

static enum tbc_err
input_look(void *handle, struct tbc_level *level)
{
    struct gpio_input *g = handle;
    bool has_risen = false;
    int value;

    if (g->has_events && take_events(g, &has_risen) != TBC_OK) {
        return TBC_ERR_IO;
    }
    value = gpiod_line_get_value(g->line);
    if (value < 0) {
        return TBC_ERR_IO;
    }
    level->is_on = value == 1;
    level->has_risen = has_risen || (level->is_on && !g->was_on);
    g->was_on = level->is_on;
    return TBC_OK;
}

const struct tbc_input_kind tbc_input_gpio = { input_open, input_look, input_close };

struct gpio_output {
    struct gpiod_chip *chip;
    struct gpiod_line *lines[TBC_PORT_POINTS_MAX];
    size_t lines_n;
    unsigned on; /* as it was set last */
};

static void
output_close(void *handle)
{
    struct gpio_output *g = handle;

    gpiod_chip_close(g->chip);
    free(g);
}

static enum tbc_err
output_open(void **handle, struct tbc_ports *ports, const struct tbc_port_spec *spec,
            struct tbc_buf *why)
{
    int flags = spec->active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
    struct gpio_output *g = calloc(1, sizeof *g);
    enum tbc_err err;

    (void)ports;
    if (g == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    g->chip = gpiod_chip_open_lookup(spec->name);
    if (g->chip == NULL) {
        err = complain(why, spec->name, NULL, 0);
        free(g);
        return err;
    }
    for (; g->lines_n < spec->points_n; g->lines_n++) {
        struct gpiod_line *line = gpiod_chip_get_line(g->chip, spec->point[g->lines_n]);

        if (line == NULL ||
            gpiod_line_request_output_flags(line, CONSUMER, flags, 0) != 0) {
            err = complain(why, spec->name, "line", spec->point[g->lines_n]);
            output_close(g);
            return err;
        }
        g->lines[g->lines_n] = line;
    }
    *handle = g;
    return TBC_OK;
}

static enum tbc_err
output_check(void *handle)
{
    const struct gpio_output *g = handle;

    for (size_t i = 0; i < g->lines_n; i++) {
        if (gpiod_line_get_value(g->lines[i]) != (int)(g->on >> i & 1)) {
            return TBC_ERR_IO;
        }
    }
    return TBC_OK;
}

static enum tbc_err
output_set(void *handle, unsigned on, int wait_ms)
{
    struct gpio_output *g = handle;

    (void)wait_ms;
    g->on = on;
    for (size_t i = 0; i < g->lines_n; i++) {
        if (gpiod_line_set_value(g->lines[i], (int)(on >> i & 1)) != 0) {
            return TBC_ERR_IO;
        }
    }
    return output_check(g);
}

const struct tbc_output_kind tbc_output_gpio = { output_open, output_set, output_check,
                                                 output_close };
