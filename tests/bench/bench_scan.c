/* From a camera's frame to a text: how fast, and what share of 500 difficult pictures (hard_view.h),
 * against ZXing-C++ alone on the same pictures.  Times are of the processor, on one core, so that a
 * busy machine does not lie; a frame costs what it costs with its conversion from YUYV.
 *
 * usage: bench_scan [--json FILE] [--sheet PNG] [--count N] [--seed N] */
#include "figures.h"
#include "hard_lens.h"
#include "hard_view.h"
#include "image/v4l2.h"
#include "measure.h"
#include "scan/qr_zxing.h"
#include "scan/reader.h"
#include "sys/file.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PICTURES      500
#define FRAMES_MAX    8 /* 0.4 s at 20 frames a second: then a person has moved */
#define SAMPLES       (PICTURES * FRAMES_MAX)
#define HALLS         24
#define MJPEG_QUALITY 80
#define THUMB_W       192
#define THUMB_H       108
#define COLUMNS       20

struct bench {
    struct hard_texts texts;
    uint64_t seed;
    unsigned count;
    struct tbc_picture sheet;
    double frame_ms[SAMPLES];
    size_t frame_n;
    double bare_ms[PICTURES];
    unsigned read_n;
    unsigned first_n; /* in the first frame */
    unsigned bare_n;
    unsigned of[HARD_TROUBLE_N];
    unsigned read_of[HARD_TROUBLE_N];
};

static double
cpu_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static _Noreturn void
give_up(const char *what)
{
    (void)fprintf(stderr, "bench_scan: %s\n", what);
    exit(3);
}

/* As a camera sends it: grey between bytes of no colour. */
static uint8_t *
to_yuyv(const struct tbc_picture *grey, size_t *len)
{
    size_t n = (size_t)grey->width * (size_t)grey->height;
    uint8_t *bytes = malloc(2 * n);

    if (bytes == NULL) {
        give_up("out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        bytes[2 * i] = grey->px[i];
        bytes[2 * i + 1] = 128;
    }
    *len = 2 * n;
    return bytes;
}

/* One frame from the camera's bytes to texts: what it cost. */
static double
read_frame(struct tbc_reader *reader, struct tbc_span yuyv, struct tbc_codes *codes)
{
    struct tbc_picture grey = { 0 };
    double start = cpu_ms();

    if (tbc_yuyv_grey(&grey, yuyv, HARD_VIEW_WIDTH, HARD_VIEW_HEIGHT,
                      (size_t)HARD_VIEW_WIDTH * 2) != TBC_OK ||
        tbc_reader_frame(reader, &grey, codes) != TBC_OK) {
        give_up("a frame could not be read");
    }
    tbc_picture_fini(&grey);
    return cpu_ms() - start;
}

static bool
holds(const struct tbc_codes *codes, struct tbc_span text)
{
    for (size_t i = 0; i < codes->n; i++) {
        if (tbc_span_equal(tbc_buf_span(&codes->list[i].text), text)) {
            return true;
        }
    }
    return false;
}

/* Hold the picture before the reader until every code of it has been read: in how many frames, 0
 * for never. */
static unsigned
hold(struct bench *b, const struct hard_view *view)
{
    struct tbc_reader *reader = NULL;
    bool seen[HARD_VIEW_CODES] = { false };
    size_t len;
    uint8_t *yuyv = to_yuyv(&view->picture, &len);
    unsigned answer = 0;

    if (tbc_reader_new(&reader) != TBC_OK) {
        give_up("out of memory");
    }
    for (unsigned frame = 1; answer == 0 && frame <= FRAMES_MAX; frame++) {
        struct tbc_codes codes = { 0 };
        bool all = true;

        b->frame_ms[b->frame_n++] = read_frame(reader, tbc_span_of(yuyv, len), &codes);
        for (size_t i = 0; i < view->text_n; i++) {
            seen[i] = seen[i] || holds(&codes, view->texts[i]);
            all = all && seen[i];
        }
        answer = all ? frame : 0;
        tbc_codes_fini(&codes);
    }
    tbc_reader_free(&reader);
    free(yuyv);
    return answer;
}

static void
keep(void *ctx, const char *text, size_t len, struct tbc_box box)
{
    if (tbc_codes_add(ctx, tbc_span_of(text, len), box) != TBC_OK) {
        give_up("out of memory");
    }
}

static void
read_bare(struct bench *b, unsigned i, const struct hard_view *view)
{
    const struct tbc_picture *p = &view->picture;
    struct tbc_codes codes = { 0 };
    double start = cpu_ms();
    bool all = true;

    if (tbc_zxing_read(p->px, p->width, p->height, TBC_ZXING_GREY, keep, &codes) !=
        TBC_OK) {
        give_up("out of memory");
    }
    b->bare_ms[i] = cpu_ms() - start;
    for (size_t k = 0; k < view->text_n; k++) {
        all = all && holds(&codes, view->texts[k]);
    }
    b->bare_n += all;
    tbc_codes_fini(&codes);
}

/* On the sheet for eyes; what was not read has a red edge. */
static void
pin(struct bench *b, unsigned i, const struct tbc_picture *p, bool read)
{
    struct tbc_picture small = { 0 };
    size_t row = (size_t)b->sheet.width * 3;
    uint8_t *to =
        b->sheet.px + (i / COLUMNS) * THUMB_H * row + (i % COLUMNS) * THUMB_W * 3;

    if (tbc_picture_scale(p, THUMB_W, THUMB_H, &small) != TBC_OK) {
        give_up("out of memory");
    }
    for (int y = 0; y < THUMB_H; y++, to += row) {
        for (int x = 0; x < THUMB_W; x++) {
            bool edge = x < 2 || y < 2 || x >= THUMB_W - 2 || y >= THUMB_H - 2;
            uint8_t grey = small.px[y * THUMB_W + x];

            to[3 * x] = edge ? (read ? 0 : 255) : grey;
            to[3 * x + 1] = edge ? 0 : grey;
            to[3 * x + 2] = edge ? 0 : grey;
        }
    }
    tbc_picture_fini(&small);
}

static void
look(struct bench *b, unsigned i)
{
    struct hard_view view = { 0 };
    unsigned frames;

    if (hard_view_make(&b->texts, b->seed, i, &view) != TBC_OK) {
        give_up("a picture could not be drawn");
    }
    read_bare(b, i, &view);
    frames = hold(b, &view);
    b->first_n += frames == 1;
    b->read_n += frames > 0;
    b->of[view.trouble]++;
    b->read_of[view.trouble] += frames > 0;
    if (frames == 0) {
        printf("not read: %u, %s, %.1f px a module\n", i,
               hard_trouble_name(view.trouble), view.module_px);
    }
    pin(b, i, &view.picture, frames > 0);
    hard_view_fini(&view);
}

static double
mean(const double *values, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += values[i];
    }
    return sum / (double)n;
}

/* Halls without a code, or squares everywhere, which look like one: the most that a frame costs. */
static double
look_in_vain(struct bench *b, bool squares, double *worst)
{
    double ms[HALLS];
    struct tbc_reader *reader = NULL;

    if (tbc_reader_new(&reader) != TBC_OK) {
        give_up("out of memory");
    }
    for (unsigned i = 0; i < HALLS; i++) {
        struct hard_view view = { 0 };
        struct tbc_codes codes = { 0 };
        size_t len;
        uint8_t *yuyv;

        if (hard_view_empty(b->seed, i, &view) != TBC_OK) {
            give_up("a picture could not be drawn");
        }
        for (unsigned k = 0; squares && k < HARD_VIEW_WIDTH * HARD_VIEW_HEIGHT; k++) {
            struct hard_random r = { k % HARD_VIEW_WIDTH / 4 * 7919u +
                                     k / HARD_VIEW_WIDTH / 4 * 104729u + i };

            view.picture.px[k] = hard_random_is(&r, 0.5) ? 200 : 30;
        }
        yuyv = to_yuyv(&view.picture, &len);
        ms[i] = read_frame(reader, tbc_span_of(yuyv, len), &codes);
        tbc_codes_fini(&codes);
        free(yuyv);
        hard_view_fini(&view);
    }
    tbc_reader_free(&reader);
    *worst = measure_quantile(ms, HALLS, 1);
    return mean(ms, HALLS);
}

/* What a frame costs beside when the camera sends MJPEG. */
static double
unfold(struct bench *b)
{
    struct hard_view view = { 0 };
    struct tbc_picture colour = { 0 };
    struct tbc_picture grey = { 0 };
    struct tbc_buf file = { 0 };
    double ms[HALLS];

    if (hard_view_make(&b->texts, b->seed, 0, &view) != TBC_OK ||
        tbc_picture_colour(&view.picture, &colour) != TBC_OK ||
        tbc_picture_encode_jpeg(&colour, MJPEG_QUALITY, &file) != TBC_OK) {
        give_up("a picture could not be coded");
    }
    for (int i = 0; i < HALLS; i++) {
        double start = cpu_ms();

        if (tbc_picture_decode_grey(&grey, tbc_buf_span(&file), 0) != TBC_OK) {
            give_up("a picture could not be decoded");
        }
        ms[i] = cpu_ms() - start;
        tbc_picture_fini(&grey);
    }
    tbc_buf_fini(&file);
    tbc_picture_fini(&colour);
    hard_view_fini(&view);
    return mean(ms, HALLS);
}

static void
report(struct bench *b, struct figures *f)
{
    double worst;
    double bare = mean(b->bare_ms, b->count);
    double frame = mean(b->frame_ms, b->frame_n);

    for (int t = 0; t < HARD_TROUBLE_N; t++) {
        printf("%-8s %u of %u\n", hard_trouble_name((enum hard_trouble)t),
               b->read_of[t], b->of[t]);
    }
    figures_add(f, (struct figure){ "difficult pictures read", "%",
                                    100.0 * b->read_n / b->count, 98, FIGURE_HIGHER });
    figures_add(f, (struct figure){ "read in the first frame", "%",
                                    100.0 * b->first_n / b->count, 0, FIGURE_INFO });
    figures_add(f, (struct figure){ "read by ZXing alone", "%",
                                    100.0 * b->bare_n / b->count, 0, FIGURE_INFO });
    figures_add(f, (struct figure){ "camera frame to text", "frames/s", 1000 / frame,
                                    20, FIGURE_HIGHER });
    figures_add(f, (struct figure){ "a frame, mean", "ms", frame, 0, FIGURE_INFO });
    figures_add(f, (struct figure){ "a frame, slowest of a hundred", "ms",
                                    measure_quantile(b->frame_ms, b->frame_n, 0.99), 50,
                                    FIGURE_LOWER });
    figures_add(f, (struct figure){ "ZXing alone, mean", "ms", bare, 0, FIGURE_INFO });
    figures_add(f, (struct figure){ "a frame, over ZXing alone", "", frame / bare, 0,
                                    FIGURE_INFO });
    figures_add(f, (struct figure){ "unfolding a frame of MJPEG, beside that", "ms",
                                    unfold(b), 0, FIGURE_INFO });
    figures_add(f, (struct figure){ "a hall without a code", "ms",
                                    look_in_vain(b, false, &worst), 10, FIGURE_LOWER });
    figures_add(f, (struct figure){ "a frame full of squares that are no code", "ms",
                                    look_in_vain(b, true, &worst), 50, FIGURE_LOWER });
}

static void
write_sheet(const struct bench *b, const char *path)
{
    struct tbc_buf file = { 0 };

    if (tbc_picture_encode_png(&b->sheet, &file) != TBC_OK ||
        tbc_file_write(path, tbc_buf_span(&file), 0644) != TBC_OK) {
        give_up("the sheet cannot be written");
    }
    tbc_buf_fini(&file);
}

static int
run(struct bench *b, const char *json, const char *sheet)
{
    struct figures figures = { 0 };

    if (!hard_texts_load(&b->texts, TBC_FUZZ_CORPUS "/token")) {
        give_up(TBC_FUZZ_CORPUS "/token holds no certificates");
    }
    if (tbc_picture_init(&b->sheet, COLUMNS * THUMB_W,
                         ((int)b->count + COLUMNS - 1) / COLUMNS * THUMB_H,
                         3) != TBC_OK) {
        give_up("out of memory");
    }
    for (unsigned i = 0; i < b->count; i++) {
        look(b, i);
    }
    report(b, &figures);
    if (sheet != NULL) {
        write_sheet(b, sheet);
    }
    if (json != NULL && !figures_write(&figures, json)) {
        give_up("the figures cannot be written");
    }
    tbc_picture_fini(&b->sheet);
    hard_texts_fini(&b->texts);
    return figures_are_met(&figures) ? 0 : 1;
}

int
main(int argc, char **argv)
{
    static const struct option options[] = { { "json", required_argument, NULL, 'j' },
                                             { "sheet", required_argument, NULL, 's' },
                                             { "count", required_argument, NULL, 'n' },
                                             { "seed", required_argument, NULL, 'x' },
                                             { 0 } };
    static struct bench bench = { .seed = 1, .count = PICTURES };
    const char *json = NULL;
    const char *sheet = NULL;
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'j':
            json = optarg;
            break;
        case 's':
            sheet = optarg;
            break;
        case 'n':
            bench.count = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'x':
            bench.seed = strtoul(optarg, NULL, 10);
            break;
        default:
            return 2;
        }
    }
    if (optind != argc || bench.count < 1 || bench.count > PICTURES) {
        (void)fputs("usage: bench_scan [--json FILE] [--sheet PNG] [--count 1..500] "
                    "[--seed N]\n",
                    stderr);
        return 2;
    }
    return run(&bench, json, sheet);
}
