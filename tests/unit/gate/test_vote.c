#include "suite.h"
#include "vote.h"

#include <string.h>

static const struct tbc_mono begun = { 7000 };

static struct tbc_mono
after(int64_t ms)
{
    return (struct tbc_mono){ begun.ms + ms };
}

static const struct {
    int64_t frames[GATE_LOOK_FRAMES]; /* permille, in their order */
    size_t n;
    int64_t ms;
    enum gate_look look;
} rows[] = {
    { { 0 }, 0, 0, GATE_LOOK_ON },
    { { 0 }, 0, GATE_LOOK_MS - 1, GATE_LOOK_ON },
    { { 0 }, 0, GATE_LOOK_MS, GATE_LOOK_NOBODY },
    { { 300 }, 1, 0, GATE_LOOK_SAME },
    { { 299 }, 1, 0, GATE_LOOK_ON },
    { { 299 }, 1, GATE_LOOK_MS, GATE_LOOK_OTHER },
    { { -900 }, 1, GATE_LOOK_MS, GATE_LOOK_OTHER },
    { { 100, 301, 100 }, 3, 0, GATE_LOOK_SAME },
    { { -900, -800, -700, -600 }, 4, 0, GATE_LOOK_ON },
    { { -900, -800, -700, -600, -500 }, 5, 0, GATE_LOOK_OTHER },
    { { 0, 0, 0, 0, 300 }, 5, GATE_LOOK_MS, GATE_LOOK_SAME },
};

static void
each_row_comes_to_its_end(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gate_vote v = { .best = 999, .good_n = 9 };

        gate_vote_begin(&v, 300, begun);
        for (size_t k = 0; k < rows[i].n; k++) {
            gate_vote_add(&v, rows[i].frames[k]);
        }
        CU_ASSERT_EQUAL(gate_vote_tell(&v, after(rows[i].ms)), rows[i].look);
    }
}

static void
each_end_has_its_word(void)
{
    for (int a = GATE_LOOK_ON; a <= GATE_LOOK_UNABLE; a++) {
        for (int b = a + 1; b <= GATE_LOOK_UNABLE; b++) {
            CU_ASSERT_STRING_NOT_EQUAL(gate_look_word((enum gate_look)a),
                                       gate_look_word((enum gate_look)b));
        }
    }
}

TBC_SUITE("gate/vote", TEST(each_row_comes_to_its_end), TEST(each_end_has_its_word))
