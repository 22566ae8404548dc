#include "crypto/permute.h"
#include "suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KINDS 4

static const uint8_t master[32] = { 1, 2, 3 };

static struct tbc_permute *
permutation(uint8_t key, const char *label, uint64_t n)
{
    struct tbc_permute *p = NULL;

    CU_ASSERT_EQUAL_FATAL(tbc_permute_new(&p, tbc_span_of(&key, 1), label, n), TBC_OK);
    return p;
}

static uint64_t
at(const struct tbc_permute *p, uint64_t x)
{
    uint64_t y = UINT64_MAX;

    CU_ASSERT_EQUAL(tbc_permute(p, x, &y), TBC_OK);
    return y;
}

/* Every number below n comes out once, and goes back to where it came from. */
static bool
is_bijective(uint64_t n)
{
    struct tbc_permute *p = permutation(7, "test", n);
    bool *seen = calloc(n, sizeof *seen);
    bool good = seen != NULL;

    for (uint64_t x = 0; good && x < n; x++) {
        uint64_t y = at(p, x);
        uint64_t back = UINT64_MAX;

        good =
            y < n && !seen[y] && tbc_permute_back(p, y, &back) == TBC_OK && back == x;
        if (good) {
            seen[y] = true;
        }
    }
    free(seen);
    tbc_permute_free(&p);
    return good;
}

static void
every_small_domain_is_permuted_without_a_loss(void)
{
    static const uint64_t odd[] = { 63, 64, 65, 127, 129, 257 };

    for (uint64_t n = 1; n <= 40; n++) {
        CU_ASSERT(is_bijective(n));
    }
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        CU_ASSERT(is_bijective(odd[i]));
    }
}

static void
giant_domains_go_there_and_back(void)
{
    static const uint64_t sizes[] = {
        UINT64_C(1) << 26,
        (UINT64_C(1) << 26) + 1,
        (UINT64_C(1) << 62) + 1,
        (UINT64_C(1) << 63) + 12,
        UINT64_MAX,
    };

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct tbc_permute *p = permutation(1, "giant", sizes[i]);
        const uint64_t from[] = { 0, 1, sizes[i] / 2, sizes[i] - 1 };

        for (size_t k = 0; k < sizeof from / sizeof *from; k++) {
            uint64_t y = at(p, from[k]);
            uint64_t back = 0;

            CU_ASSERT(y < sizes[i]);
            CU_ASSERT_EQUAL(tbc_permute_back(p, y, &back), TBC_OK);
            CU_ASSERT_EQUAL(back, from[k]);
        }
        tbc_permute_free(&p);
    }
}

static void
numbers_out_of_range_are_refused(void)
{
    struct tbc_permute *p = permutation(1, "range", 10);
    struct tbc_permute *none = NULL;
    uint64_t y = 3;

    CU_ASSERT_EQUAL(tbc_permute(p, 10, &y), TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(y, 0);
    CU_ASSERT_EQUAL(tbc_permute_back(p, UINT64_MAX, &y), TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(tbc_permute_new(&none, tbc_span_of(master, 32), "range", 0),
                    TBC_ERR_RANGE);
    CU_ASSERT_PTR_NULL(none);
    tbc_permute_free(&p);
}

static void
key_label_and_size_each_make_another_permutation(void)
{
    struct tbc_permute *p[KINDS] = {
        permutation(1, "a", 1000),
        permutation(2, "a", 1000),
        permutation(1, "b", 1000),
        permutation(1, "a", 1001),
    };

    for (size_t i = 1; i < KINDS; i++) {
        int same = 0;

        for (uint64_t x = 0; x < 200; x++) {
            same += at(p[0], x) == at(p[i], x) ? 1 : 0;
        }
        CU_ASSERT(same < 8); /* 0.2 expected; more than 7 by chance: less than 1e-10 */
    }
    for (size_t i = 0; i < KINDS; i++) {
        tbc_permute_free(&p[i]);
    }
}

/* Spearman's rank correlation of order in and order out: for a random permutation it is normal
 * with deviation 1 / sqrt(n - 1), so 5 deviations are passed once in millions. */
static void
the_order_out_says_nothing_of_the_order_in(void)
{
    const uint64_t n = 1024;
    double mean = (double)(n - 1) / 2;
    double variance = ((double)n * (double)n - 1) / 12;

    for (uint8_t key = 0; key < 3; key++) {
        struct tbc_permute *p = permutation(key, "order", n);
        double order = 0;
        double neighbours = 0;
        uint64_t before = at(p, n - 1);

        for (uint64_t x = 0; x < n; x++) {
            uint64_t y = at(p, x);

            order += ((double)x - mean) * ((double)y - mean);
            neighbours += ((double)before - mean) * ((double)y - mean);
            before = y;
        }
        CU_ASSERT(fabs(order / (double)n / variance) < 5 / sqrt((double)n - 1));
        CU_ASSERT(fabs(neighbours / (double)n / variance) < 5 / sqrt((double)n - 1));
        tbc_permute_free(&p);
    }
}

/* The first half of the counter falls evenly into 16 ranges: chi-square with 15 degrees of freedom
 * is above 50 once in 100,000. */
static void
half_a_list_is_filled_evenly(void)
{
    const uint64_t n = 3000; /* no power of two: many walks */
    struct tbc_permute *p = permutation(9, "even", n);
    unsigned count[16] = { 0 };
    double chi = 0;

    for (uint64_t x = 0; x < n / 2; x++) {
        count[at(p, x) * 16 / n]++;
    }
    for (size_t i = 0; i < 16; i++) {
        double off = (double)count[i] - (double)n / 32;

        chi += off * off / ((double)n / 32);
    }
    CU_ASSERT(chi < 50);
    tbc_permute_free(&p);
}

TBC_SUITE("crypto/permute", TEST(every_small_domain_is_permuted_without_a_loss),
          TEST(giant_domains_go_there_and_back), TEST(numbers_out_of_range_are_refused),
          TEST(key_label_and_size_each_make_another_permutation),
          TEST(the_order_out_says_nothing_of_the_order_in),
          TEST(half_a_list_is_filled_evenly))
