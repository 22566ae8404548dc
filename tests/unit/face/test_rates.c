#include "rates.h"
#include "suite.h"

#include <math.h>

static bool
is_near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static void
perfect_scores_have_no_errors(void)
{
    struct pair_score s[] = {
        { 0.1, false, 0 }, { 0.9, true, 1 }, { 0.2, false, 2 }, { 0.8, true, 3 }
    };

    rates_sort(s, 4);
    CU_ASSERT(is_near(s[0].score, 0.9));
    CU_ASSERT(is_near(rates_equal_error(s, 4), 0));
    CU_ASSERT(is_near(rates_true_acceptance(s, 4, 0), 1));
    CU_ASSERT(is_near(rates_accuracy(s, 4), 1));
}

static void
equal_error_is_where_the_rates_meet(void)
{
    /* Behind the fourth: one of four accepted wrongly, one of four refused wrongly. */
    struct pair_score s[] = { { 0.9, true, 0 },  { 0.8, true, 0 }, { 0.7, true, 0 },
                              { 0.6, false, 0 }, { 0.5, true, 0 }, { 0.4, false, 0 },
                              { 0.3, false, 0 }, { 0.2, false, 0 } };

    CU_ASSERT(is_near(rates_equal_error(s, 8), 0.25));
    CU_ASSERT(is_near(rates_true_acceptance(s, 8, 0), 0.75));
    CU_ASSERT(is_near(rates_true_acceptance(s, 8, 0.25), 1));
    CU_ASSERT(is_near(rates_true_acceptance(s, 8, 0.1), 0.75));
}

static void
equal_scores_stand_or_fall_together(void)
{
    struct pair_score s[] = {
        { 0.5, true, 0 }, { 0.5, false, 0 }, { 0.5, true, 0 }, { 0.5, false, 0 }
    };

    CU_ASSERT(is_near(rates_true_acceptance(s, 4, 0.4), 0));
    CU_ASSERT(is_near(rates_true_acceptance(s, 4, 1), 1));
    CU_ASSERT(is_near(rates_equal_error(s, 4), 0.5));
}

TBC_SUITE("bench/rates", TEST(perfect_scores_have_no_errors),
          TEST(equal_error_is_where_the_rates_meet),
          TEST(equal_scores_stand_or_fall_together))
