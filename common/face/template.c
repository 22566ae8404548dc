#include "face/align.h"
#include "face/examiner.h"

#include <math.h>
#include <string.h>

void
tbc_face_average(const struct tbc_face_template *t, size_t n,
                 struct tbc_face_template *mean)
{
    memset(mean, 0, sizeof *mean);
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < TBC_FACE_TEMPLATE_N; i++) {
            mean->v[i] += t[k].v[i];
        }
    }
    tbc_normalise(mean->v, TBC_FACE_TEMPLATE_N);
}

double
tbc_face_compare(const struct tbc_face_template *a, const struct tbc_face_template *b)
{
    double dot = 0;

    for (size_t i = 0; i < TBC_FACE_TEMPLATE_N; i++) {
        dot += (double)a->v[i] * (double)b->v[i];
    }
    return fmax(-1, fmin(1, dot));
}

const char *
tbc_face_quality_name(enum tbc_face_quality quality)
{
    static const char *const names[] = {
#define X(name) [TBC_FACE_##name] = #name,
        TBC_FACE_QUALITY_LIST(X)
#undef X
    };

    return (unsigned)quality < TBC_FACE_QUALITY_N ? names[quality] : "UNKNOWN";
}

void
tbc_face_template_write(const struct tbc_face_template *t,
                        uint8_t out[static TBC_FACE_TEMPLATE_BYTES])
{
    for (size_t i = 0; i < TBC_FACE_TEMPLATE_N; i++) {
        uint32_t bits;

        memcpy(&bits, &t->v[i], sizeof bits);
        for (size_t k = 0; k < 4; k++) {
            out[i * 4 + k] = (uint8_t)(bits >> (8 * k));
        }
    }
}

bool
tbc_face_template_read(struct tbc_span bytes, struct tbc_face_template *t)
{
    double square = 0;

    memset(t, 0, sizeof *t);
    if (bytes.len != TBC_FACE_TEMPLATE_BYTES) {
        return false;
    }
    for (size_t i = 0; i < TBC_FACE_TEMPLATE_N; i++) {
        const uint8_t *b = bytes.ptr + i * 4;
        uint32_t bits =
            (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];

        memcpy(&t->v[i], &bits, sizeof bits);
        square += (double)t->v[i] * (double)t->v[i];
    }
    if (!(fabs(sqrt(square) - 1) < 1e-3)) { /* also what is not finite */
        memset(t, 0, sizeof *t);
        return false;
    }
    return true;
}
