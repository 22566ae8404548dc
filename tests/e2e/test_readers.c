/* The real gate with its readers: a camera, a scanner that types, a scanner on a serial line, each of
 * them lost and found again. */
#include "gates.h"
#include "lens.h"
#include "suite.h"
#include "sys/clock.h"
#include "typist.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEOPLE   7
#define FRAME_MS 40
#define LOOK_MS  10
#define AWAY_MS  1700 /* longer than a code may be away */
#define HOLD_MS  2000
#define PATIENCE GATES_WAIT_MS

enum reader {
    BY_CAMERA,
    BY_KEYS,
    BY_LINE,
    READERS
};

static struct {
    struct stage s;
    struct gates_gate gates[READERS];
    char texts[PEOPLE][GATES_TEXT]; /* without the newline */
    char places[READERS][STAGE_PATH];
    struct lens lens;
    int keys; /* the FIFO of a scanner that types */
    int line; /* the other end of a serial line */
} rig = { .lens = { .fd = -1 }, .keys = -1, .line = -1 };

/* ---- the devices */

/* A serial line under a name that stays, as udev gives one. */
static void
plug_line(void)
{
    rig.line = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    CU_ASSERT_FATAL(rig.line >= 0 && grantpt(rig.line) == 0 && unlockpt(rig.line) == 0);
    (void)unlink(rig.places[BY_LINE]);
    CU_ASSERT_EQUAL_FATAL(symlink(ptsname(rig.line), rig.places[BY_LINE]), 0);
}

static void
plug_keys(void)
{
    int64_t end = tbc_clock_mono().ms + PATIENCE;

    do {
        rig.keys = open(rig.places[BY_KEYS], O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    } while (rig.keys < 0 && errno == ENXIO && tbc_clock_mono().ms < end &&
             poll(NULL, 0, LOOK_MS) == 0);
    CU_ASSERT_FATAL(rig.keys >= 0);
}

/* As the reader takes it: a FIFO holds less than a certificate's keys. */
static void
send(int fd, const void *bytes, size_t len)
{
    struct pollfd p = { .fd = fd, .events = POLLOUT };

    CU_ASSERT(poll(&p, 1, PATIENCE) == 1);
    CU_ASSERT_EQUAL(write(fd, bytes, len), (ssize_t)len);
}

static void
type(const char *text)
{
    struct input_event events[TYPIST_EVENTS];

    for (; *text != '\0'; text++) {
        size_t n = typist_type(*text, events);

        CU_ASSERT_FATAL(n > 0);
        send(rig.keys, events, n * sizeof *events);
    }
}

static bool
show_one(const char *a, const char *b, uint8_t ground)
{
    const char *const texts[LENS_CODES] = { a, b };

    return lens_show(&rig.lens, texts, ground, PATIENCE);
}

/* Frames before the camera until its gate says a line that begins so; counts the verdicts until then. */
static bool
show_until(const char *a, const char *b, uint8_t ground, const char *start,
           unsigned *verdicts)
{
    struct gates_gate *g = &rig.gates[BY_CAMERA];
    int64_t end = tbc_clock_mono().ms + PATIENCE;

    while (tbc_clock_mono().ms < end && show_one(a, b, ground)) {
        while (tbc_process_line(&g->process, g->line, FRAME_MS)) {
            g->opened += strcmp(g->line, "barrier open") == 0;
            if (verdicts != NULL) {
                *verdicts += strncmp(g->line, "verdict ", 8) == 0;
            }
            if (strncmp(g->line, start, strlen(start)) == 0) {
                return true;
            }
        }
    }
    (void)fprintf(stderr, "never \"%s\", last \"%s\"\n", start, g->line);
    return false;
}

/* The same for a time: how many verdicts it says. */
static unsigned
show_for(const char *a, const char *b, int ms)
{
    struct gates_gate *g = &rig.gates[BY_CAMERA];
    int64_t end = tbc_clock_mono().ms + ms;
    unsigned verdicts = 0;

    while (tbc_clock_mono().ms < end && show_one(a, b, 90)) {
        while (tbc_process_line(&g->process, g->line, FRAME_MS)) {
            g->opened += strcmp(g->line, "barrier open") == 0;
            verdicts += strncmp(g->line, "verdict ", 8) == 0;
        }
    }
    return verdicts;
}

/* ---- the railway */

static void
start_gate(enum reader by, const char *kind)
{
    static const char *const names[READERS] = { "camera-gate", "keys-gate",
                                                "line-gate" };
    struct gates_gate *g = &rig.gates[by];
    char source[STAGE_PATH + 32];
    const char *const more[] = { "--scan", source, NULL };

    (void)snprintf(g->name, sizeof g->name, "%s", names[by]);
    (void)snprintf(source, sizeof source, "%s%s", kind, rig.places[by]);
    CU_ASSERT_FATAL(stage_enrol(&rig.s, g->name, TBC_ROLE_GATE));
    CU_ASSERT_FATAL(gates_start(&rig.s, g, more, NULL, NULL));
}

static void
raise_railway(void)
{
    static const char *const names[READERS] = { "camera", "keys", "line" };
    uint8_t cti[TBC_CTI_LEN];

    (void)signal(SIGPIPE, SIG_IGN);
    stage_raise(&rig.s);
    CU_ASSERT_FATAL(stage_import(&rig.s, PEOPLE));
    for (unsigned i = 0; i < PEOPLE; i++) {
        CU_ASSERT_FATAL(gates_issue(&rig.s, i, rig.texts[i], cti));
        rig.texts[i][strcspn(rig.texts[i], "\n")] = '\0';
    }
    for (int i = 0; i < READERS; i++) {
        (void)snprintf(rig.places[i], sizeof rig.places[i], "%s",
                       stage_path(&rig.s, names[i]));
    }
    CU_ASSERT_FATAL(lens_make(rig.places[BY_CAMERA]));
    CU_ASSERT_EQUAL_FATAL(mkfifo(rig.places[BY_KEYS], 0600), 0);
    plug_line();
    start_gate(BY_CAMERA, "camera:pgm:");
    start_gate(BY_KEYS, "evdev:");
    start_gate(BY_LINE, "serial:");
    CU_ASSERT_FATAL(lens_plug(&rig.lens, rig.places[BY_CAMERA], PATIENCE));
    plug_keys();
    CU_ASSERT_FATAL(show_until(NULL, NULL, 90, "ready gate=", NULL));
    CU_ASSERT_FATAL(gates_until(&rig.gates[BY_KEYS], "ready gate="));
    CU_ASSERT_FATAL(gates_until(&rig.gates[BY_LINE], "ready gate="));
}

static void
a_code_held_before_the_camera_is_one_presentation(void)
{
    unsigned verdicts = 0;

    raise_railway();
    CU_ASSERT(show_until(rig.texts[0], NULL, 90, "verdict ACCEPTED", &verdicts));
    CU_ASSERT_EQUAL(show_for(rig.texts[0], NULL, HOLD_MS), 0);
    CU_ASSERT_EQUAL(rig.gates[BY_CAMERA].opened, 1);
}

/* A poster, or a code that is no certificate, stays in view the whole time. */
static void
a_bad_code_in_view_does_not_keep_the_next_passenger(void)
{
    unsigned verdicts = 0;

    CU_ASSERT(show_until("A POSTER", NULL, 90, "verdict NOT_A_CERTIFICATE", NULL));
    CU_ASSERT(show_until("A POSTER", rig.texts[1], 90, "verdict ACCEPTED", &verdicts));
    CU_ASSERT_EQUAL(verdicts, 1);
    CU_ASSERT_EQUAL(show_for("A POSTER", rig.texts[1], HOLD_MS), 0);
    CU_ASSERT_EQUAL(rig.gates[BY_CAMERA].opened, 2);
}

static void
a_code_that_was_away_and_comes_back_is_another_presentation(void)
{
    unsigned verdicts = show_for(NULL, NULL, AWAY_MS);

    CU_ASSERT(show_until(rig.texts[1], NULL, 90, "verdict ALREADY_ENTERED", &verdicts));
    CU_ASSERT_EQUAL(verdicts, 1);
    CU_ASSERT_EQUAL(rig.gates[BY_CAMERA].opened, 2);
}

static void
what_is_typed_and_what_comes_by_line_is_read_with_what_scanners_add(void)
{
    type("]Q3");
    type(rig.texts[2]);
    type("\nNONSENSE\n");
    CU_ASSERT(gates_until(&rig.gates[BY_KEYS], "verdict ACCEPTED"));
    CU_ASSERT(gates_until(&rig.gates[BY_KEYS], "verdict NOT_A_CERTIFICATE"));
    send(rig.line, "]Q1", 3);
    send(rig.line, rig.texts[3], strlen(rig.texts[3]));
    send(rig.line, "\r\nNONSENSE\r", 11);
    CU_ASSERT(gates_until(&rig.gates[BY_LINE], "verdict ACCEPTED"));
    CU_ASSERT(gates_until(&rig.gates[BY_LINE], "verdict NOT_A_CERTIFICATE"));
}

/* All three at once, for each gate takes its time to try again. */
static void
a_reader_that_is_lost_shuts_its_gate_until_it_is_back(void)
{
    CU_ASSERT_EQUAL(close(rig.keys), 0);
    CU_ASSERT_EQUAL(close(rig.line), 0);
    CU_ASSERT(show_until(NULL, NULL, 5, "out-of-order scanner", NULL));
    CU_ASSERT(gates_until(&rig.gates[BY_KEYS], "out-of-order scanner"));
    CU_ASSERT(gates_until(&rig.gates[BY_LINE], "out-of-order scanner"));
    plug_line();
    plug_keys();
    lens_unplug(&rig.lens);
    CU_ASSERT_FATAL(lens_plug(&rig.lens, rig.places[BY_CAMERA], PATIENCE));
    CU_ASSERT(show_until(rig.texts[4], NULL, 90, "in-order", NULL));
    CU_ASSERT(show_until(rig.texts[4], NULL, 90, "verdict ACCEPTED", NULL));
    CU_ASSERT(gates_until(&rig.gates[BY_KEYS], "in-order"));
    type(rig.texts[5]);
    type("\n");
    CU_ASSERT(gates_until(&rig.gates[BY_KEYS], "verdict ACCEPTED"));
    CU_ASSERT(gates_until(&rig.gates[BY_LINE], "in-order"));
    send(rig.line, rig.texts[6], strlen(rig.texts[6]));
    send(rig.line, "\n", 1);
    CU_ASSERT(gates_until(&rig.gates[BY_LINE], "verdict ACCEPTED"));
}

static void
everything_ends_when_it_is_told(void)
{
    for (int i = 0; i < READERS; i++) {
        CU_ASSERT(tbc_process_signal(&rig.gates[i].process, SIGTERM));
        CU_ASSERT_EQUAL(tbc_process_wait(&rig.gates[i].process, PATIENCE, NULL, 0), 0);
    }
    stage_strike(&rig.s);
}

TBC_SUITE("e2e/readers", TEST(a_code_held_before_the_camera_is_one_presentation),
          TEST(a_bad_code_in_view_does_not_keep_the_next_passenger),
          TEST(a_code_that_was_away_and_comes_back_is_another_presentation),
          TEST(what_is_typed_and_what_comes_by_line_is_read_with_what_scanners_add),
          TEST(a_reader_that_is_lost_shuts_its_gate_until_it_is_back),
          TEST(everything_ends_when_it_is_told))
