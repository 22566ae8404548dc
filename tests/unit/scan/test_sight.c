#include "lens.h"
#include "scan/scan.h"
#include "suite.h"
#include "sys/clock.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define FIFO     "sight.fifo"
#define SOURCE   "camera:pgm:" FIFO
#define PATIENCE 20000 /* ms */

static const char *const empty[LENS_CODES] = { NULL, NULL };
static struct lens lens = { .fd = -1 };

static struct tbc_scan *
open_sight(void)
{
    struct tbc_scan *s = NULL;

    (void)signal(SIGPIPE, SIG_IGN);
    CU_ASSERT_FATAL(lens_make(FIFO));
    CU_ASSERT_EQUAL_FATAL(tbc_scan_open(&s, SOURCE, NULL), TBC_OK);
    CU_ASSERT_FATAL(lens_plug(&lens, FIFO, PATIENCE));
    return s;
}

static void
close_sight(struct tbc_scan **s)
{
    tbc_scan_close(s);
    lens_unplug(&lens);
    CU_ASSERT_EQUAL(unlink(FIFO), 0);
}

static void
show(const char *a, const char *b)
{
    const char *const texts[LENS_CODES] = { a, b };

    CU_ASSERT(lens_show(&lens, texts, 90, PATIENCE));
}

/* Wait for news; false after the time. */
static bool
wait_for(struct tbc_scan *s, int ms)
{
    struct pollfd p = { .fd = tbc_scan_fd(s), .events = POLLIN };

    return poll(&p, 1, ms) > 0;
}

static bool
gives(struct tbc_scan *s, const char *text, bool is_held)
{
    struct tbc_scan_text t;
    enum tbc_err err;

    while ((err = tbc_scan_next(s, tbc_clock_mono(), &t)) == TBC_ERR_BUSY) {
        if (!wait_for(s, PATIENCE)) {
            return false;
        }
    }
    if (!tbc_span_equal(t.text, tbc_span_str(text)) || t.is_held != is_held) {
        printf("    came: %.*s%s\n", (int)t.text.len, (const char *)t.text.ptr,
               t.is_held ? ", held" : "");
        return false;
    }
    return err == TBC_OK && !t.is_cut;
}

static bool
gives_nothing(struct tbc_scan *s)
{
    struct tbc_scan_text t;

    return tbc_scan_next(s, tbc_clock_mono(), &t) == TBC_ERR_BUSY;
}

static void
codes_in_view_come_certificates_first_and_once_each(void)
{
    struct tbc_scan *s = open_sight();

    CU_ASSERT(gives_nothing(s));
    show("A POSTER", "TBC1:PAPER");
    CU_ASSERT(gives(s, "TBC1:PAPER", false));
    CU_ASSERT(gives(s, "A POSTER", false));
    show("A POSTER", "TBC1:PAPER"); /* at once: not worth a word */
    show("A POSTER", "TBC1:NEXT");
    CU_ASSERT(gives(s, "TBC1:NEXT", false));
    close_sight(&s);
}

/* What is there now, or no text. */
static struct tbc_scan_text
next_of(struct tbc_scan *s)
{
    struct tbc_scan_text t;
    enum tbc_err err = tbc_scan_next(s, tbc_clock_mono(), &t);

    CU_ASSERT(err == TBC_OK || err == TBC_ERR_BUSY);
    return t;
}

/* However slow the machine: a code that is shown without a gap is told as held. */
static void
a_code_that_stays_is_told_as_held_and_is_new_again_after_forgetting(void)
{
    struct tbc_scan *s = open_sight();
    struct tbc_scan_text t = { 0 };
    int64_t end = tbc_clock_mono().ms + PATIENCE;

    show("TBC1:STAYS", NULL);
    CU_ASSERT(gives(s, "TBC1:STAYS", false));
    while (!t.is_held && tbc_clock_mono().ms < end) {
        show("TBC1:STAYS", NULL);
        (void)wait_for(s, 20);
        t = next_of(s);
    }
    CU_ASSERT(t.is_held);
    while (wait_for(s, 0)) { /* what is on its way */
        (void)gives_nothing(s);
    }
    tbc_scan_forget(s);
    end = tbc_clock_mono().ms + PATIENCE;
    t = (struct tbc_scan_text){ .is_held = true };
    while ((t.is_held || t.text.len == 0) && tbc_clock_mono().ms < end) {
        show("TBC1:STAYS", NULL);
        (void)wait_for(s, 20);
        t = next_of(s);
    }
    CU_ASSERT(tbc_span_equal(t.text, tbc_span_str("TBC1:STAYS")) && !t.is_held);
    close_sight(&s);
}

/* Nobody fetches, and the mailbox stays as small as the number of codes. */
static void
a_slow_owner_finds_each_code_once(void)
{
    struct tbc_scan *s = open_sight();

    for (int i = 0; i < 15; i++) {
        show("TBC1:A", "TBC1:B");
    }
    CU_ASSERT(gives(s, "TBC1:A", false));
    CU_ASSERT(gives(s, "TBC1:B", false));
    close_sight(&s);
}

static bool
gets_trouble(struct tbc_scan *s, const char *word, bool frozen, uint8_t ground)
{
    int64_t end = tbc_clock_mono().ms + PATIENCE;

    while (tbc_clock_mono().ms < end) {
        const char *trouble = tbc_scan_trouble(s);

        if (word == NULL ? trouble == NULL
                         : trouble != NULL && strstr(trouble, word) != NULL) {
            return true;
        }
        if (lens.fd >= 0) {
            (void)(frozen ? lens_freeze(&lens, empty, ground, PATIENCE)
                          : lens_show(&lens, empty, ground, PATIENCE));
        }
        (void)wait_for(s, 40);
        (void)gives_nothing(s); /* hears the bell */
    }
    return false;
}

static void
a_camera_that_is_black_frozen_or_gone_says_so_and_comes_back(void)
{
    struct tbc_scan *s = open_sight();

    CU_ASSERT(gets_trouble(s, NULL, false, 90));
    CU_ASSERT(gets_trouble(s, "black", false, 10));
    CU_ASSERT(gets_trouble(s, NULL, false, 90));
    CU_ASSERT(gets_trouble(s, "still", true, 90));
    CU_ASSERT(gets_trouble(s, NULL, false, 90));
    lens_unplug(&lens);
    CU_ASSERT(gets_trouble(s, "camera", false, 90));
    CU_ASSERT_FATAL(lens_plug(&lens, FIFO, PATIENCE));
    CU_ASSERT(gets_trouble(s, NULL, false, 90));
    show("TBC1:BACK", NULL);
    CU_ASSERT(gives(s, "TBC1:BACK", false));
    close_sight(&s);
}

static void
a_camera_source_that_is_none_is_told_with_the_way_out(void)
{
    static const struct {
        const char *source;
        enum tbc_err err;
    } rows[] = {
        { "camera:", TBC_ERR_UNSUPPORTED },
        { "camera:webcam", TBC_ERR_UNSUPPORTED },
        { "camera:/dev/does-not-exist", TBC_ERR_NOT_FOUND },
        { "camera:/dev/null", TBC_ERR_UNSUPPORTED },
        { "camera:/dev/null,large", TBC_ERR_UNSUPPORTED },
        { "camera:/dev/null,1280", TBC_ERR_UNSUPPORTED },
        { "camera:/dev/null,1280x", TBC_ERR_UNSUPPORTED },
        { "camera:/dev/null,1280x720x3", TBC_ERR_UNSUPPORTED },
        { "camera:/dev/null,10x10", TBC_ERR_UNSUPPORTED },
        { "camera:/dev/null,5000x720", TBC_ERR_UNSUPPORTED },
        { "camera:/dev/null,1280x720,prefix=a", TBC_ERR_UNSUPPORTED },
        { "camera:pgm:/does/not/exist", TBC_ERR_NOT_FOUND },
        { "camera:dir:/does/not/exist", TBC_ERR_NOT_FOUND },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_scan *s = NULL;
        const char *why = NULL;

        CU_ASSERT_EQUAL(tbc_scan_open(&s, rows[i].source, &why), rows[i].err);
        CU_ASSERT_PTR_NULL(s);
        CU_ASSERT(why != NULL && strlen(why) > 10);
    }
}

TBC_SUITE("scan/sight", TEST(codes_in_view_come_certificates_first_and_once_each),
          TEST(a_code_that_stays_is_told_as_held_and_is_new_again_after_forgetting),
          TEST(a_slow_owner_finds_each_code_once),
          TEST(a_camera_that_is_black_frozen_or_gone_says_so_and_comes_back),
          TEST(a_camera_source_that_is_none_is_told_with_the_way_out))
