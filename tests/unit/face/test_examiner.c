#include "face/examiner.h"
#include "image/picture.h"
#include "photos.h"
#include "second_view.h"
#include "suite.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE 30000 /* ms; an answer takes a tenth of a second */

static struct tbc_examiner *
start_or_skip(void)
{
    static char program[1024];
    const char *models = photos_models();
    struct tbc_examiner *x = NULL;
    const char *why = NULL;

    (void)snprintf(program, sizeof program, "%s/tbc-examiner",
                   tbc_test_env("TBC_BIN_DIR"));
    if (models != NULL &&
        tbc_examiner_start(&x, program, models, NULL, &why) != TBC_OK) {
        CU_FAIL("tbc-examiner does not start");
        printf("    %s\n", why);
    }
    return x;
}

static bool
load_person(const char *file, struct tbc_buf *out)
{
    char path[1024];

    if (photos_person(file, path, sizeof path) == NULL) {
        return false;
    }
    photos_load(path, out);
    return true;
}

static void
make_view(struct tbc_span file, struct tbc_buf *out)
{
    struct tbc_picture p = { 0 };
    struct tbc_picture view = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_picture_decode(&p, file, 0), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(second_view_make(&p, &second_view_default, &view), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_encode_jpeg(&view, 85, out), TBC_OK);
    tbc_picture_fini(&view);
    tbc_picture_fini(&p);
}

static enum tbc_err
ask_template(struct tbc_examiner *x, struct tbc_span file,
             struct tbc_examiner_answer *a)
{
    const struct tbc_examiner_request r = { .kind = TBC_EXAMINER_TEMPLATE,
                                            .frames = { file },
                                            .frame_n = 1 };

    CU_ASSERT_EQUAL_FATAL(tbc_examiner_ask(x, &r, PATIENCE, a), TBC_OK);
    return a->err;
}

static struct tbc_examiner_request
compare_with(const uint8_t *reference, struct tbc_span frame)
{
    return (struct tbc_examiner_request){
        .kind = TBC_EXAMINER_COMPARE,
        .frames = { frame },
        .frame_n = 1,
        .reference = tbc_span_of(reference, TBC_FACE_TEMPLATE_BYTES),
    };
}

static void
the_right_face_is_accepted_and_the_wrong_one_not(void)
{
    struct tbc_examiner *x = start_or_skip();
    struct tbc_buf collins = { 0 };
    struct tbc_buf hopper = { 0 };
    struct tbc_buf view = { 0 };
    static struct tbc_examiner_answer reference;
    static struct tbc_examiner_answer a;
    struct tbc_examiner_request r;

    if (x != NULL && load_person("astronaut.png", &collins) &&
        load_person("grace_hopper.jpg", &hopper)) {
        make_view(tbc_buf_span(&collins), &view);
        /* 109 px: enough for the roster, and said to be small */
        CU_ASSERT_EQUAL(ask_template(x, tbc_buf_span(&collins), &reference), TBC_OK);
        CU_ASSERT_EQUAL(reference.quality[0], TBC_FACE_TOO_FAR);
        CU_ASSERT_FATAL(reference.has_template);
        r = compare_with(reference.template_bytes, tbc_buf_span(&view));
        r.frames[1] = r.frames[0];
        r.frame_n = 2;
        CU_ASSERT_EQUAL(tbc_examiner_ask(x, &r, PATIENCE, &a), TBC_OK);
        CU_ASSERT_EQUAL(a.err, TBC_OK);
        CU_ASSERT_EQUAL(a.good_n, 2);
        CU_ASSERT(a.score > 0.9);
        CU_ASSERT(a.live > 0.5);
        r = compare_with(reference.template_bytes, tbc_buf_span(&hopper));
        CU_ASSERT_EQUAL(tbc_examiner_ask(x, &r, PATIENCE, &a), TBC_OK);
        CU_ASSERT_EQUAL(a.good_n, 1);
        CU_ASSERT(a.score < 0.35);
        CU_ASSERT_FALSE(a.has_template);
    }
    tbc_buf_fini(&view);
    tbc_buf_fini(&hopper);
    tbc_buf_fini(&collins);
    tbc_examiner_stop(&x);
}

/* n photographs of one person side by side. */
static void
make_group(struct tbc_span file, int n, struct tbc_buf *out)
{
    struct tbc_picture p = { 0 };
    struct tbc_picture all = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_picture_decode(&p, file, 0), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&all, p.width * n, p.height, 3), TBC_OK);
    for (int i = 0; i < p.height * n; i++) {
        size_t row = (size_t)p.width * 3;

        memcpy(all.px + (size_t)i * row, p.px + (size_t)(i / n) * row, row);
    }
    CU_ASSERT_EQUAL_FATAL(tbc_picture_encode_jpeg(&all, 90, out), TBC_OK);
    tbc_picture_fini(&all);
    tbc_picture_fini(&p);
}

static void
no_face_and_three_faces_are_told_and_not_compared(void)
{
    struct tbc_examiner *x = start_or_skip();
    struct tbc_picture blank = { 0 };
    struct tbc_buf nobody = { 0 };
    struct tbc_buf hopper = { 0 };
    struct tbc_buf group = { 0 };
    static struct tbc_examiner_answer reference;
    static struct tbc_examiner_answer a;
    struct tbc_examiner_request r;

    if (x != NULL && load_person("grace_hopper.jpg", &hopper)) {
        CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&blank, 320, 240, 3), TBC_OK);
        CU_ASSERT_EQUAL_FATAL(tbc_picture_encode_png(&blank, &nobody), TBC_OK);
        make_group(tbc_buf_span(&hopper), 3, &group);
        CU_ASSERT_EQUAL(ask_template(x, tbc_buf_span(&hopper), &reference), TBC_OK);
        CU_ASSERT_FATAL(reference.has_template);
        r = compare_with(reference.template_bytes, tbc_buf_span(&nobody));
        r.frames[1] = tbc_buf_span(&group);
        r.frame_n = 2;
        CU_ASSERT_EQUAL(tbc_examiner_ask(x, &r, PATIENCE, &a), TBC_OK);
        CU_ASSERT_EQUAL(a.err, TBC_OK);
        CU_ASSERT_EQUAL(a.quality[0], TBC_FACE_NO_FACE);
        CU_ASSERT_EQUAL(a.quality[1], TBC_FACE_SEVERAL);
        CU_ASSERT_EQUAL(a.good_n, 0);
        CU_ASSERT_EQUAL(a.score, 0);
        tbc_picture_fini(&blank);
    }
    tbc_buf_fini(&group);
    tbc_buf_fini(&nobody);
    tbc_buf_fini(&hopper);
    tbc_examiner_stop(&x);
}

/* SOI and a frame header that claims 65535 x 65535. */
static const uint8_t monster[] = { 0xff, 0xd8, 0xff, 0xc0, 0x00, 0x11, 0x08,
                                   0xff, 0xff, 0xff, 0xff, 0x03, 0x01, 0x22,
                                   0x00, 0x02, 0x11, 0x01, 0x03, 0x11, 0x01 };

static void
hostile_pictures_get_an_error_and_the_examiner_lives_on(void)
{
    static const char garbage[] = "\xff\xd8\xff garbage that begins like a JPEG";
    struct tbc_examiner *x = start_or_skip();
    struct tbc_buf hopper = { 0 };
    static struct tbc_examiner_answer a;
    pid_t pid;

    if (x != NULL && load_person("grace_hopper.jpg", &hopper)) {
        pid = tbc_examiner_pid(x);
        CU_ASSERT_NOT_EQUAL(ask_template(x, tbc_span_of(monster, sizeof monster), &a),
                            TBC_OK);
        CU_ASSERT_EQUAL(ask_template(x, tbc_span_of(garbage, sizeof garbage), &a),
                        TBC_ERR_MALFORMED);
        CU_ASSERT_EQUAL(ask_template(x, tbc_span_str("%PDF-1.7"), &a),
                        TBC_ERR_UNSUPPORTED);
        CU_ASSERT_EQUAL(a.frame_n, 0);
        CU_ASSERT_EQUAL(
            ask_template(x, tbc_span_sub(tbc_buf_span(&hopper), 0, hopper.len / 2), &a),
            TBC_ERR_MALFORMED);
        CU_ASSERT_EQUAL(ask_template(x, tbc_buf_span(&hopper), &a), TBC_OK);
        CU_ASSERT_TRUE(a.has_template);
        CU_ASSERT_EQUAL(tbc_examiner_pid(x), pid);
        CU_ASSERT_EQUAL(tbc_examiner_deaths(x), 0);
    }
    tbc_buf_fini(&hopper);
    tbc_examiner_stop(&x);
}

/* The IHDR of a PNG of 30000 x 30000 pixels, and data that would fill it: RFC 2083 sec. 4.1.1. */
static const uint8_t png_bomb[] = {
    0x89, 'P',  'N',  'G',  '\r', '\n', 0x1a, '\n', 0x00, 0x00, 0x00, 0x0d, 'I',  'H',
    'D',  'R',  0x00, 0x00, 0x75, 0x30, 0x00, 0x00, 0x75, 0x30, 0x08, 0x02, 0x00, 0x00,
    0x00, 0x3c, 0x55, 0x53, 0xa5, 0x00, 0x00, 0x00, 0x0b, 'I',  'D',  'A',  'T',
};

/* VP8X with the flag of an animation, 1 x 1 (WebP container specification). */
static const uint8_t webp_animation[] = {
    'R',  'I',  'F',  'F',  0x16, 0x00, 0x00, 0x00, 'W',  'E',
    'B',  'P',  'V',  'P',  '8',  'X',  0x0a, 0x00, 0x00, 0x00,
    0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

/* A lossless picture that claims 16384 x 16384, with another format's file behind its head. */
static const uint8_t webp_polyglot[] = {
    'R',  'I', 'F', 'F',  0x1a, 0x00, 0x00, 0x00, 'W',  'E',  'B',  'P',
    'V',  'P', '8', 'L',  0x0d, 0x00, 0x00, 0x00, 0x2f, 0xff, 0xff, 0xff,
    0x0f, 'P', 'K', 0x03, 0x04, '%',  'P',  'D',  'F',  '-',
};

/* The most memory that a process ever had, in KiB. */
static long
peak_kib(pid_t pid)
{
    char path[64];
    char line[256];
    long kib = -1;
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    f = fopen(path, "re");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    while (fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            kib = strtol(line + 6, NULL, 10);
        }
    }
    CU_ASSERT_EQUAL(fclose(f), 0);
    return kib;
}

static void
pictures_that_claim_to_be_huge_cost_the_examiner_nothing(void)
{
    static const struct {
        struct tbc_span file;
        enum tbc_err err;
    } table[] = {
        { { png_bomb, sizeof png_bomb }, TBC_ERR_LIMIT },
        { { webp_animation, sizeof webp_animation }, TBC_ERR_UNSUPPORTED },
        { { webp_polyglot, sizeof webp_polyglot }, TBC_ERR_LIMIT },
    };
    struct tbc_examiner *x = start_or_skip();
    static struct tbc_examiner_answer a;
    long before;

    if (x != NULL) {
        CU_ASSERT_NOT_EQUAL(ask_template(x, tbc_span_str("x"), &a), TBC_OK);
        before = peak_kib(tbc_examiner_pid(x));
        CU_ASSERT(before > 0);
        for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
            CU_ASSERT_EQUAL(ask_template(x, table[i].file, &a), table[i].err);
        }
        CU_ASSERT_NOT_EQUAL(ask_template(x, tbc_span_of(monster, sizeof monster), &a),
                            TBC_OK);
        CU_ASSERT(peak_kib(tbc_examiner_pid(x)) - before < 4096);
        CU_ASSERT_EQUAL(tbc_examiner_deaths(x), 0);
    }
    tbc_examiner_stop(&x);
}

static void
a_reference_that_is_no_template_is_malformed(void)
{
    static const uint8_t zeros[TBC_FACE_TEMPLATE_BYTES] = { 0 };
    struct tbc_examiner *x = start_or_skip();
    struct tbc_examiner_request r = compare_with(zeros, tbc_span_str("x"));
    static struct tbc_examiner_answer a;
    uint64_t id;

    if (x != NULL) {
        CU_ASSERT_EQUAL(tbc_examiner_ask(x, &r, PATIENCE, &a), TBC_OK);
        CU_ASSERT_EQUAL(a.err, TBC_ERR_MALFORMED);
        r.reference.len--;
        CU_ASSERT_EQUAL(tbc_examiner_send(x, &r, &id), TBC_ERR_RANGE);
        r.frame_n = 0;
        CU_ASSERT_EQUAL(tbc_examiner_send(x, &r, &id), TBC_ERR_RANGE);
        r = compare_with(zeros, tbc_span_of(zeros, TBC_EXAMINER_MESSAGE_MAX + 1));
        CU_ASSERT_EQUAL(tbc_examiner_send(x, &r, &id), TBC_ERR_LIMIT);
        CU_ASSERT_EQUAL(id, 0);
    }
    tbc_examiner_stop(&x);
}

static bool
status_says(pid_t pid, const char *line)
{
    char path[64];
    char got[256];
    bool found = false;
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    f = fopen(path, "re");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    while (fgets(got, sizeof got, f) != NULL) {
        found = found || strcmp(got, line) == 0;
    }
    CU_ASSERT_EQUAL(fclose(f), 0);
    return found;
}

static void
it_is_narrowed_before_its_first_request(void)
{
    struct tbc_examiner *x = start_or_skip();

    if (x != NULL) {
        CU_ASSERT(status_says(tbc_examiner_pid(x), "Seccomp:\t2\n"));
        CU_ASSERT(status_says(tbc_examiner_pid(x), "NoNewPrivs:\t1\n"));
        CU_ASSERT(status_says(tbc_examiner_pid(x), "Threads:\t1\n"));
    }
    tbc_examiner_stop(&x);
}

static void
wait_for(struct tbc_examiner *x)
{
    struct pollfd p = { .fd = tbc_examiner_fd(x), .events = tbc_examiner_events(x) };

    CU_ASSERT(poll(&p, 1, PATIENCE) > 0);
}

/* Its request gets ERR_IO, the next one a fresh examiner. */
static void
one_that_is_killed_is_replaced_and_its_requests_fail(void)
{
    struct tbc_examiner *x = start_or_skip();
    struct tbc_examiner_request r = { .kind = TBC_EXAMINER_TEMPLATE,
                                      .frames = { tbc_span_str("%PDF") },
                                      .frame_n = 1 };
    static struct tbc_examiner_answer a;
    uint64_t ids[2];
    pid_t pid;
    enum tbc_err err;

    if (x != NULL) {
        pid = tbc_examiner_pid(x);
        CU_ASSERT_EQUAL(kill(pid, SIGSTOP), 0);
        CU_ASSERT_EQUAL(tbc_examiner_send(x, &r, &ids[0]), TBC_OK);
        CU_ASSERT_EQUAL(tbc_examiner_send(x, &r, &ids[1]), TBC_OK);
        CU_ASSERT_EQUAL(tbc_examiner_recv(x, &a), TBC_ERR_BUSY);
        CU_ASSERT_EQUAL(kill(pid, SIGKILL), 0);
        for (size_t i = 0; i < 2; i++) {
            while ((err = tbc_examiner_recv(x, &a)) == TBC_ERR_BUSY) {
                wait_for(x);
            }
            CU_ASSERT_EQUAL(err, TBC_OK);
            CU_ASSERT_EQUAL(a.id, ids[i]);
            CU_ASSERT_EQUAL(a.err, TBC_ERR_IO);
        }
        CU_ASSERT_EQUAL(tbc_examiner_deaths(x), 1);
        CU_ASSERT_NOT_EQUAL(tbc_examiner_pid(x), pid);
        CU_ASSERT_EQUAL(tbc_examiner_ask(x, &r, PATIENCE, &a), TBC_OK);
        CU_ASSERT_EQUAL(a.err, TBC_ERR_UNSUPPORTED);
    }
    tbc_examiner_stop(&x);
}

static void
more_requests_than_may_wait_are_busy(void)
{
    struct tbc_examiner *x = start_or_skip();
    struct tbc_examiner_request r = { .kind = TBC_EXAMINER_TEMPLATE,
                                      .frames = { tbc_span_str("%PDF") },
                                      .frame_n = 1 };
    uint64_t id;

    if (x != NULL) {
        CU_ASSERT_EQUAL(kill(tbc_examiner_pid(x), SIGSTOP), 0);
        for (size_t i = 0; i < TBC_EXAMINER_PENDING_MAX; i++) {
            CU_ASSERT_EQUAL(tbc_examiner_send(x, &r, &id), TBC_OK);
            CU_ASSERT_EQUAL(id, i + 1);
        }
        CU_ASSERT_EQUAL(tbc_examiner_send(x, &r, &id), TBC_ERR_BUSY);
    }
    tbc_examiner_stop(&x);
}

static void
a_missing_program_or_model_is_named(void)
{
    struct tbc_examiner *x = NULL;
    const char *why = NULL;
    char program[1024];

    CU_ASSERT_EQUAL(tbc_examiner_start(&x, "/does/not/exist", "/", NULL, &why),
                    TBC_ERR_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "tbc-examiner"));
    (void)snprintf(program, sizeof program, "%s/tbc-examiner",
                   tbc_test_env("TBC_BIN_DIR"));
    CU_ASSERT_EQUAL(tbc_examiner_start(&x, program, "/does/not/exist", NULL, &why),
                    TBC_ERR_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "/does/not/exist/manifest"));
    CU_ASSERT_PTR_NULL(x);
}

TBC_SUITE("face/examiner", TEST(the_right_face_is_accepted_and_the_wrong_one_not),
          TEST(no_face_and_three_faces_are_told_and_not_compared),
          TEST(hostile_pictures_get_an_error_and_the_examiner_lives_on),
          TEST(pictures_that_claim_to_be_huge_cost_the_examiner_nothing),
          TEST(a_reference_that_is_no_template_is_malformed),
          TEST(it_is_narrowed_before_its_first_request),
          TEST(one_that_is_killed_is_replaced_and_its_requests_fail),
          TEST(more_requests_than_may_wait_are_busy),
          TEST(a_missing_program_or_model_is_named))
