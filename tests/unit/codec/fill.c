#include "fill.h"

#include <string.h>

static const uint8_t some_bytes[64] = { 1, 2, 3 };

static void
fill_field(const struct tbc_wire_field *f, uint8_t *msg)
{
    void *v = msg + f->offset;

    switch (f->type) {
    case TBC_WIRE_UINT:
        *(uint64_t *)v = 1000 + f->key;
        break;
    case TBC_WIRE_COUNT:
        *(int64_t *)v = 2000 + f->key;
        break;
    case TBC_WIRE_TIME:
        ((struct tbc_utc *)v)->s = 1700000000 + f->key;
        break;
    case TBC_WIRE_BOOL:
        *(bool *)v = true;
        break;
    case TBC_WIRE_TEXT:
        memset(v, 'x', f->size - 1);
        break;
    case TBC_WIRE_FIXED:
        memset(v, f->key, f->size);
        break;
    case TBC_WIRE_BYTES:
        *(struct tbc_span *)v = tbc_span_of(some_bytes, 3);
        break;
    case TBC_WIRE_SPANS:
        for (size_t i = 0; i < f->size; i++) {
            ((struct tbc_span *)v)[i] = tbc_span_of(some_bytes, i);
        }
        *(size_t *)(void *)(msg + f->count) = f->size;
        break;
    case TBC_WIRE_LIST:
        break; /* fill_message's */
    }
}

void
fill_message(const struct tbc_wire_shape *shape, uint8_t *msg)
{
    for (size_t i = 0; i < shape->n; i++) {
        const struct tbc_wire_field *f = &shape->fields[i];
        const size_t items = f->size < 2 ? f->size : 2;

        fill_field(f, msg);
        if (f->type != TBC_WIRE_LIST) {
            continue;
        }
        for (size_t item = 0; item < items; item++) {
            for (size_t j = 0; j < f->item->n; j++) {
                fill_field(&f->item->fields[j], msg + f->offset + item * f->item->size);
            }
        }
        *(size_t *)(void *)(msg + f->count) = items;
    }
}
