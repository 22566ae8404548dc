#include "scan/codes.h"

#include <stdlib.h>

void
tbc_codes_fini(struct tbc_codes *codes)
{
    for (size_t i = 0; i < codes->n; i++) {
        tbc_buf_fini(&codes->list[i].text);
    }
    *codes = (struct tbc_codes){ 0 };
}

enum tbc_err
tbc_codes_add(struct tbc_codes *codes, struct tbc_span text, struct tbc_box box)
{
    struct tbc_code *c = &codes->list[codes->n];

    for (size_t i = 0; i < codes->n; i++) {
        if (tbc_span_equal(tbc_buf_span(&codes->list[i].text), text)) {
            return TBC_OK;
        }
    }
    if (codes->n == TBC_CODES_MAX) {
        return TBC_OK;
    }
    *c = (struct tbc_code){ .box = box };
    codes->n++;
    return tbc_buf_append_span(&c->text, text);
}

static int
middle_x(const struct tbc_code *c)
{
    return c->box.x + c->box.width / 2;
}

static int
middle_y(const struct tbc_code *c)
{
    return c->box.y + c->box.height / 2;
}

static int
by_y(const void *a, const void *b)
{
    return middle_y(a) - middle_y(b);
}

static int
by_x(const void *a, const void *b)
{
    return middle_x(a) - middle_x(b);
}

void
tbc_codes_sort(struct tbc_codes *codes)
{
    size_t start = 0;

    qsort(codes->list, codes->n, sizeof *codes->list, by_y);
    for (size_t i = 1; i <= codes->n; i++) {
        const struct tbc_code *first = &codes->list[start];

        if (i == codes->n ||
            middle_y(&codes->list[i]) > middle_y(first) + first->box.height / 2) {
            qsort(&codes->list[start], i - start, sizeof *codes->list, by_x);
            start = i;
        }
    }
}
