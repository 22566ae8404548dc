#include "options.h"
#include "suite.h"
#include "sys/file.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/tbc-gate-conf-XXXXXX";
static char path[64];
static char beside[64];
static char drop_in[80];

static void
remove_folder(void)
{
    (void)unlink(path);
    (void)unlink(drop_in);
    (void)rmdir(beside);
    (void)rmdir(folder);
}

static void
make_folder(void)
{
    if (path[0] != '\0') {
        return;
    }
    (void)snprintf(path, sizeof path, "%s/gate.conf",
                   mkdtemp(folder) == NULL ? "/dev/null" : folder);
    (void)snprintf(beside, sizeof beside, "%s/conf.d", folder);
    (void)snprintf(drop_in, sizeof drop_in, "%s/50-more.conf", beside);
    if (mkdir(beside, 0700) != 0 || atexit(remove_folder) != 0) {
        exit(2);
    }
}

static void
write_file(const char *file, const char *text)
{
    if (tbc_file_write(file, tbc_span_str(text), 0600) != TBC_OK) {
        exit(2);
    }
}

/* tbc-gate --config PATH and these, up to NULL, over a file of that text. */
static enum tbc_err
read_with(const char *text, const char *const more[], struct gate_options *o,
          struct tbc_conf_origins *from)
{
    char words[8][64] = { "tbc-gate", "--config" };
    char *argv[9] = { words[0], words[1], path };
    struct gate_asked asked;
    int argc = 3;

    make_folder();
    write_file(path, text);
    for (; more[argc - 3] != NULL; argc++) {
        (void)snprintf(words[argc], sizeof words[argc], "%s", more[argc - 3]);
        argv[argc] = words[argc];
    }
    optind = 0; /* getopt begins anew */
    CU_ASSERT_EQUAL(gate_options_parse(&asked, argc, argv), GATE_USAGE_RUN);
    return gate_options_read(o, &asked, from);
}

#define DEVICE_AND_DATA "[gate]\ndevice = g.device\ndata = d\n"

static const char *const nothing[] = { NULL };

static void
options_win_over_variables_over_conf_d_over_the_file(void)
{
    static struct tbc_conf_origins from;
    static const char *const more[] = { "--barrier", "serial:/dev/o", NULL };
    struct gate_options o;
    struct tbc_buf out = { 0 };
    char want[160];

    make_folder();
    write_file(drop_in, "[scanner]\nscan = pictures:/d\n[display]\nshots = /d\n");
    CU_ASSERT_EQUAL(setenv("TBC_GATE_SCAN", "serial:/dev/e", 1), 0);
    CU_ASSERT_EQUAL(setenv("TBC_GATE_FIRE_INPUT", "/e", 1), 0);
    CU_ASSERT_EQUAL(read_with(DEVICE_AND_DATA "[barrier]\nbarrier = log\n"
                                              "[scanner]\nscan = -\n"
                                              "[display]\nshots = /f\n",
                              more, &o, &from),
                    TBC_OK);
    CU_ASSERT_STRING_EQUAL(o.barrier, "serial:/dev/o");
    CU_ASSERT_STRING_EQUAL(o.scan, "serial:/dev/e");
    CU_ASSERT_STRING_EQUAL(o.fire_input, "/e");
    CU_ASSERT_STRING_EQUAL(o.shots, "/d");
    CU_ASSERT_EQUAL(gate_options_print(&o, &from, &out), TBC_OK);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(tbc_buf_str(&out), "\nbarrier = serial:/dev/o  ; command line\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(tbc_buf_str(&out), "\nscan = serial:/dev/e  ; environment\n"));
    (void)snprintf(want, sizeof want, "\nshots = /d  ; %s:4\n", drop_in);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&out), want));
    (void)snprintf(want, sizeof want, "\ndevice = g.device  ; %s:2\n", path);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&out), want));
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&out), "\nfront =   ; default\n"));
    tbc_buf_fini(&out);
    (void)unsetenv("TBC_GATE_SCAN");
    (void)unsetenv("TBC_GATE_FIRE_INPUT");
    (void)unlink(drop_in);
}

static void
what_is_wrong_in_a_file_or_before_it_is_refused(void)
{
    static const char *const bad[] = {
        DEVICE_AND_DATA "[display]\ndisplay = 10x10\n",
        DEVICE_AND_DATA "[display]\ndisplay = 1280x800x\n",
        DEVICE_AND_DATA "[station]\nfront = here\n",
        DEVICE_AND_DATA "[log]\nlog_level = loud\n",
        DEVICE_AND_DATA "[gate]\nspeed = 9\n",
    };
    static const char *const loud[] = { "--log-level", "loud", NULL };
    struct gate_options o;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_EQUAL(read_with(bad[i], nothing, &o, NULL), TBC_ERR_MALFORMED);
    }
    CU_ASSERT_EQUAL(read_with(DEVICE_AND_DATA, loud, &o, NULL), TBC_ERR_UNSUPPORTED);
    CU_ASSERT_EQUAL(read_with("[gate]\ndata = d\n", nothing, &o, NULL),
                    TBC_ERR_UNSUPPORTED);
    CU_ASSERT_EQUAL(setenv("TBC_GATE_SPEED", "9", 1), 0);
    CU_ASSERT_EQUAL(read_with(DEVICE_AND_DATA, nothing, &o, NULL), TBC_ERR_UNSUPPORTED);
    (void)unsetenv("TBC_GATE_SPEED");
    CU_ASSERT_EQUAL(read_with(DEVICE_AND_DATA, nothing, &o, NULL), TBC_OK);
}

static void
a_display_is_a_size_full_or_none(void)
{
    static const char *const size[] = { "--display", "1280x800", NULL };
    static const char *const full[] = { "--display", "full", NULL };
    struct gate_options o;

    CU_ASSERT_EQUAL(read_with(DEVICE_AND_DATA, nothing, &o, NULL), TBC_OK);
    CU_ASSERT_EQUAL(o.screen, GATE_SCREEN_NONE);
    CU_ASSERT_EQUAL(read_with(DEVICE_AND_DATA, size, &o, NULL), TBC_OK);
    CU_ASSERT_EQUAL(o.screen, GATE_SCREEN_WINDOW);
    CU_ASSERT_EQUAL(o.width_px, 1280);
    CU_ASSERT_EQUAL(o.height_px, 800);
    CU_ASSERT_EQUAL(read_with(DEVICE_AND_DATA, full, &o, NULL), TBC_OK);
    CU_ASSERT_EQUAL(o.screen, GATE_SCREEN_FULL);
}

static void
every_key_is_known_once_and_explained(void)
{
    const struct tbc_conf_table *t = &gate_options_table;

    for (size_t i = 0; i < t->n; i++) {
        CU_ASSERT(t->keys[i].help != NULL && strlen(t->keys[i].help) > 8);
        CU_ASSERT(t->keys[i].form != NULL && *t->keys[i].form != '\0');
        CU_ASSERT(strlen(t->keys[i].name) < 24);
        for (size_t j = 0; j < i; j++) {
            CU_ASSERT_NOT_EQUAL(strcmp(t->keys[i].name, t->keys[j].name), 0);
            CU_ASSERT_NOT_EQUAL(t->keys[i].offset, t->keys[j].offset);
        }
    }
}

static void
only_live_keys_follow(void)
{
    static const char *const newer[] = { "--log-level", "debug", "--scan", "x", NULL };
    static struct gate_options a;
    static struct gate_options b;

    CU_ASSERT_EQUAL(read_with(DEVICE_AND_DATA, nothing, &a, NULL), TBC_OK);
    CU_ASSERT_EQUAL(read_with(DEVICE_AND_DATA, newer, &b, NULL), TBC_OK);
    gate_options_follow(&a, &b);
    CU_ASSERT_STRING_EQUAL(a.log_level, "debug");
    CU_ASSERT_STRING_EQUAL(a.scan, "-");
}

TBC_SUITE("gate/options", TEST(options_win_over_variables_over_conf_d_over_the_file),
          TEST(what_is_wrong_in_a_file_or_before_it_is_refused),
          TEST(a_display_is_a_size_full_or_none),
          TEST(every_key_is_known_once_and_explained), TEST(only_live_keys_follow))
