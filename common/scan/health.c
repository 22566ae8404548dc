#include "scan/health.h"

#include <string.h>

#define LIT_SHARE 1000 /* one pixel in so many must be light: more than the hot ones */

/* FNV-1a over words: another bit anywhere makes another mark. */
static uint64_t
mark_of(const struct tbc_picture *p)
{
    size_t n = (size_t)p->width * (size_t)p->height;
    uint64_t mark = 0xcbf29ce484222325u;
    uint64_t word = 0;
    size_t i = 0;

    for (; i + sizeof word <= n; i += sizeof word) {
        memcpy(&word, p->px + i, sizeof word);
        mark = (mark ^ word) * 0x100000001b3u;
        mark ^= mark >> 32;
    }
    for (; i < n; i++) {
        mark = (mark ^ p->px[i]) * 0x100000001b3u;
    }
    return mark;
}

static bool
is_lit(const struct tbc_picture *p)
{
    size_t n = (size_t)p->width * (size_t)p->height;
    size_t light = 0;

    for (size_t i = 0; i < n; i++) {
        light += p->px[i] >= TBC_HEALTH_BLACK;
    }
    return light * LIT_SHARE > n;
}

void
tbc_scan_health_begin(struct tbc_scan_health *h, bool may_stand, struct tbc_mono now)
{
    *h = (struct tbc_scan_health){
        .may_stand = may_stand, .came = now, .changed = now, .lit = now
    };
}

void
tbc_scan_health_frame(struct tbc_scan_health *h, const struct tbc_picture *frame,
                      bool reads, struct tbc_mono now)
{
    uint64_t mark = mark_of(frame);

    h->came = now;
    if (mark != h->mark || h->may_stand) {
        h->changed = now;
    }
    h->mark = mark;
    if (reads || is_lit(frame)) {
        h->lit = now;
    }
}

const char *
tbc_scan_health_trouble(const struct tbc_scan_health *h, struct tbc_mono now)
{
    if (now.ms - h->came.ms >= TBC_HEALTH_MS) {
        return "the camera sends no pictures";
    }
    if (now.ms - h->lit.ms >= TBC_HEALTH_MS) {
        return "the camera sees nothing but black; is it covered?";
    }
    if (now.ms - h->changed.ms >= TBC_HEALTH_MS) {
        return "the camera's picture stands still";
    }
    return NULL;
}
