/* bench_face --models DIR --pairs CSV [--json FILE]
 *
 * How well the face engine tells people apart.  Lines of CSV are "a.jpg,b.jpg,1" (1: one person,
 * 0: two), paths relative to the CSV.  A picture without a face scores -1 against everyone: it
 * counts as refused.  Targets are what docs/FACE.md measured, with a margin; exit 1 when one is
 * missed, 2 wrong usage, 3 could not find out, 4 malformed CSV. */
#include "face/code.h"
#include "figures.h"
#include "rates.h"

#include <getopt.h>
#include <libgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAIRS_MAX 1000000
#define POLICY    0.45 /* the default threshold of acceptance */
#define GATE      0.30 /* a threshold for gates, as docs/FACE.md names it */

struct picture_entry {
    const char *path; /* the pair's */
    bool has_face;
    bool is_good; /* would pass as a capture */
    struct tbc_face_template t;
};

struct pair {
    char *a;
    char *b;
    bool same;
};

struct bench {
    struct pair *pairs;
    size_t pair_n;
    struct picture_entry *pictures;
    size_t picture_n;
};

static int
complain(const char *what, const char *why, int code)
{
    fprintf(stderr, "bench_face: %s: %s\n", what, why);
    return code;
}

static char *
join_path(const char *folder, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

/* "a,b,1"; false when it is not that. */
static bool
parse_line(char *line, const char *folder, struct pair *p)
{
    char *b = strchr(line, ',');
    char *flag = b == NULL ? NULL : strchr(b + 1, ',');

    line[strcspn(line, "\r\n")] = '\0';
    if (flag == NULL || (strcmp(flag, ",0") != 0 && strcmp(flag, ",1") != 0)) {
        return false;
    }
    *b = '\0';
    *flag = '\0';
    p->same = flag[1] == '1';
    p->a = join_path(folder, line);
    p->b = join_path(folder, b + 1);
    return p->a != NULL && p->b != NULL;
}

static int
read_pairs(struct bench *bench, const char *csv)
{
    char *line = NULL;
    size_t room = 0;
    char *copy = strdup(csv);
    const char *folder = copy == NULL ? "." : dirname(copy);
    FILE *f = fopen(csv, "re");
    int rc = 0;

    bench->pairs = calloc(PAIRS_MAX, sizeof *bench->pairs);
    if (f == NULL || copy == NULL || bench->pairs == NULL) {
        rc = complain(csv, "cannot be read", 3);
        goto out;
    }
    while (rc == 0 && getline(&line, &room, f) > 0) {
        if (bench->pair_n == PAIRS_MAX ||
            !parse_line(line, folder, &bench->pairs[bench->pair_n])) {
            fprintf(stderr, "bench_face: %s:%zu: not \"a.jpg,b.jpg,1\"\n", csv,
                    bench->pair_n + 1);
            rc = 4;
        } else {
            bench->pair_n++;
        }
    }
    if (rc == 0 && bench->pair_n == 0) {
        rc = complain(csv, "holds no pairs", 4);
    }
out:
    free(line);
    free(copy);
    if (f != NULL) {
        (void)fclose(f); /* only read */
    }
    return rc;
}

static int
by_path(const void *a, const void *b)
{
    const struct picture_entry *left = a;
    const struct picture_entry *right = b;

    return strcmp(left->path, right->path);
}

/* Each picture once, sorted by path; the paths stay the pairs'. */
static bool
collect_pictures(struct bench *bench)
{
    size_t n = 0;

    bench->pictures = calloc(bench->pair_n * 2, sizeof *bench->pictures);
    if (bench->pictures == NULL) {
        return false;
    }
    for (size_t i = 0; i < bench->pair_n; i++) {
        bench->pictures[i * 2].path = bench->pairs[i].a;
        bench->pictures[i * 2 + 1].path = bench->pairs[i].b;
    }
    qsort(bench->pictures, bench->pair_n * 2, sizeof *bench->pictures, by_path);
    for (size_t i = 0; i < bench->pair_n * 2; i++) {
        if (n == 0 || by_path(&bench->pictures[n - 1], &bench->pictures[i]) != 0) {
            bench->pictures[n++] = bench->pictures[i];
        }
    }
    bench->picture_n = n;
    return true;
}

static enum tbc_err
look_at(struct tbc_face_engine *engine, struct picture_entry *p)
{
    struct tbc_picture picture = { 0 };
    struct tbc_face_frame frame;
    enum tbc_err err;

    if ((err = tbc_picture_read(&picture, p->path)) == TBC_OK &&
        (err = tbc_face_inspect(engine, &picture, &frame)) == TBC_OK &&
        frame.quality != TBC_FACE_NO_FACE) {
        p->is_good = frame.quality == TBC_FACE_GOOD;
        p->has_face = true;
        err = tbc_face_embed(engine, &picture, &frame, &p->t);
    }
    tbc_picture_fini(&picture);
    return err;
}

static double
milliseconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
look_at_all(struct bench *bench, const char *models, struct figures *figures)
{
    struct tbc_face_engine *engine = NULL;
    const char *why = NULL;
    double start;
    size_t faces = 0;
    size_t good = 0;

    if (tbc_face_open(&engine, models, NULL, &why) != TBC_OK) {
        return complain(models, why, 3);
    }
    start = milliseconds();
    for (size_t i = 0; i < bench->picture_n; i++) {
        struct picture_entry *p = &bench->pictures[i];
        enum tbc_err err = look_at(engine, p);

        if (err != TBC_OK) {
            tbc_face_close(&engine);
            return complain(p->path, tbc_err_text(err), 3);
        }
        faces += p->has_face;
        good += p->is_good;
        if ((i + 1) % 500 == 0) {
            fprintf(stderr, "%zu of %zu pictures\n", i + 1, bench->picture_n);
        }
    }
    tbc_face_close(&engine);
    figures_add(figures, (struct figure){ "pictures", "", (double)bench->picture_n, 0,
                                          FIGURE_INFO });
    figures_add(figures,
                (struct figure){ "without_face", "%",
                                 100 - 100 * (double)faces / (double)bench->picture_n,
                                 0, FIGURE_INFO });
    figures_add(figures, (struct figure){ "capture_quality", "%",
                                          100 * (double)good / (double)bench->picture_n,
                                          0, FIGURE_INFO });
    figures_add(figures,
                (struct figure){ "picture", "ms",
                                 (milliseconds() - start) / (double)bench->picture_n, 0,
                                 FIGURE_INFO });
    return 0;
}

static const struct picture_entry *
find_picture(const struct bench *bench, const char *path)
{
    const struct picture_entry key = { .path = path };

    return bsearch(&key, bench->pictures, bench->picture_n, sizeof key, by_path);
}

static double
score_pair(const struct bench *bench, const struct pair *p)
{
    const struct picture_entry *a = find_picture(bench, p->a);
    const struct picture_entry *b = find_picture(bench, p->b);

    if (a == NULL || b == NULL || !a->has_face || !b->has_face) {
        return -1;
    }
    return tbc_face_compare(&a->t, &b->t);
}

static void
report_rates(const struct pair_score *s, size_t n, double accuracy, struct figures *f)
{
    static const struct {
        const char *name;
        double far;
        double target;
    } rows[] = {
        { "true_acceptance_at_1e-2", 1e-2, 98.5 },
        { "true_acceptance_at_1e-3", 1e-3, 97 },
        { "true_acceptance_at_1e-4", 1e-4, 95 },
    };
    double same = 0;
    double accepted[2] = { 0, 0 };

    for (size_t i = 0; i < n; i++) {
        same += s[i].same;
        accepted[s[i].same] += s[i].score >= POLICY;
    }
    figures_add(f, (struct figure){ "pairs", "", (double)n, 0, FIGURE_INFO });
    figures_add(f,
                (struct figure){ "accuracy", "%", accuracy * 100, 99, FIGURE_HIGHER });
    figures_add(f, (struct figure){ "equal_error_rate", "%",
                                    rates_equal_error(s, n) * 100, 1, FIGURE_LOWER });
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double tar = rates_true_acceptance(s, n, rows[i].far);

        figures_add(f, (struct figure){ rows[i].name, "%", tar * 100, rows[i].target,
                                        FIGURE_HIGHER });
    }
    figures_add(f, (struct figure){ "policy_true_acceptance", "%",
                                    same > 0 ? 100 * accepted[1] / same : 0, 0,
                                    FIGURE_INFO });
    figures_add(f, (struct figure){
                       "policy_false_acceptance", "%",
                       (double)n > same ? 100 * accepted[0] / ((double)n - same) : 0, 0,
                       FIGURE_INFO });
}

/* The same by the 256 bits of a certificate: how far off, and who would be sent to an officer. */
static void
report_code(const struct bench *bench, struct figures *f)
{
    double square = 0;
    size_t n[2] = { 0, 0 };
    size_t passed[2] = { 0, 0 };

    for (size_t i = 0; i < bench->pair_n; i++) {
        const struct pair *p = &bench->pairs[i];
        const struct picture_entry *a = find_picture(bench, p->a);
        const struct picture_entry *b = find_picture(bench, p->b);
        uint8_t code[TBC_FACE_CODE_LEN];
        double estimate;

        if (a == NULL || b == NULL || !a->has_face || !b->has_face) {
            continue;
        }
        tbc_face_code(&a->t, code);
        estimate = tbc_face_code_compare(code, &b->t);
        square += pow(estimate - tbc_face_compare(&a->t, &b->t), 2);
        n[p->same]++;
        passed[p->same] += estimate >= GATE;
    }
    if (n[0] + n[1] > 0) {
        figures_add(f, (struct figure){ "code_error", "",
                                        sqrt(square / (double)(n[0] + n[1])), 0.1,
                                        FIGURE_LOWER });
    }
    for (int same = 0; same < 2; same++) {
        if (n[same] > 0) {
            figures_add(
                f, (struct figure){ same == 0 ? "gate_false_acceptance"
                                              : "gate_true_acceptance",
                                    "%", 100 * (double)passed[same] / (double)n[same],
                                    0, FIGURE_INFO });
        }
    }
}

static int
judge(const struct bench *bench, struct figures *figures)
{
    struct pair_score *scores = calloc(bench->pair_n, sizeof *scores);
    int rc = 3;

    if (scores != NULL) {
        for (size_t i = 0; i < bench->pair_n; i++) {
            scores[i].score = score_pair(bench, &bench->pairs[i]);
            scores[i].same = bench->pairs[i].same;
            scores[i].fold = (unsigned char)(i % 10);
        }
        rates_sort(scores, bench->pair_n);
        report_rates(scores, bench->pair_n, rates_accuracy(scores, bench->pair_n),
                     figures);
        report_code(bench, figures);
        rc = 0;
    }
    free(scores);
    return rc;
}

static void
release(struct bench *bench)
{
    for (size_t i = 0; i < bench->pair_n; i++) {
        free(bench->pairs[i].a);
        free(bench->pairs[i].b);
    }
    free(bench->pairs);
    free(bench->pictures);
}

static int
run(const char *models, const char *csv, const char *json)
{
    struct bench bench = { 0 };
    struct figures figures = { 0 };
    int rc = read_pairs(&bench, csv);

    if (rc == 0 && !collect_pictures(&bench)) {
        rc = complain(csv, "out of memory", 3);
    }
    if (rc == 0 && (rc = look_at_all(&bench, models, &figures)) == 0) {
        rc = judge(&bench, &figures);
    }
    if (rc == 0 && json != NULL && !figures_write(&figures, json)) {
        rc = complain(json, "cannot be written", 3);
    }
    if (rc == 0 && !figures_are_met(&figures)) {
        rc = 1;
    }
    release(&bench);
    return rc;
}

int
main(int argc, char **argv)
{
    static const struct option options[] = { { "models", required_argument, NULL, 'm' },
                                             { "pairs", required_argument, NULL, 'p' },
                                             { "json", required_argument, NULL, 'j' },
                                             { 0 } };
    const char *models = NULL;
    const char *csv = NULL;
    const char *json = NULL;
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'm':
            models = optarg;
            break;
        case 'p':
            csv = optarg;
            break;
        case 'j':
            json = optarg;
            break;
        default:
            return 2;
        }
    }
    if (models == NULL || csv == NULL || optind != argc) {
        fputs("usage: bench_face --models DIR --pairs CSV [--json FILE]\n", stderr);
        return 2;
    }
    return run(models, csv, json);
}
