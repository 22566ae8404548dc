#include "ui/theme.h"

#include "base/ini.h"
#include "sys/file.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* One key the file must have: where its value goes and how it is read. */
enum slot_kind {
    SLOT_COLOUR,
    SLOT_NUMBER,
    SLOT_PAIR_SIZE, /* two capital heights of [type.size] */
    SLOT_WORDS,
    SLOT_TUNE,
    SLOT_IGNORED /* read by somebody else (shapes, fonts' weights) */
};

struct slot {
    const char *section;
    const char *key;
    enum slot_kind kind;
    size_t offset;
};

#define FILE_MAX_LEN     (256u << 10)
#define PANEL_PREFIX     "panel."
#define PANEL_PREFIX_LEN (sizeof PANEL_PREFIX - 1)

#define AT(member) offsetof(struct tbc_theme, member)

/* clang-format off */
static const struct slot slots[] = {
#define X(name) { "theme.light", #name, SLOT_COLOUR, AT(palette[TBC_THEME_LIGHT].name) },
    TBC_PALETTE_LIST(X)
#undef X
#define X(name) { "theme.contrast", #name, SLOT_COLOUR, AT(palette[TBC_THEME_CONTRAST].name) },
    TBC_PALETTE_LIST(X)
#undef X
#define X(name) { "theme.night", #name, SLOT_COLOUR, AT(palette[TBC_THEME_NIGHT].name) },
    TBC_PALETTE_LIST(X)
#undef X
#define X(name)                                                                      \
    { "state." #name, "fill", SLOT_COLOUR, AT(state[TBC_STATE_##name].fill) },       \
    { "state." #name, "on", SLOT_COLOUR, AT(state[TBC_STATE_##name].on) },           \
    { "state." #name, "lamp", SLOT_COLOUR, AT(state[TBC_STATE_##name].lamp) },       \
    { "state." #name, "shape", SLOT_IGNORED, 0 },                                    \
    { "state." #name, "sound", SLOT_TUNE, AT(state[TBC_STATE_##name].sound) },
    TBC_STATE_LIST(X)
#undef X
#define X(section, key) { #section, #key, SLOT_NUMBER, AT(is.section##_##key) },
    TBC_MEASURE_LIST(X)
#undef X
    { "type", "family", SLOT_WORDS, AT(family) },
    { "type", "features", SLOT_WORDS, AT(features) },
    { "type", "weights", SLOT_IGNORED, 0 },
    { "type.size", "small", SLOT_PAIR_SIZE, TBC_SIZE_SMALL },
    { "type.size", "normal", SLOT_PAIR_SIZE, TBC_SIZE_NORMAL },
    { "type.size", "large", SLOT_PAIR_SIZE, TBC_SIZE_LARGE },
    { "type.size", "huge", SLOT_PAIR_SIZE, TBC_SIZE_HUGE },
};

static const char *const panel_names[] = {
#define X(name) #name,
    TBC_PANEL_LIST(X)
#undef X
};

static const struct {
    const char *key;
    size_t offset;
} zones[] = {
#define X(name) { #name, offsetof(struct tbc_panel, zone.name) },
    TBC_ZONE_LIST(X)
#undef X
};
/* clang-format on */

/* The other keys of a panel, before those of its zones. */
static const char *const panel_keys[] = { "mm", "px", "bottom_above_floor", "line_y",
                                          "low_shift" };

enum {
    SLOTS_N = sizeof slots / sizeof *slots,
    PANEL_KEYS_N = sizeof panel_keys / sizeof *panel_keys,
    ZONES_N = sizeof zones / sizeof *zones
};

struct reader {
    struct tbc_theme *theme;
    bool seen[SLOTS_N];
    bool panel_seen[TBC_PANEL_N];
    bool panel_key_seen[TBC_PANEL_N][PANEL_KEYS_N + ZONES_N];
};

/* Cut a comment off: '#' after a blank, unless it begins a colour.  False when there is more. */
static bool
copy_value(const char *from, char *out, size_t size)
{
    size_t n = 0;
    bool whole;

    for (; from[n] != '\0' && n + 1 < size; n++) {
        if (from[n] == '#' && n > 0 && (from[n - 1] == ' ' || from[n - 1] == '\t')) {
            break;
        }
        out[n] = from[n];
    }
    whole = n + 1 < size;
    while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == '\t')) {
        n--;
    }
    out[n] = '\0';
    return whole;
}

static bool
read_colour(const char *text, uint32_t *colour)
{
    char *end = NULL;
    unsigned long v;

    if (text[0] != '#' || strlen(text) != 7 ||
        strspn(text + 1, "0123456789abcdefABCDEF") != 6) {
        return false;
    }
    v = strtoul(text + 1, &end, 16);
    *colour = (uint32_t)v;
    return *end == '\0';
}

/* Exactly n numbers of 0 to 100000, apart by blanks. */
static bool
read_numbers(const char *text, double *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *end = NULL;

        out[i] = strtod(text, &end);
        if (end == text || !(out[i] >= 0 && out[i] <= 100000)) {
            return false;
        }
        text = end + strspn(end, " \t");
    }
    return *text == '\0';
}

static const char *
fill_slot(struct tbc_theme *theme, const struct slot *slot, const char *value)
{
    unsigned char *base = (unsigned char *)theme;
    double pair[2];
    uint32_t colour = 0;

    switch (slot->kind) {
    case SLOT_COLOUR:
        if (!read_colour(value, &colour)) {
            return "a colour is # and six hexadecimal digits";
        }
        memcpy(base + slot->offset, &colour, sizeof colour);
        break;
    case SLOT_NUMBER:
        if (!read_numbers(value, pair, 1)) {
            return "one number from 0 to 100000 is wanted";
        }
        memcpy(base + slot->offset, pair, sizeof *pair);
        break;
    case SLOT_PAIR_SIZE:
        if (!read_numbers(value, pair, 2)) {
            return "two numbers are wanted: text, titles";
        }
        theme->text_cap[slot->offset] = pair[0];
        theme->title_cap[slot->offset] = pair[1];
        break;
    case SLOT_WORDS:
        if (*value == '\0' || strlen(value) > TBC_FAMILY_MAX) {
            return "1 to 159 characters are wanted";
        }
        memcpy(base + slot->offset, value, strlen(value) + 1);
        break;
    case SLOT_TUNE:
        if (!tbc_tune_parse((struct tbc_tune *)(void *)(base + slot->offset), value)) {
            return "a tune is wanted: VOICE NOTE... MS, see ui/tune.h";
        }
        break;
    case SLOT_IGNORED:
        break;
    }
    return NULL;
}

static const char *
fill_panel_size(struct tbc_panel *panel, bool in_mm, const char *value)
{
    double v[2];

    if (!read_numbers(value, v, 2)) {
        return "two numbers are wanted: width, height";
    }
    if (in_mm) {
        panel->width_mm = v[0];
        panel->height_mm = v[1];
    } else {
        panel->width_px = (int)v[0];
        panel->height_px = (int)v[1];
    }
    return NULL;
}

static const char *
fill_panel(struct tbc_panel *panel, const char *key, const char *value)
{
    double v[4];

    if (strcmp(key, "mm") == 0 || strcmp(key, "px") == 0) {
        return fill_panel_size(panel, key[0] == 'm', value);
    }
    if (strcmp(key, "bottom_above_floor") == 0 || strcmp(key, "line_y") == 0 ||
        strcmp(key, "low_shift") == 0) {
        double *to = key[0] == 'b'                ? &panel->bottom_above_floor
                     : strcmp(key, "line_y") == 0 ? &panel->line_y
                                                  : &panel->low_shift;

        return read_numbers(value, to, 1) ? NULL : "one number is wanted";
    }
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (strcmp(key, zones[i].key) == 0) {
            struct tbc_rect r;

            if (!read_numbers(value, v, 4)) {
                return "four numbers are wanted: x y width height";
            }
            r = (struct tbc_rect){ v[0], v[1], v[2], v[3] };
            memcpy((unsigned char *)panel + zones[i].offset, &r, sizeof r);
            return NULL;
        }
    }
    return "no such key; see ui/theme.h";
}

/* Take note of a panel's key; false when it stood there before. */
static bool
is_first(struct reader *r, size_t panel, const char *key)
{
    bool *seen = r->panel_key_seen[panel];
    bool again = false;

    for (size_t i = 0; i < PANEL_KEYS_N + ZONES_N; i++) {
        const char *name =
            i < PANEL_KEYS_N ? panel_keys[i] : zones[i - PANEL_KEYS_N].key;

        if (strcmp(key, name) == 0) {
            again = seen[i];
            seen[i] = true;
        }
    }
    return !again;
}

static const char *
take_panel_key(struct reader *r, const char *panel, const char *key, const char *value)
{
    for (size_t i = 0; i < TBC_PANEL_N; i++) {
        if (strcmp(panel, panel_names[i]) == 0) {
            r->panel_seen[i] = true;
            return is_first(r, i, key) ? fill_panel(&r->theme->panel[i], key, value)
                                       : "given twice";
        }
    }
    return "no such panel; see ui/theme.h";
}

/* NULL, or what is wrong with the key. */
static const char *
take_key(struct reader *r, const struct tbc_ini *ini, const char *raw)
{
    char value[TBC_FAMILY_MAX + 2];

    if (!copy_value(raw, value, sizeof value)) {
        return "the value is too long";
    }
    if (strncmp(ini->section, PANEL_PREFIX, PANEL_PREFIX_LEN) == 0) {
        return take_panel_key(r, ini->section + PANEL_PREFIX_LEN, ini->name, value);
    }
    for (size_t i = 0; i < SLOTS_N; i++) {
        if (strcmp(ini->section, slots[i].section) == 0 &&
            strcmp(ini->name, slots[i].key) == 0) {
            if (r->seen[i]) {
                return "given twice";
            }
            r->seen[i] = true;
            return fill_slot(r->theme, &slots[i], value);
        }
    }
    return "no such key; see ui/theme.h";
}

static bool
is_whole(const struct reader *r, const char *path, struct tbc_buf *why)
{
    for (size_t i = 0; i < SLOTS_N; i++) {
        if (!r->seen[i]) {
            (void)tbc_buf_printf(why, "%s: section [%s] lacks the key %s", path,
                                 slots[i].section, slots[i].key);
            return false;
        }
    }
    for (size_t i = 0; i < TBC_PANEL_N; i++) {
        const struct tbc_panel *p = &r->theme->panel[i];

        if (!r->panel_seen[i] || p->width_mm <= 0 || p->width_px <= 0) {
            (void)tbc_buf_printf(why, "%s: section [panel.%s] lacks mm or px", path,
                                 panel_names[i]);
            return false;
        }
    }
    return true;
}

/* Every key of the file; why gets the first fault. */
static enum tbc_err
take_all(struct reader *r, struct tbc_ini *ini, const char *path, struct tbc_buf *why)
{
    const char *value;
    const char *fault;
    enum tbc_err err;

    while ((err = tbc_ini_next(ini)) == TBC_OK) {
        if ((value = tbc_buf_str(&ini->value)) == NULL) {
            return TBC_ERR_NO_MEMORY;
        }
        if ((fault = take_key(r, ini, value)) != NULL) {
            (void)tbc_buf_printf(why, "%s:%zu: [%s] %s: %s", path, ini->line,
                                 ini->section, ini->name, fault);
            return TBC_ERR_MALFORMED;
        }
    }
    if (err == TBC_ERR_MALFORMED) {
        (void)tbc_buf_printf(why, "%s:%zu: %s", path, ini->line, ini->fault);
    }
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_theme_read(struct tbc_theme *theme, const char *path, struct tbc_buf *why)
{
    struct reader r = { .theme = theme };
    struct tbc_buf text = { 0 };
    struct tbc_ini ini = { 0 };
    enum tbc_err err;

    memset(theme, 0, sizeof *theme);
    if ((err = tbc_file_read(path, FILE_MAX_LEN, &text)) != TBC_OK) {
        (void)tbc_buf_printf(why, "%s: %s", path, tbc_err_text(err));
        goto out;
    }
    tbc_ini_open(&ini, tbc_buf_span(&text));
    if ((err = take_all(&r, &ini, path, why)) == TBC_OK && !is_whole(&r, path, why)) {
        err = TBC_ERR_MALFORMED;
    }
out:
    if (err != TBC_OK) {
        memset(theme, 0, sizeof *theme);
    }
    tbc_ini_fini(&ini);
    tbc_buf_fini(&text);
    return err;
}

const struct tbc_panel *
tbc_theme_panel(const struct tbc_theme *theme, const char *name)
{
    for (size_t i = 0; i < TBC_PANEL_N; i++) {
        if (strcmp(name, panel_names[i]) == 0) {
            return &theme->panel[i];
        }
    }
    return NULL;
}

const struct tbc_state_look *
tbc_theme_state(const struct tbc_theme *theme, const char *name)
{
    static const char *const names[] = {
#define X(name) #name,
        TBC_STATE_LIST(X)
#undef X
    };

    for (size_t i = 0; i < TBC_STATE_N; i++) {
        if (strcmp(name, names[i]) == 0) {
            return &theme->state[i];
        }
    }
    return NULL;
}
