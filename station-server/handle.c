/* Confirmation handles: what APPLY has found out, for the ISSUE that follows within two minutes. */
#include "base/text.h"
#include "station.h"

#include <string.h>

enum tbc_err
station_handle_open(struct station *st, const struct station_apply *a,
                    struct tbc_apply_reply *out, struct tbc_utc now)
{
    /* All live equally long: the next in turn is free, or the oldest. */
    const size_t slot = st->handles_next;
    struct station_handle *h = &st->handles[slot];
    enum tbc_err err = tbc_random(out->handle, sizeof out->handle);

    if (err != TBC_OK) {
        return err;
    }
    st->handles_next = (slot + 1) % STATION_HANDLES_MAX;
    *h = (struct station_handle){
        .expires = { now.s + st->conf.policy.handle_s },
        .doc = a->doc,
        .assurance = a->assurance,
    };
    tbc_utf8_copy(h->name, sizeof h->name, out->name);
    memcpy(h->device, a->device, sizeof h->device);
    memcpy(h->blind, a->blind, sizeof h->blind);
    memcpy(h->language, a->language, sizeof h->language);
    memcpy(h->face, a->face, sizeof h->face);
    h->has_face = a->has_face;
    memcpy(st->handle_ids[slot], out->handle, sizeof st->handle_ids[slot]);
    out->expires = h->expires;
    return TBC_OK;
}

struct station_handle *
station_handle_find(struct station *st, const uint8_t id[static TBC_WIRE_ID_LEN],
                    const uint8_t device[static 32], struct tbc_utc now)
{
    for (size_t i = 0; i < STATION_HANDLES_MAX; i++) {
        struct station_handle *h = &st->handles[i];

        if (memcmp(st->handle_ids[i], id, sizeof st->handle_ids[i]) == 0) {
            return now.s < h->expires.s &&
                           memcmp(h->device, device, sizeof h->device) == 0
                       ? h
                       : NULL;
        }
    }
    return NULL;
}

void
station_handle_sweep(struct station *st, struct tbc_utc now)
{
    for (size_t i = 0; i < STATION_HANDLES_MAX; i++) {
        if (st->handles[i].expires.s != 0 && st->handles[i].expires.s <= now.s) {
            tbc_wipe(&st->handles[i], sizeof st->handles[i]);
        }
    }
}

void
station_handle_forget(struct station *st, const uint8_t blind[static TBC_BLIND_LEN])
{
    for (size_t i = 0; i < STATION_HANDLES_MAX; i++) {
        if (memcmp(st->handles[i].blind, blind, TBC_BLIND_LEN) == 0) {
            tbc_wipe(&st->handles[i], sizeof st->handles[i]);
            memset(st->handle_ids[i], 0, sizeof st->handle_ids[i]);
        }
    }
    for (size_t i = 0; i < STATION_APPLIES_MAX; i++) {
        struct station_apply *a = &st->applies[i];

        if (a->exam == 0 && memcmp(a->blind, blind, TBC_BLIND_LEN) == 0) {
            tbc_buf_fini(&a->reply);
            tbc_wipe(a, sizeof *a);
        }
    }
}
