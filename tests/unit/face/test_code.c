#include "face/align.h"
#include "face/code.h"
#include "suite.h"

#include <math.h>
#include <string.h>

#define PAIRS 400

/* xorshift64*: the same numbers in each run. */
static double
draw(uint64_t *state)
{
    double sum = 0;

    for (int i = 0; i < 12; i++) { /* nearly normal */
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        sum +=
            (double)(*state * UINT64_C(0x2545f4914f6cdd1d) >> 11) / 9007199254740992.0;
    }
    return sum - 6;
}

static void
draw_template(uint64_t *state, struct tbc_face_template *t)
{
    for (size_t i = 0; i < TBC_FACE_TEMPLATE_N; i++) {
        t->v[i] = (float)draw(state);
    }
    tbc_normalise(t->v, TBC_FACE_TEMPLATE_N);
}

/* b: as far from a as that cosine says. */
static void
draw_pair(uint64_t *state, double cosine, struct tbc_face_template *a,
          struct tbc_face_template *b)
{
    double dot;

    draw_template(state, a);
    draw_template(state, b);
    dot = tbc_face_compare(a, b);
    for (size_t i = 0; i < TBC_FACE_TEMPLATE_N; i++) { /* at a right angle to a */
        b->v[i] -= (float)dot * a->v[i];
    }
    tbc_normalise(b->v, TBC_FACE_TEMPLATE_N);
    for (size_t i = 0; i < TBC_FACE_TEMPLATE_N; i++) {
        b->v[i] = (float)(cosine * (double)a->v[i] +
                          sqrt(1 - cosine * cosine) * (double)b->v[i]);
    }
}

static void
a_code_tells_the_cosine_within_its_stated_error(void)
{
    static const double cosines[] = { -0.5, 0, 0.2, 0.35, 0.45, 0.7, 0.95 };
    uint64_t state = 88172645463325252u;

    for (size_t c = 0; c < sizeof cosines / sizeof *cosines; c++) {
        double sum = 0;
        double square = 0;

        for (int i = 0; i < PAIRS; i++) {
            static struct tbc_face_template a;
            static struct tbc_face_template b;
            uint8_t code[TBC_FACE_CODE_LEN];
            double off;

            draw_pair(&state, cosines[c], &a, &b);
            tbc_face_code(&a, code);
            off = tbc_face_code_compare(code, &b) - cosines[c];
            sum += off;
            square += off * off;
        }
        CU_ASSERT(fabs(sum / PAIRS) < 0.015);
        CU_ASSERT(sqrt(square / PAIRS) < 0.085);
    }
}

/* Codes are in certificates: another rotation would be another format. */
static void
the_rotation_is_part_of_the_format(void)
{
    static const uint8_t expected[8] = {
        0xf1, 0x24, 0x67, 0x44, 0xfc, 0xac, 0xeb, 0xd9
    };
    struct tbc_face_template t = { { 0 } };
    uint8_t code[TBC_FACE_CODE_LEN];

    for (size_t i = 0; i < TBC_FACE_TEMPLATE_N; i++) {
        t.v[i] = (float)((int)(i * 37 % 101) - 50);
    }
    tbc_normalise(t.v, TBC_FACE_TEMPLATE_N);
    tbc_face_code(&t, code);
    CU_ASSERT_EQUAL(memcmp(code, expected, sizeof expected), 0);
    CU_ASSERT(tbc_face_code_compare(code, &t) > 0.9);
}

/* Lopsided templates lose nothing: the rotation spreads a single number over all bits. */
static void
one_single_number_is_spread_over_all_bits(void)
{
    struct tbc_face_template t = { { 0 } };
    uint8_t code[TBC_FACE_CODE_LEN];
    int ones = 0;

    t.v[3] = 1;
    tbc_face_code(&t, code);
    for (size_t i = 0; i < TBC_FACE_CODE_LEN * 8; i++) {
        ones += code[i / 8] >> i % 8 & 1;
    }
    CU_ASSERT(ones > 90 && ones < 166);
    CU_ASSERT(tbc_face_code_compare(code, &t) > 0.8);
}

TBC_SUITE("face/code", TEST(a_code_tells_the_cosine_within_its_stated_error),
          TEST(the_rotation_is_part_of_the_format),
          TEST(one_single_number_is_spread_over_all_bits))
