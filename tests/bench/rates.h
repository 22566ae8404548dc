/* Accuracy of a comparison from the scores of pairs.  Pure. */
#ifndef TBC_BENCH_RATES_H
#define TBC_BENCH_RATES_H

#include <stdbool.h>
#include <stddef.h>

struct pair_score {
    double score;
    bool same;          /* one person */
    unsigned char fold; /* 0..9, for rates_accuracy */
};

/* Sorts by falling score; everything below wants that order. */
void rates_sort(struct pair_score *pairs, size_t n);

/* Equal error rate: where false acceptance and false refusal meet, 0..1. */
double rates_equal_error(const struct pair_score *pairs, size_t n);

/* True acceptance at the lowest threshold whose false acceptance is at most far.  Below one in
 * the number of pairs of two persons that means: no false acceptance at all. */
double rates_true_acceptance(const struct pair_score *pairs, size_t n, double far);

/* Share judged rightly in ten folds, each by the threshold that is best for the other nine. */
double rates_accuracy(const struct pair_score *pairs, size_t n);

#endif
