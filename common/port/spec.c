#include "port/spec.h"

#include <string.h>

#define FIELDS_MAX (TBC_PORT_POINTS_MAX + 4)
#define POINT_MAX  65535
#define RELAY_MAX  8
#define BAUD_MAX   4000000
#define UNIT_MAX   247 /* Modbus over serial line 1.02, sec. 2.2 */
#define UNIT_TCP   255 /* Modbus on TCP 1.0b, sec. 4.4.2.1: not significant */

/* The text behind the kind, cut at its commas. */
struct fields {
    char text[TBC_PORT_NAME_SIZE + 64];
    const char *at[FIELDS_MAX];
    size_t n;
};

struct kind {
    const char *name;
    const char *form;
    enum tbc_port_kind kind;
    bool (*parse)(struct tbc_port_spec *spec, const struct fields *f, size_t points_n);
};

static bool
parse_number(const char *text, unsigned most, unsigned *value)
{
    unsigned n = 0;

    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        n = n * 10 + (unsigned)(*text - '0');
        if (n > most) {
            return false;
        }
    }
    *value = n;
    return true;
}

static bool
keep_name(struct tbc_port_spec *spec, const char *text)
{
    size_t len = strlen(text);

    if (len == 0 || len >= sizeof spec->name) {
        return false;
    }
    memcpy(spec->name, text, len + 1);
    return true;
}

/* The fields from the one at first on are points, as many as are wanted. */
static bool
parse_points(struct tbc_port_spec *spec, const struct fields *f, size_t first,
             size_t points_n)
{
    if (f->n != first + points_n) {
        return false;
    }
    for (size_t i = 0; i < points_n; i++) {
        if (!parse_number(f->at[first + i], POINT_MAX, &spec->point[i])) {
            return false;
        }
    }
    spec->points_n = points_n;
    return true;
}

static bool
parse_file(struct tbc_port_spec *spec, const struct fields *f, size_t points_n)
{
    spec->points_n = 1;
    return points_n == 1 && f->n == 1 && keep_name(spec, f->at[0]);
}

static bool
parse_serial(struct tbc_port_spec *spec, const struct fields *f, size_t points_n)
{
    if (!keep_name(spec, f->at[0])) {
        return false;
    }
    for (unsigned i = 0; i < points_n; i++) {
        spec->point[i] = i + 1;
    }
    spec->points_n = points_n;
    if (f->n > 1 && !parse_points(spec, f, 1, points_n)) {
        return false;
    }
    for (size_t i = 0; i < points_n; i++) {
        if (spec->point[i] < 1 || spec->point[i] > RELAY_MAX) {
            return false;
        }
    }
    return true;
}

static bool
parse_gpio(struct tbc_port_spec *spec, const struct fields *f, size_t points_n)
{
    return keep_name(spec, f->at[0]) && parse_points(spec, f, 1, points_n);
}

/* "HOST:PORT" or "[HOST]:PORT" */
static bool
parse_host(struct tbc_port_spec *spec, const char *text)
{
    const char *colon = strrchr(text, ':');
    const char *end = colon;
    unsigned port;
    size_t len;

    if (colon == NULL || !parse_number(colon + 1, 65535, &port) || port == 0 ||
        strlen(colon + 1) >= sizeof spec->service) {
        return false;
    }
    if (*text == '[') {
        text++;
        end--;
        if (end <= text || *end != ']') {
            return false;
        }
    } else if (memchr(text, ':', (size_t)(end - text)) != NULL) {
        return false; /* an IPv6 address without its brackets */
    }
    len = (size_t)(end - text);
    if (len == 0 || len >= sizeof spec->name) {
        return false;
    }
    memcpy(spec->name, text, len);
    memcpy(spec->service, colon + 1, strlen(colon + 1) + 1);
    return true;
}

static bool
parse_unit(struct tbc_port_spec *spec, const char *text)
{
    unsigned unit;

    if (!parse_number(text, UNIT_TCP, &unit) || unit == 0 ||
        (unit > UNIT_MAX && (unit != UNIT_TCP || spec->kind != TBC_PORT_MODBUS_TCP))) {
        return false;
    }
    spec->unit = (int)unit;
    return true;
}

static bool
parse_tcp(struct tbc_port_spec *spec, const struct fields *f, size_t points_n)
{
    return f->n > 1 && parse_host(spec, f->at[0]) && parse_unit(spec, f->at[1]) &&
           parse_points(spec, f, 2, points_n);
}

/* "9600" or "9600E" */
static bool
parse_line(struct tbc_port_spec *spec, const char *text)
{
    char digits[8];
    size_t len = strlen(text);
    unsigned baud;

    spec->parity = 'N';
    if (len > 0 && strchr("NEO", text[len - 1]) != NULL) {
        spec->parity = text[--len];
    }
    if (len == 0 || len >= sizeof digits) {
        return false;
    }
    memcpy(digits, text, len);
    digits[len] = '\0';
    if (!parse_number(digits, BAUD_MAX, &baud) || baud == 0) {
        return false;
    }
    spec->baud = (int)baud;
    return true;
}

static bool
parse_rtu(struct tbc_port_spec *spec, const struct fields *f, size_t points_n)
{
    return f->n > 2 && keep_name(spec, f->at[0]) && parse_line(spec, f->at[1]) &&
           parse_unit(spec, f->at[2]) && parse_points(spec, f, 3, points_n);
}

static const struct kind kinds[] = {
    { "file:", "PATH", TBC_PORT_FILE, parse_file },
    { "serial:", "DEVICE[,RELAY]", TBC_PORT_SERIAL, parse_serial },
    { "gpio:", "CHIP,LINE", TBC_PORT_GPIO, parse_gpio },
    { "modbus:tcp:", "HOST:PORT,UNIT,POINT", TBC_PORT_MODBUS_TCP, parse_tcp },
    { "modbus:rtu:", "DEVICE,BAUD,UNIT,POINT", TBC_PORT_MODBUS_RTU, parse_rtu },
};

static bool
starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Takes ",active-low" off the end, and cuts the rest; a path may hold commas of its own. */
static bool
cut(struct fields *f, const char *text, bool whole, bool *active_low)
{
    static const char low[] = ",active-low";
    size_t len = strlen(text);
    char *rest = f->text;

    *active_low = len >= sizeof low && strcmp(text + len - (sizeof low - 1), low) == 0;
    len -= *active_low ? sizeof low - 1 : 0;
    if (len >= sizeof f->text) {
        return false;
    }
    memcpy(f->text, text, len);
    f->text[len] = '\0';
    while (rest != NULL) {
        if (f->n == FIELDS_MAX) {
            return false;
        }
        f->at[f->n++] = rest;
        rest = whole ? NULL : strchr(rest, ',');
        if (rest != NULL) {
            *rest++ = '\0';
        }
    }
    return true;
}

static enum tbc_err
complain(struct tbc_buf *why, const char *text, const struct kind *k, size_t points_n)
{
    (void)tbc_buf_printf(why, "%s: not %s%s", text, k->name, k->form);
    if (points_n > 1) {
        (void)tbc_buf_printf(why, " with %zu points", points_n);
    }
    return TBC_ERR_MALFORMED;
}

enum tbc_err
tbc_port_parse(struct tbc_port_spec *spec, const char *text, size_t points_n,
               struct tbc_buf *why)
{
    *spec = (struct tbc_port_spec){ 0 };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct kind *k = &kinds[i];
        struct fields f = { 0 };

        if (!starts(text, k->name)) {
            continue;
        }
        spec->kind = k->kind;
        if (!cut(&f, text + strlen(k->name), k->kind == TBC_PORT_FILE,
                 &spec->active_low) ||
            !k->parse(spec, &f, points_n)) {
            *spec = (struct tbc_port_spec){ 0 };
            return complain(why, text, k, points_n);
        }
        return TBC_OK;
    }
    (void)tbc_buf_printf(why,
                         "%s: no such kind, know file, serial, gpio, modbus:tcp and "
                         "modbus:rtu",
                         text);
    return TBC_ERR_UNSUPPORTED;
}
