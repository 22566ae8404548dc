#include "scan/keys.h"

#include <stdlib.h>
#include <string.h>
#include <xkbcommon/xkbcommon.h>

#define XKB_OFFSET 8 /* X11 counts the kernel's key codes from 8 */
#define LAYOUT_MAX 31
#define SUB        0x1a

enum value {
    VALUE_UP,
    VALUE_DOWN
};

struct tbc_keys {
    struct xkb_context *context;
    struct xkb_keymap *map;
    struct xkb_state *state;
    bool dropping; /* up to the next SYN_REPORT */
};

/* Of the names of layouts; the library reads files by them. */
static bool
is_layout_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-()";

    return name[0] != '\0' && strlen(name) <= LAYOUT_MAX &&
           strspn(name, letters) == strlen(name);
}

enum tbc_err
tbc_keys_new(struct tbc_keys **keys, const char *layout, const char **why)
{
    const struct xkb_rule_names names = { .rules = "evdev",
                                          .model = "pc105",
                                          .layout = layout };
    struct tbc_keys *k = calloc(1, sizeof *k);

    *keys = NULL;
    *why = "out of memory";
    if (k == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    k->context = xkb_context_new(XKB_CONTEXT_NO_ENVIRONMENT_NAMES);
    if (k->context != NULL && is_layout_name(layout)) {
        xkb_context_set_log_level(k->context, XKB_LOG_LEVEL_CRITICAL);
        k->map =
            xkb_keymap_new_from_names(k->context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS);
    }
    if (k->map == NULL) {
        *why = "there is no such keyboard layout; us, de, fr, ... are in xkb-data";
        tbc_keys_free(&k);
        return TBC_ERR_UNSUPPORTED;
    }
    tbc_keys_reset(k, false);
    if (k->state == NULL) {
        tbc_keys_free(&k);
        return TBC_ERR_NO_MEMORY;
    }
    *why = NULL;
    *keys = k;
    return TBC_OK;
}

void
tbc_keys_free(struct tbc_keys **keys)
{
    struct tbc_keys *k = *keys;

    if (k == NULL) {
        return;
    }
    xkb_state_unref(k->state); /* each takes NULL */
    xkb_keymap_unref(k->map);
    xkb_context_unref(k->context);
    free(k);
    *keys = NULL;
}

static xkb_mod_mask_t
mask_of(const struct tbc_keys *k, const char *modifier)
{
    xkb_mod_index_t i = xkb_keymap_mod_get_index(k->map, modifier);

    return i == XKB_MOD_INVALID ? 0 : (xkb_mod_mask_t)1 << i;
}

void
tbc_keys_reset(struct tbc_keys *keys, bool caps_lock)
{
    xkb_mod_mask_t locked = mask_of(keys, XKB_MOD_NAME_NUM) |
                            (caps_lock ? mask_of(keys, XKB_MOD_NAME_CAPS) : 0);
    struct xkb_state *fresh = xkb_state_new(keys->map);

    xkb_state_unref(keys->state);
    keys->state = fresh;
    if (fresh != NULL) {
        (void)xkb_state_update_mask(fresh, 0, 0, locked, 0, 0, 0);
    }
}

static bool
has_caps_lock(const struct tbc_keys *k)
{
    return k->state != NULL && xkb_state_mod_name_is_active(k->state, XKB_MOD_NAME_CAPS,
                                                            XKB_STATE_MODS_LOCKED) > 0;
}

/* Dropped events may have held a release: what is down is not known any more. */
static size_t
follow_report(struct tbc_keys *k, uint16_t code, char out[static TBC_KEYS_OUT])
{
    if (code == SYN_DROPPED) {
        tbc_keys_reset(k, has_caps_lock(k));
        k->dropping = true;
        out[0] = SUB;
        return 1;
    }
    k->dropping = k->dropping && code != SYN_REPORT;
    return 0;
}

static size_t
type(const struct tbc_keys *k, xkb_keycode_t code, char out[static TBC_KEYS_OUT])
{
    char letter[TBC_KEYS_OUT];
    int n;

    switch (xkb_state_key_get_one_sym(k->state, code)) {
    case XKB_KEY_Return:
    case XKB_KEY_KP_Enter:
    case XKB_KEY_Linefeed:
    case XKB_KEY_Tab:
    case XKB_KEY_ISO_Left_Tab:
        out[0] = '\n';
        return 1;
    default:
        break;
    }
    n = xkb_state_key_get_utf8(k->state, code, letter, sizeof letter);
    if (n <= 0 || n >= TBC_KEYS_OUT ||
        (n == 1 && ((unsigned char)letter[0] < ' ' || letter[0] == 0x7f))) {
        return 0;
    }
    memcpy(out, letter, (size_t)n);
    return (size_t)n;
}

size_t
tbc_keys_feed(struct tbc_keys *keys, const struct input_event *event,
              char out[static TBC_KEYS_OUT])
{
    xkb_keycode_t code = (xkb_keycode_t)event->code + XKB_OFFSET;
    size_t n = 0;

    if (event->type == EV_SYN) {
        return follow_report(keys, event->code, out);
    }
    if (event->type != EV_KEY || keys->dropping || keys->state == NULL ||
        event->code == KEY_NUMLOCK) {
        return 0;
    }
    if (event->value == VALUE_DOWN) {
        n = type(keys, code, out);
        (void)xkb_state_update_key(keys->state, code, XKB_KEY_DOWN);
    } else if (event->value == VALUE_UP) {
        (void)xkb_state_update_key(keys->state, code, XKB_KEY_UP);
    }
    return n;
}
