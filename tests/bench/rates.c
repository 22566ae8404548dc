#include "rates.h"

#include <stdlib.h>

#define FOLDS 10

static int
by_falling_score(const void *a, const void *b)
{
    const struct pair_score *left = a;
    const struct pair_score *right = b;

    return (left->score < right->score) - (left->score > right->score);
}

void
rates_sort(struct pair_score *pairs, size_t n)
{
    qsort(pairs, n, sizeof *pairs, by_falling_score);
}

static double
count_same(const struct pair_score *pairs, size_t n)
{
    double same = 0;

    for (size_t i = 0; i < n; i++) {
        same += pairs[i].same;
    }
    return same;
}

/* True when a threshold may lie behind pairs[i]: equal scores stand or fall together. */
static bool
is_boundary(const struct pair_score *pairs, size_t n, size_t i)
{
    return i + 1 == n || pairs[i + 1].score < pairs[i].score;
}

double
rates_equal_error(const struct pair_score *pairs, size_t n)
{
    double same_n = count_same(pairs, n);
    double other_n = (double)n - same_n;
    double accepted_same = 0;
    double accepted_other = 0;
    double last_gap = 1;
    double last_mean = 0.5; /* nothing accepted: 0 false acceptance, 1 false refusal */

    if (same_n < 1 || other_n < 1) {
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        double refusal;
        double acceptance;

        accepted_same += pairs[i].same;
        accepted_other += !pairs[i].same;
        if (!is_boundary(pairs, n, i)) {
            continue;
        }
        refusal = 1 - accepted_same / same_n;
        acceptance = accepted_other / other_n;
        if (acceptance >= refusal) {
            double mean = (acceptance + refusal) / 2;

            return acceptance - refusal < last_gap ? mean : last_mean;
        }
        last_gap = refusal - acceptance;
        last_mean = (acceptance + refusal) / 2;
    }
    return last_mean;
}

double
rates_true_acceptance(const struct pair_score *pairs, size_t n, double far)
{
    double same_n = count_same(pairs, n);
    double other_n = (double)n - same_n;
    double accepted_same = 0;
    double accepted_other = 0;
    double best = 0;

    for (size_t i = 0; i < n; i++) {
        accepted_same += pairs[i].same;
        accepted_other += !pairs[i].same;
        if (other_n > 0 && accepted_other / other_n > far) {
            break;
        }
        if (is_boundary(pairs, n, i) && same_n > 0) {
            best = accepted_same / same_n;
        }
    }
    return best;
}

/* The threshold that judges most pairs outside of one fold rightly: between the last of them
 * that it accepts and the first that it refuses. */
static double
best_threshold(const struct pair_score *pairs, size_t n, unsigned without)
{
    double best = n > 0 ? pairs[0].score + 1 : 0;
    bool is_open =
        false; /* best is the score of the last accepted, the next is not seen yet */
    long right = 0;
    long most = 0;

    for (size_t i = 0; i < n; i++) {
        if (pairs[i].fold == without) {
            continue;
        }
        if (is_open) {
            best = (best + pairs[i].score) / 2;
            is_open = false;
        }
        right += pairs[i].same ? 1 : -1;
        if (is_boundary(pairs, n, i) && right > most) {
            most = right;
            best = pairs[i].score;
            is_open = true;
        }
    }
    return best;
}

double
rates_accuracy(const struct pair_score *pairs, size_t n)
{
    size_t right = 0;

    for (unsigned f = 0; f < FOLDS; f++) {
        double threshold = best_threshold(pairs, n, f);

        for (size_t i = 0; i < n; i++) {
            right +=
                pairs[i].fold == f && (pairs[i].score >= threshold) == pairs[i].same;
        }
    }
    return n > 0 ? (double)right / (double)n : 0;
}
