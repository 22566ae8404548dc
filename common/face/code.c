#include "face/code.h"

#include <math.h>
#include <string.h>

#define N         TBC_FACE_TEMPLATE_N
#define BITS      (TBC_FACE_CODE_LEN * 8)
#define ROUNDS    3
#define HALF_ROOT 0.70710678f
#define SEED      UINT64_C(0x7462632066616365) /* "tbc face" */

/* Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. */
static uint64_t
split_mix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static void
change_signs(float v[static N], uint64_t *state)
{
    for (size_t i = 0; i < N; i += 64) {
        uint64_t bits = split_mix(state);

        for (size_t k = 0; k < 64; k++, bits >>= 1) {
            v[i + k] = (bits & 1) != 0 ? -v[i + k] : v[i + k];
        }
    }
}

/* Walsh-Hadamard, in place; lengths stay as they are. */
static void
transform(float v[static N])
{
    for (size_t half = 1; half < N; half *= 2) {
        for (size_t i = 0; i < N; i += 2 * half) {
            for (size_t k = i; k < i + half; k++) {
                const float a = v[k];
                const float b = v[k + half];

                v[k] = (a + b) * HALF_ROOT;
                v[k + half] = (a - b) * HALF_ROOT;
            }
        }
    }
}

static void
rotate(const struct tbc_face_template *t, float v[static N])
{
    uint64_t state = SEED;

    memcpy(v, t->v, sizeof t->v);
    for (int round = 0; round < ROUNDS; round++) {
        change_signs(v, &state);
        transform(v);
    }
}

void
tbc_face_code(const struct tbc_face_template *t, uint8_t code[static TBC_FACE_CODE_LEN])
{
    float v[N];

    rotate(t, v);
    memset(code, 0, TBC_FACE_CODE_LEN);
    for (size_t i = 0; i < BITS; i++) {
        code[i / 8] |= (uint8_t)((v[i] >= 0 ? 1u : 0u) << i % 8);
    }
}

/* Of two numbers with variance s^2 and correlation c the one times the other's sign is, in the mean,
 * c s sqrt(2/pi); s^2 is 1/N here. */
double
tbc_face_code_compare(const uint8_t code[static TBC_FACE_CODE_LEN],
                      const struct tbc_face_template *t)
{
    float v[N];
    double sum = 0;

    rotate(t, v);
    for (size_t i = 0; i < BITS; i++) {
        sum += (code[i / 8] >> i % 8 & 1) != 0 ? (double)v[i] : -(double)v[i];
    }
    return fmax(-1, fmin(1, sum / BITS * sqrt(N * M_PI / 2)));
}
