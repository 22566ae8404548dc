/* The look as data: assets/theme.conf.  Colours are 0xRRGGBB, lengths millimetres on the glass,
 * times milliseconds.  Every key that a struct below names must be in the file, and every key in
 * the file must be known, so that a spelling mistake never passes in silence. */
#ifndef TBC_UI_THEME_H
#define TBC_UI_THEME_H

#include "base/buf.h"
#include "base/rect.h"
#include "ui/tune.h"

/* The same keys in every theme; "on_x" is the text and icon colour that belongs on "x". */
#define TBC_PALETTE_LIST(X) \
    X(ground)               \
    X(surface)              \
    X(ink)                  \
    X(ink_soft)             \
    X(line)                 \
    X(hairline)             \
    X(band)                 \
    X(on_band)              \
    X(on_band_soft)         \
    X(band_line)            \
    X(band_go)              \
    X(primary)              \
    X(on_primary)           \
    X(primary_pressed)      \
    X(primary_soft)         \
    X(on_primary_soft)      \
    X(quiet)                \
    X(on_quiet)             \
    X(good_soft)            \
    X(on_good_soft)         \
    X(bad_soft)             \
    X(on_bad_soft)          \
    X(bad_line)             \
    X(note_soft)            \
    X(on_note_soft)         \
    X(focus)

struct tbc_palette {
#define X(name) uint32_t name;
    TBC_PALETTE_LIST(X)
#undef X
};

enum tbc_theme_name {
    TBC_THEME_LIGHT,
    TBC_THEME_CONTRAST,
    TBC_THEME_NIGHT,
    TBC_THEME_N
};

/* [state.NAME]: what the gate's screen and lamp look like, and what one hears. */
#define TBC_STATE_LIST(X) \
    X(accepted)           \
    X(accepted_offline)   \
    X(refused)            \
    X(refer)              \
    X(wait)               \
    X(idle)               \
    X(fire)

enum tbc_state {
#define X(name) TBC_STATE_##name,
    TBC_STATE_LIST(X)
#undef X
    TBC_STATE_N
};

struct tbc_state_look {
    uint32_t fill;
    uint32_t on;
    uint32_t lamp;
    struct tbc_tune sound;
};

/* section, key: one number each. */
#define TBC_MEASURE_LIST(X)       \
    X(space, hair)                \
    X(space, gap)                 \
    X(space, small)               \
    X(space, medium)              \
    X(space, large)               \
    X(space, huge)                \
    X(space, margin_portrait)     \
    X(space, margin_landscape)    \
    X(space, margin_handheld)     \
    X(touch, control)             \
    X(touch, key)                 \
    X(touch, primary_portrait)    \
    X(touch, primary_landscape)   \
    X(touch, handheld)            \
    X(touch, handheld_primary)    \
    X(radius, card)               \
    X(radius, button)             \
    X(radius, key)                \
    X(radius, chip)               \
    X(radius, sheet)              \
    X(stroke, outline)            \
    X(stroke, outline_contrast)   \
    X(stroke, selected)           \
    X(stroke, track)              \
    X(stroke, ring)               \
    X(stroke, focus)              \
    X(stroke, shadow_offset)      \
    X(type, line_height_zh)       \
    X(type, line_height_latin)    \
    X(type, line_height_ug)       \
    X(type, text)                 \
    X(type, button)               \
    X(type, lead)                 \
    X(type, item)                 \
    X(type, primary)              \
    X(type, title)                \
    X(type, hint)                 \
    X(type, hero)                 \
    X(type, number)               \
    X(type, key)                  \
    X(type, landscape_10_title)   \
    X(type, landscape_10_primary) \
    X(type, landscape_10_key)     \
    X(type, landscape_10_tool)    \
    X(type, handheld_small)       \
    X(type, handheld_text)        \
    X(type, handheld_primary)     \
    X(type, handheld_title)       \
    X(type, handheld_verdict)     \
    X(type, gate_word)            \
    X(type, gate_second)          \
    X(type, gate_way)             \
    X(type, gate_way_second)      \
    X(type, slip_text)            \
    X(type, slip_until)           \
    X(motion, press)              \
    X(motion, screen)             \
    X(motion, line)               \
    X(motion, ring)               \
    X(motion, hint_hold)          \
    X(motion, wait_dot)           \
    X(motion, reduce)             \
    X(motion, verdict_hold)       \
    X(motion, accept_hold)        \
    X(motion, idle_warn)          \
    X(motion, idle_end)           \
    X(motion, certificate)

#define TBC_PANEL_LIST(X) \
    X(portrait_21)        \
    X(landscape_15)       \
    X(landscape_10)       \
    X(handheld_5)         \
    X(gate_10)            \
    X(gate_15)            \
    X(gate_21)            \
    X(slip_80)

enum tbc_panel_name {
#define X(name) TBC_PANEL_##name,
    TBC_PANEL_LIST(X)
#undef X
    TBC_PANEL_N
};

/* The rectangles a panel may name; those it does not name are empty. */
#define TBC_ZONE_LIST(X) \
    X(band)              \
    X(sign_row)          \
    X(title)             \
    X(content)           \
    X(content_left)      \
    X(content_right)     \
    X(primary)           \
    X(second)            \
    X(tools)             \
    X(top)               \
    X(verdict)           \
    X(sign)              \
    X(words)             \
    X(strip)

struct tbc_panel {
    double width_mm;
    double height_mm; /* 0: as long as the paper needs */
    int width_px;
    int height_px;
    double bottom_above_floor; /* mm; set at installation */
    double line_y;
    double low_shift;
    struct tbc_zones {
#define X(name) struct tbc_rect name;
        TBC_ZONE_LIST(X)
#undef X
    } zone;
};

enum tbc_text_size {
    TBC_SIZE_SMALL,
    TBC_SIZE_NORMAL,
    TBC_SIZE_LARGE,
    TBC_SIZE_HUGE,
    TBC_SIZE_N
};

#define TBC_FAMILY_MAX 159

/* Owns nothing outside itself. */
struct tbc_theme {
    struct tbc_palette palette[TBC_THEME_N];
    struct tbc_state_look state[TBC_STATE_N];
    struct tbc_measures {
#define X(section, key) double section##_##key;
        TBC_MEASURE_LIST(X)
#undef X
    } is;
    double text_cap[TBC_SIZE_N];  /* [type.size]: capitals of body text */
    double title_cap[TBC_SIZE_N]; /* and of titles */
    char family[TBC_FAMILY_MAX + 1];
    char features[TBC_FAMILY_MAX + 1];
    struct tbc_panel panel[TBC_PANEL_N];
};

/* Read theme.conf.
 *   why   on error: one line that names the file, the line and the way out
 * Errors: ERR_NOT_FOUND, ERR_MALFORMED; *theme is then { 0 }. */
enum tbc_err tbc_theme_read(struct tbc_theme *theme, const char *path,
                            struct tbc_buf *why) TBC_MUST_CHECK;

/* The panel or state of that name ("portrait_21"); NULL when there is none. */
const struct tbc_panel *
tbc_theme_panel(const struct tbc_theme *theme, const char *name);
const struct tbc_state_look *
tbc_theme_state(const struct tbc_theme *theme, const char *name);

#endif
