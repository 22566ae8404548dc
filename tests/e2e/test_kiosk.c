/* The real tbc-kiosk before a virtual display, a photographed face and a station that answers as
 * each test wants; touched by its own script, judged by its lines, slips and exit code. */
#include "scan/qr.h"
#include "station_fake.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN_MS    90000
#define ARGS_MAX  32
#define OUT_MAX   65536
#define PATH_SIZE 600
#define NUMBER    "11010519491231002X"

static pid_t display_pid;

/* One run of the program. */
struct run {
    char folder[64];
    char device[PATH_SIZE];
    char script[PATH_SIZE];
    char camera[PATH_SIZE];
    char models[PATH_SIZE];
    char printer[PATH_SIZE];
    struct station_fake *station;
    struct station_fake_tally tally;
    char out[OUT_MAX];
    char log[OUT_MAX];
    int exit_code;
};

/* ---- processes */

/* words: program and arguments, NULL-terminated; out and log become its output, if not -1. */
static pid_t
launch(const char *const *words, int out, int log)
{
    posix_spawn_file_actions_t actions;
    char *argv[ARGS_MAX] = { NULL };
    pid_t pid = -1;
    size_t n = 0;

    (void)posix_spawn_file_actions_init(&actions);
    if (out >= 0) {
        (void)posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    }
    if (log >= 0) {
        (void)posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO);
    }
    for (; words[n] != NULL && n < ARGS_MAX - 1; n++) {
        argv[n] = strdup(words[n]);
    }
    if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) != 0) {
        pid = -1;
    }
    while (n > 0) {
        free(argv[--n]);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static void
stop_display(void)
{
    if (display_pid > 0) {
        (void)kill(display_pid, SIGTERM);
        (void)waitpid(display_pid, NULL, 0);
        display_pid = 0;
    }
}

/* Xvfb says on a pipe which display it has picked. */
static bool
start_display(void)
{
    static const char *const words[] = { "Xvfb",      "-displayfd", "1",
                                         "-screen",   "0",          "1400x2000x24",
                                         "-nolisten", "tcp",        "-noreset",
                                         NULL };
    char number[16] = { 0 };
    char name[20];
    int ends[2];
    struct pollfd ready;

    if (display_pid > 0) {
        return true;
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    display_pid = launch(words, ends[1], -1);
    (void)close(ends[1]);
    ready = (struct pollfd){ .fd = ends[0], .events = POLLIN };
    while (strchr(number, '\n') ==
           NULL) { /* it writes the number, then the end of the line */
        size_t len = strlen(number);

        if (display_pid < 0 || len + 1 == sizeof number ||
            poll(&ready, 1, 15000) != 1 || read(ends[0], number + len, 1) != 1) {
            (void)close(ends[0]);
            return false;
        }
    }
    (void)close(ends[0]);
    (void)atexit(stop_display);
    number[strcspn(number, "\n")] = '\0';
    (void)snprintf(name, sizeof name, ":%s", number);
    return setenv("DISPLAY", name, 1) == 0 &&
           setenv("SDL_VIDEODRIVER", "x11", 1) == 0 &&
           setenv("SDL_AUDIODRIVER", "dummy", 1) == 0 &&
           setenv("SDL_RENDER_DRIVER", "software", 1) ==
               0; /* no card is here to be tried */
}

static int
await_exit(pid_t pid)
{
    int64_t end = tbc_clock_mono().ms + RUN_MS;
    int status = 0;

    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (tbc_clock_mono().ms > end) {
            (void)kill(pid, SIGKILL);
            (void)waitpid(pid, &status, 0);
            return -1;
        }
        (void)poll(NULL, 0, 5);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
}

static void
read_back(const char *folder, const char *name, char text[static OUT_MAX])
{
    char path[PATH_SIZE];
    struct tbc_buf file = { 0 };

    text[0] = '\0';
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    if (tbc_file_read(path, OUT_MAX - 1, &file) == TBC_OK && file.len > 0) {
        memcpy(text, file.ptr, file.len);
        text[file.len] = '\0';
    }
    tbc_buf_fini(&file);
}

/* words: the arguments after the program's name, NULL-terminated. */
static void
run_kiosk(struct run *r, const char *const *words)
{
    char program[PATH_SIZE];
    char path[PATH_SIZE];
    const char *argv[ARGS_MAX] = { program };
    int out;
    int log;

    (void)snprintf(program, sizeof program, "%s/tbc-kiosk",
                   tbc_test_env("TBC_BIN_DIR"));
    for (size_t n = 0; words[n] != NULL && n < ARGS_MAX - 2; n++) {
        argv[n + 1] = words[n];
    }
    (void)snprintf(path, sizeof path, "%s/out", r->folder);
    out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    (void)snprintf(path, sizeof path, "%s/log", r->folder);
    log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    r->exit_code = await_exit(launch(argv, out, log));
    (void)close(out);
    (void)close(log);
    read_back(r->folder, "out", r->out);
    read_back(r->folder, "log", r->log);
}

/* ---- the stage of a test */

static bool
has_line(const char *text, const char *line)
{
    size_t len = strlen(line);

    for (const char *at = text; (at = strstr(at, line)) != NULL; at++) {
        if ((at == text || at[-1] == '\n') && (at[len] == '\n' || at[len] == '\0')) {
            return true;
        }
    }
    return false;
}

static bool
set_stage(struct run *r, const struct station_fake_plan *plan)
{
    const char *root = tbc_test_env("TBC_SOURCE_DIR");
    struct tbc_device_file device;

    memset(r, 0, sizeof *r);
    memcpy(r->folder, "kiosk.XXXXXX", sizeof "kiosk.XXXXXX");
    (void)snprintf(r->models, sizeof r->models, "%s/build/models", root);
    (void)snprintf(r->camera, sizeof r->camera, "dir:%s/build/people/grace_hopper.jpg",
                   root);
    if (access(r->models, R_OK) != 0 || access(r->camera + 4, R_OK) != 0) {
        tbc_test_skip("no face models or photographs: ./dev deps");
        return false;
    }
    if (!start_display()) {
        tbc_test_skip("no Xvfb: ./dev deps");
        return false;
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(r->folder));
    (void)snprintf(r->device, sizeof r->device, "%s/device", r->folder);
    (void)snprintf(r->script, sizeof r->script, "%s/script", r->folder);
    (void)snprintf(r->printer, sizeof r->printer, "file:%s", r->folder);
    r->station = station_fake_raise(plan, &device);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r->station);
    CU_ASSERT_EQUAL_FATAL(tbc_device_write(&device, r->device), TBC_OK);
    tbc_device_fini(&device);
    return true;
}

static void
play(struct run *r, const char *panel, const char *script)
{
    const char *words[] = { "--device", r->device,   "--camera", r->camera, "--models",
                            r->models,  "--printer", r->printer, "--panel", panel,
                            "--script", r->script,   "--shots",  r->folder, NULL };

    CU_ASSERT_EQUAL(tbc_file_write(r->script, tbc_span_str(script), 0600), TBC_OK);
    run_kiosk(r, words);
    if (r->exit_code != 0) {
        printf("%s%s", r->out, r->log);
    }
}

static void
strike_stage(struct run *r)
{
    DIR *folder = opendir(r->folder);
    const struct dirent *entry;

    if (r->station != NULL) {
        r->tally = station_fake_strike(&r->station);
    }
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char path[PATH_SIZE];

        (void)snprintf(path, sizeof path, "%s/%.255s", r->folder, entry->d_name);
        (void)unlink(path);
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    (void)rmdir(r->folder);
}

struct found {
    char text[TBC_QR_TEXT_MAX + 1];
    unsigned n;
};

static void
take_text(void *ctx, struct tbc_span text)
{
    struct found *found = ctx;

    if (text.len < sizeof found->text) {
        memcpy(found->text, text.ptr, text.len);
        found->text[text.len] = '\0';
        found->n++;
    }
}

/* The one code of the slip whose path stands behind "slip ". */
static void
read_slip(const struct run *r, struct found *found)
{
    const char *line = strstr(r->out, "slip ");
    struct tbc_picture slip = { 0 };
    char path[PATH_SIZE];

    *found = (struct found){ .n = 0 };
    CU_ASSERT_PTR_NOT_NULL(line);
    if (line != NULL) {
        (void)snprintf(path, sizeof path, "%.*s", (int)strcspn(line + 5, "\n"),
                       line + 5);
        CU_ASSERT_EQUAL(tbc_picture_read(&slip, path), TBC_OK);
        CU_ASSERT_EQUAL(slip.width, 576);
        CU_ASSERT_EQUAL(tbc_qr_read(&slip, take_text, found), TBC_OK);
        tbc_picture_fini(&slip);
    }
}

/* ---- journeys */

#define TO_FACE         \
    "wait attract\n"    \
    "language en\n"     \
    "wait consent\n"    \
    "tap agree\n"       \
    "wait number\n"     \
    "type " NUMBER "\n" \
    "tap next\n"

static void
a_passenger_walks_from_the_first_touch_to_the_slip(void)
{
    static struct run r;
    struct found found;
    const char *text;

    if (!set_stage(&r, &(struct station_fake_plan){ .score = 812 })) {
        return;
    }
    play(&r, "portrait_21",
         TO_FACE "wait confirm 30\n"
                 "tap confirm\n"
                 "wait certificate\n"
                 "shot done\n"
                 "tap print\n"
                 "wait printed\n"
                 "tap done\n"
                 "wait attract\n");
    CU_ASSERT_EQUAL(r.exit_code, 0);
    CU_ASSERT(has_line(r.out, "screen number"));
    CU_ASSERT(has_line(r.out, "applied score=812"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "\nshot "));
    text = strstr(r.out, "\ncertificate TBC1:");
    CU_ASSERT_PTR_NOT_NULL(text);
    read_slip(&r, &found);
    CU_ASSERT_EQUAL(found.n, 1);
    if (text != NULL) {
        CU_ASSERT_EQUAL(strncmp(text + 13, found.text, strlen(found.text)), 0);
        CU_ASSERT_EQUAL(strlen(found.text), strcspn(text + 13, "\n"));
    }
    CU_ASSERT_PTR_NULL(strstr(r.log, NUMBER));
    strike_stage(&r);
    CU_ASSERT_STRING_EQUAL(r.tally.number, NUMBER);
    CU_ASSERT_STRING_EQUAL(r.tally.language, "en");
    CU_ASSERT_EQUAL(r.tally.assurance, TBC_ASSURANCE_PASSIVE);
    CU_ASSERT(r.tally.frames_n >= 3);
    CU_ASSERT_EQUAL(r.tally.issue_ids_n, 1);
}

static void
an_unanswered_issue_is_asked_again_under_its_id(void)
{
    static struct run r;

    if (!set_stage(&r, &(struct station_fake_plan){ .deaf = 2 })) {
        return;
    }
    play(&r, "landscape_10",
         TO_FACE "wait confirm 30\n"
                 "tap confirm\n"
                 "wait certificate 20\n");
    CU_ASSERT_EQUAL(r.exit_code, 0);
    strike_stage(&r);
    CU_ASSERT_EQUAL(r.tally.apply_n, 3);
    CU_ASSERT_EQUAL(r.tally.issue_ids_n, 1);
}

static void
another_persons_face_ends_at_the_desk(void)
{
    static struct run r;
    struct found found;

    if (!set_stage(&r, &(struct station_fake_plan){ .apply_code = TBC_CODE_FACE_REFUSED,
                                                    .score = 104 })) {
        return;
    }
    play(&r, "landscape_10", TO_FACE "wait desk 60\n");
    CU_ASSERT_EQUAL(r.exit_code, 0);
    CU_ASSERT(has_line(r.out, "refused FACE_REFUSED score=104"));
    CU_ASSERT_PTR_NULL(strstr(r.out, "certificate TBC1"));
    read_slip(&r, &found);
    CU_ASSERT_STRING_EQUAL(found.text, "TBC-DESK:cn:" NUMBER);
    strike_stage(&r);
    CU_ASSERT_EQUAL(r.tally.apply_n, 3);
    CU_ASSERT_EQUAL(r.tally.issue_n, 0);
}

static void
an_unknown_number_is_told_where_it_was_typed(void)
{
    static struct run r;

    if (!set_stage(&r,
                   &(struct station_fake_plan){ .apply_code = TBC_CODE_NOT_FOUND })) {
        return;
    }
    play(&r, "landscape_10",
         TO_FACE "wait checking 30\n"
                 "wait number\n"
                 "tap backspace\n"
                 "tap key 5\n");
    CU_ASSERT_EQUAL(r.exit_code, 0);
    CU_ASSERT(has_line(r.out, "refused NUMBER_UNKNOWN score=0"));
    strike_stage(&r);
}

static void
without_a_station_a_slip_leads_to_the_desk(void)
{
    static struct run r;
    struct found found;

    if (!set_stage(&r, &(struct station_fake_plan){ .away = true })) {
        return;
    }
    play(&r, "landscape_10",
         "wait attract\n"
         "language zh\n"
         "wait consent\n"
         "tap agree\n"
         "wait offline\n"
         "tap next\n"
         "wait number\n"
         "type " NUMBER "\n"
         "tap next\n"
         "wait desk 30\n");
    CU_ASSERT_EQUAL(r.exit_code, 0);
    CU_ASSERT(has_line(r.out, "mode offline"));
    read_slip(&r, &found);
    CU_ASSERT_STRING_EQUAL(found.text, "TBC-DESK:cn:" NUMBER);
    strike_stage(&r);
}

static void
without_paper_the_screen_says_so_and_stays(void)
{
    static struct run r;
    char sign[PATH_SIZE];

    if (!set_stage(&r, &(struct station_fake_plan){ .score = 700 })) {
        return;
    }
    (void)snprintf(sign, sizeof sign, "%s/paper-out", r.folder);
    CU_ASSERT_EQUAL(tbc_file_write(sign, (struct tbc_span){ 0 }, 0600), TBC_OK);
    play(&r, "landscape_10",
         TO_FACE "wait confirm 30\n"
                 "tap confirm\n"
                 "wait certificate\n"
                 "tap print\n"
                 "wait paper_out\n"
                 "wait certificate\n"
                 "tap done\n"
                 "wait attract\n");
    CU_ASSERT_EQUAL(r.exit_code, 0);
    CU_ASSERT(has_line(r.out, "paper_out"));
    CU_ASSERT_PTR_NULL(strstr(r.out, "slip "));
    strike_stage(&r);
}

static void
the_language_sheet_keeps_what_was_typed(void)
{
    static struct run r;

    if (!set_stage(&r, &(struct station_fake_plan){ .score = 700 })) {
        return;
    }
    play(&r, "portrait_21",
         "wait attract\n"
         "language zh\n"
         "wait consent\n"
         "tap agree\n"
         "wait number\n"
         "type 110105194912310\n"
         "language en\n"
         "wait number\n"
         "type 02X\n"
         "tap back\n"
         "wait consent\n"
         "tap agree\n"
         "wait number\n"
         "tap next\n"
         "wait confirm 30\n");
    CU_ASSERT_EQUAL(r.exit_code, 0);
    strike_stage(&r);
    CU_ASSERT_STRING_EQUAL(r.tally.number, NUMBER);
    CU_ASSERT_STRING_EQUAL(r.tally.language, "en");
}

static void
a_button_that_is_not_there_fails_its_line(void)
{
    static struct run r;

    if (!set_stage(&r, &(struct station_fake_plan){ .score = 700 })) {
        return;
    }
    CU_ASSERT_EQUAL(
        tbc_file_write(r.script, tbc_span_str("wait attract\nwait desk 1\n"), 0600),
        TBC_OK);
    run_kiosk(&r, (const char *const[]){ "--device", r.device, "--camera", r.camera,
                                         "--models", r.models, "--panel",
                                         "landscape_10", "--script", r.script, NULL });
    CU_ASSERT_EQUAL(r.exit_code, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.log, "line 2"));
    strike_stage(&r);
}

static void
bad_input_has_one_line_and_its_exit_code(void)
{
    static struct run r;

    if (!set_stage(&r, &(struct station_fake_plan){ .score = 700 })) {
        return;
    }
    const struct {
        int exit_code;
        const char *says;
        const char *words[8];
    } table[] = {
        { 2, "--device is missing", { NULL } },
        { 2, "unknown", { "--wings", NULL } },
        { 2, "--panel round", { "--panel", "round", NULL } },
        { 2, "not built yet", { "--liveness", "active", NULL } },
        { 3,
          "/dev/no-such-camera",
          { "--device", r.device, "--camera", "/dev/no-such-camera", NULL } },
        { 3,
          "./dev deps",
          { "--device", r.device, "--camera", r.camera, "--models", r.folder, NULL } },
        { 3,
          "no-such-device",
          { "--device", "no-such-device", "--camera", r.camera, "--models", r.models,
            NULL } },
        { 3,
          "no-such-script",
          { "--device", r.device, "--camera", r.camera, "--script", "no-such-script",
            NULL } },
        { 0, "", { "--help", NULL } },
        { 0, "", { "--version", NULL } },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        run_kiosk(&r, table[i].words);
        if (r.exit_code != table[i].exit_code || strstr(r.log, table[i].says) == NULL) {
            printf("    %zu: exit %d: %s", i, r.exit_code, r.log);
        }
        CU_ASSERT_EQUAL(r.exit_code, table[i].exit_code);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.log, table[i].says));
        CU_ASSERT(r.exit_code == 0 ||
                  strchr(r.log, '\n') == r.log + strlen(r.log) - 1); /* one line */
    }
    strike_stage(&r);
}

TBC_SUITE("e2e/kiosk", TEST(bad_input_has_one_line_and_its_exit_code),
          TEST(a_passenger_walks_from_the_first_touch_to_the_slip),
          TEST(the_language_sheet_keeps_what_was_typed),
          TEST(an_unknown_number_is_told_where_it_was_typed),
          TEST(another_persons_face_ends_at_the_desk),
          TEST(an_unanswered_issue_is_asked_again_under_its_id),
          TEST(without_a_station_a_slip_leads_to_the_desk),
          TEST(without_paper_the_screen_says_so_and_stays),
          TEST(a_button_that_is_not_there_fails_its_line))
