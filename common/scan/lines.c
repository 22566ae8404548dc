#include "scan/lines.h"

static void
forget_given(struct tbc_lines *l)
{
    if (l->is_given) {
        tbc_wipe(l->text, l->len);
        l->len = 0;
        l->is_cut = false;
        l->is_given = false;
    }
}

static bool
give(struct tbc_lines *l, struct tbc_scan_text *text)
{
    text->text = tbc_span_of(l->text, l->len);
    text->is_cut = l->is_cut;
    l->is_given = true;
    return true;
}

bool
tbc_lines_feed(struct tbc_lines *l, struct tbc_span *in, struct tbc_mono now,
               struct tbc_scan_text *text)
{
    forget_given(l);
    while (in->len > 0) {
        uint8_t byte = in->ptr[0];

        *in = tbc_span_sub(*in, 1, in->len);
        l->last = now;
        if (byte == '\r' || byte == '\n') {
            if (l->len > 0) {
                return give(l, text);
            }
        } else if (l->len < sizeof l->text) {
            l->text[l->len++] = byte;
        } else {
            l->is_cut = true;
        }
    }
    return false;
}

bool
tbc_lines_idle(struct tbc_lines *l, struct tbc_mono now, bool at_end,
               struct tbc_scan_text *text)
{
    forget_given(l);
    if (l->len == 0 || (!at_end && now.ms - l->last.ms < TBC_LINES_SILENCE_MS)) {
        return false;
    }
    return give(l, text);
}
