/* The one table of the gate's configuration: files, variables, options, --help, --print-config,
 * docs/man/tbc-gate.8 and the tests all go by it.  A key fire_input is the option --fire-input and
 * the variable TBC_GATE_FIRE_INPUT. */
#include "base/when.h"
#include "net/client.h"
#include "net/http.h"
#include "options.h"
#include "port/spec.h"
#include "sys/log.h"

#include <stdlib.h>
#include <string.h>

#define SIDE_MIN 64
#define SIDE_MAX 8192
#define YEAR_S   (INT64_C(366) * TBC_DAY_S)
#define LIVE     true
#define FIXED    false

#define TEXT(section_, name_, field, live_, check_, form_, help_)           \
    {                                                                       \
        .section = (section_), .name = (name_), .type = TBC_CONF_IS_TEXT,   \
        .offset = offsetof(struct gate_options, field),                     \
        .size = sizeof(((struct gate_options *)0)->field), .live = (live_), \
        .check = (check_), .form = (form_), .help = (help_)                 \
    }

#define NUMBER(section_, name_, field, live_, least_, most_, form_, help_)  \
    {                                                                       \
        .section = (section_), .name = (name_), .type = TBC_CONF_IS_NUMBER, \
        .offset = offsetof(struct gate_options, field), .least = (least_),  \
        .most = (most_), .live = (live_), .form = (form_), .help = (help_)  \
    }

static bool
parse_side(const char *text, char **end, int *side)
{
    long value;

    if (*text < '0' || *text > '9') {
        return false;
    }
    value = strtol(text, end, 10);
    *side = (int)value;
    return value >= SIDE_MIN && value <= SIDE_MAX;
}

bool
gate_options_parse_display(struct gate_options *options, const char *text)
{
    char *end = NULL;
    int width;
    int height;

    if (strcmp(text, "none") == 0 || strcmp(text, "full") == 0) {
        options->screen = *text == 'n' ? GATE_SCREEN_NONE : GATE_SCREEN_FULL;
        return true;
    }
    if (!parse_side(text, &end, &width) || *end != 'x' ||
        !parse_side(end + 1, &end, &height) || *end != '\0') {
        return false;
    }
    options->screen = GATE_SCREEN_WINDOW;
    options->width_px = width;
    options->height_px = height;
    return true;
}

/* The kinds that port/spec.h knows, and word. */
static const char *
check_wire(const char *text, const char *word, size_t points_n)
{
    struct tbc_port_spec spec;
    struct tbc_buf why = { 0 };
    bool is_known = strcmp(text, word) == 0 ||
                    tbc_port_parse(&spec, text, points_n, &why) == TBC_OK;

    tbc_buf_fini(&why);
    return is_known ? NULL : "no such wire, or not whole; see docs/GATE.md";
}

static const char *
check_barrier(const char *text)
{
    return check_wire(text, "log", 1);
}

static const char *
check_passage(const char *text)
{
    return check_wire(text, "none", 1);
}

static const char *
check_lamp(const char *text)
{
    return check_wire(text, "none", 3);
}

/* A path alone is a file, whatever it is called. */
static const char *
check_fire(const char *text)
{
    return strchr(text, ':') == NULL ? NULL : check_wire(text, "", 1);
}

static const char *
check_display(const char *text)
{
    struct gate_options unused;

    return gate_options_parse_display(&unused, text) ? NULL
                                                     : "not WIDTHxHEIGHT, full or none";
}

static const char *
check_address(const char *text)
{
    return *text == '\0' || tbc_address_is_valid(text)
               ? NULL
               : "tcp://HOST:PORT is wanted, the port at most 65535";
}

static const char *
check_group(const char *text)
{
    return strcmp(text, "none") == 0 || tbc_address_has_host(text)
               ? NULL
               : "none, or tcp://HOST:PORT with the address that others reach";
}

static const char *
check_beyond(const char *text)
{
    return strcmp(text, "refer") == 0 || strcmp(text, "accept") == 0
               ? NULL
               : "refer or accept is wanted";
}

static const char *
check_http(const char *text)
{
    return strcmp(text, "off") == 0 || tbc_http_address_is_valid(text)
               ? NULL
               : "ADDRESS:PORT is wanted, the port at most 65535, or off";
}

static const char *
check_direction(const char *text)
{
    return strcmp(text, "enter") == 0 || strcmp(text, "exit") == 0
               ? NULL
               : "enter or exit is wanted";
}

static const char *
check_full_disk(const char *text)
{
    return strcmp(text, "shut") == 0 || strcmp(text, "open") == 0
               ? NULL
               : "shut or open is wanted";
}

static const char *
check_level(const char *text)
{
    enum tbc_log_level level;

    return tbc_log_level_parse(text, &level) ? NULL
                                             : "error, warn, info or debug is wanted";
}

/* clang-format off */
static const struct tbc_conf_key keys[] = {
    TEXT("gate", "device", device, FIXED, NULL, "FILE", "who this gate is, from tbc device add"),
    TEXT("gate", "data", data, FIXED, NULL, "DIR", "its journal; made when missing"),
    TEXT("gate", "direction", direction, FIXED, check_direction, "WAY", "enter, or exit: this gate leads out"),
    TEXT("gate", "full_disk", full_disk, FIXED, check_full_disk, "WAY", "shut, or open: when the journal has no room"),
    NUMBER("gate", "keep_days", keep_days, FIXED, 2, 366, "DAYS", "days that the journal keeps what the station knows"),
    TEXT("gate", "assets", assets, FIXED, NULL, "DIR", "theme, icons and texts"),
    TEXT("station", "front", front, FIXED, check_address, "ADDRESS", "of the station, in place of the device file's"),
    TEXT("station", "feed", feed, FIXED, check_address, "ADDRESS", "the same for its feed"),
    NUMBER("station", "wait_ms", wait_ms, FIXED, 0, 60000, "MS", "its first answer is waited for so long at the start"),
    TEXT("station", "group", group, FIXED, check_group, "ADDRESS", "where other gates reach this one while the station is away: tcp://HOST:PORT or none"),
    TEXT("scanner", "scan", scan, FIXED, NULL, "SOURCE", "-, or serial:, evdev:, camera: or pictures: and its device"),
    TEXT("barrier", "barrier", barrier, FIXED, check_barrier, "KIND", "log or a wire: serial:, gpio:, modbus:"),
    NUMBER("barrier", "hold", hold, FIXED, 20, 60000, "MS", "how long the barrier stays open"),
    TEXT("barrier", "passage", passage, FIXED, check_passage, "KIND", "who walked through: none, file:PATH, gpio: or modbus:"),
    TEXT("barrier", "fire_input", fire_input, FIXED, check_fire, "KIND", "PATH, gpio: or modbus:; while on, the barrier is open"),
    TEXT("face", "face_camera", face_camera, FIXED, NULL, "SOURCE", "compares the passenger with the certificate: none, /dev/videoN or dir:PATH"),
    TEXT("face", "models", models, FIXED, NULL, "DIR", "the face models and their manifest"),
    TEXT("display", "display", display, FIXED, check_display, "WHAT", "WIDTHxHEIGHT, full or none"),
    TEXT("display", "lamp", lamp, FIXED, check_lamp, "KIND", "three lights: none, gpio:CHIP,GREEN,RED,AMBER, serial: or modbus:"),
    TEXT("display", "sound", sound, FIXED, NULL, "DEVICE", "none, default, or the name of a sound device"),
    NUMBER("display", "volume", volume, FIXED, 0, 100, "PERCENT", "of the sounds"),
    TEXT("display", "shots", shots, FIXED, NULL, "DIR", "save a PNG of the display for each outcome"),
    NUMBER("lists", "trust_age_s", trust_age_s, LIVE, 0, 10 * YEAR_S, "S", "a trust list is believed so long; 0: until its own end"),
    NUMBER("lists", "status_age_s", status_age_s, LIVE, 0, YEAR_S, "S", "the same; 0: as the station says, and an hour"),
    TEXT("lists", "status_beyond", status_beyond, LIVE, check_beyond, "WHAT", "beyond that: refer to an officer, or accept"),
    NUMBER("lists", "manifest_age_s", manifest_age_s, LIVE, 0, YEAR_S, "S", "a manifest is believed so long; 0: until its own end"),
    TEXT("health", "http", http, FIXED, check_http, "ADDRESS", "health and metrics; port 0 picks one, or off"),
    TEXT("log", "log_level", log_level, LIVE, check_level, "LEVEL", "the least that is logged: error, warn, info, debug"),
};
/* clang-format on */

_Static_assert(sizeof keys / sizeof *keys <= TBC_CONF_KEYS_MAX, "too many keys");

/* What is wrong between keys. */
static const char *
fault(const void *conf)
{
    (void)conf;
    return NULL;
}

const struct tbc_conf_table gate_options_table = {
    .keys = keys,
    .n = sizeof keys / sizeof *keys,
    .fault = fault,
};
