#include "scan/qr.h"
#include "scan/scan.h"
#include "suite.h"
#include "typist.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/uinput.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE 10000 /* ms */

static enum tbc_err
next(struct tbc_scan *s, int64_t now_ms, struct tbc_scan_text *t)
{
    return tbc_scan_next(s, (struct tbc_mono){ now_ms }, t);
}

/* The next text, as soon as poll says that there is something. */
static bool
gives(struct tbc_scan *s, const char *expected)
{
    struct pollfd p = { .fd = tbc_scan_fd(s), .events = POLLIN };
    struct tbc_scan_text t;
    enum tbc_err err;

    while ((err = next(s, 0, &t)) == TBC_ERR_BUSY) {
        if (poll(&p, 1, PATIENCE) <= 0) {
            return false;
        }
    }
    return err == TBC_OK && tbc_span_equal(t.text, tbc_span_str(expected));
}

static void
send_all(int fd, const char *text)
{
    CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void
standard_input_gives_lines_until_its_end(void)
{
    struct tbc_scan *s = NULL;
    struct tbc_scan_text t;
    int saved = dup(STDIN_FILENO);
    int ends[2];

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    CU_ASSERT_EQUAL_FATAL(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    CU_ASSERT_EQUAL_FATAL(tbc_scan_open(&s, "-", NULL), TBC_OK);
    CU_ASSERT_EQUAL(next(s, 0, &t), TBC_ERR_BUSY);
    send_all(ends[1], "TBC1:A\r\nTBC1:B\nlast");
    CU_ASSERT(gives(s, "TBC1:A"));
    CU_ASSERT(gives(s, "TBC1:B"));
    CU_ASSERT_EQUAL(next(s, 0, &t), TBC_ERR_BUSY);
    CU_ASSERT_EQUAL(close(ends[1]), 0);
    CU_ASSERT(gives(s, "last"));
    CU_ASSERT_EQUAL(next(s, 0, &t), TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(next(s, 0, &t), TBC_ERR_NOT_FOUND);
    tbc_scan_close(&s);
    CU_ASSERT_EQUAL(dup2(saved, STDIN_FILENO), STDIN_FILENO);
    (void)close(saved);
    (void)close(ends[0]);
}

static void
a_serial_line_gives_texts_halves_and_its_end(void)
{
    struct tbc_scan *s = NULL;
    struct tbc_scan_text t;
    char source[128];
    int scanner = posix_openpt(O_RDWR | O_NOCTTY);

    CU_ASSERT_FATAL(scanner >= 0 && grantpt(scanner) == 0 && unlockpt(scanner) == 0);
    (void)snprintf(source, sizeof source, "serial:%s,115200", ptsname(scanner));
    CU_ASSERT_EQUAL_FATAL(tbc_scan_open(&s, source, NULL), TBC_OK);
    CU_ASSERT_EQUAL(next(s, 0, &t), TBC_ERR_BUSY);
    send_all(scanner, "TBC1:A\r");
    CU_ASSERT(gives(s, "TBC1:A"));
    send_all(scanner, "\x03\x04raw\r\nhalf");
    CU_ASSERT(gives(s, "\x03\x04raw"));
    CU_ASSERT_EQUAL(next(s, 0, &t), TBC_ERR_BUSY);
    CU_ASSERT_EQUAL(next(s, 600, &t), TBC_OK);
    CU_ASSERT(tbc_span_equal(t.text, tbc_span_str("half")));
    CU_ASSERT_EQUAL(close(scanner), 0);
    CU_ASSERT_EQUAL(next(s, 700, &t), TBC_ERR_NOT_FOUND);
    tbc_scan_close(&s);
}

/* A scanner on a FIFO, typing. */
static void
type_to(int fd, const char *text)
{
    struct input_event events[TYPIST_EVENTS];

    for (; *text != '\0'; text++) {
        size_t len = typist_type(*text, events) * sizeof *events;

        CU_ASSERT_FATAL(len > 0);
        CU_ASSERT_EQUAL(write(fd, events, len), (ssize_t)len);
    }
}

static void
a_keyboard_scanner_types_texts_halves_and_its_end(void)
{
    static const char path[] = "wedge.fifo";
    struct tbc_scan *s = NULL;
    struct tbc_scan_text t;
    int scanner;

    (void)unlink(path);
    CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0);
    CU_ASSERT_EQUAL_FATAL(tbc_scan_open(&s, "evdev:wedge.fifo,us,prefix=%3E", NULL),
                          TBC_OK);
    CU_ASSERT_EQUAL(next(s, 0, &t), TBC_ERR_BUSY); /* nobody is there yet */
    scanner = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    CU_ASSERT_FATAL(scanner >= 0);
    CU_ASSERT_EQUAL(next(s, 0, &t), TBC_ERR_BUSY);
    type_to(scanner, "\n\n>]Q3TBC1:6BF0 $*%-+./:\n>\n");
    CU_ASSERT(gives(s, "TBC1:6BF0 $*%-+./:"));
    CU_ASSERT_EQUAL(next(s, 0, &t), TBC_ERR_BUSY); /* a prefix alone is no text */
    type_to(scanner, "half");
    CU_ASSERT_EQUAL(next(s, 100, &t), TBC_ERR_BUSY);
    CU_ASSERT_EQUAL(next(s, 700, &t), TBC_OK);
    CU_ASSERT(tbc_span_equal(t.text, tbc_span_str("half")));
    CU_ASSERT_EQUAL(close(scanner), 0);
    CU_ASSERT_EQUAL(next(s, 700, &t), TBC_ERR_NOT_FOUND);
    tbc_scan_close(&s);
    CU_ASSERT_EQUAL(unlink(path), 0);
}

/* The event device below that folder of sysfs. */
static bool
find_event(const char *folder, char *source, size_t size)
{
    DIR *d = opendir(folder);
    const struct dirent *e;
    bool found = false;

    while (d != NULL && !found && (e = readdir(d)) != NULL) {
        if (strncmp(e->d_name, "event", 5) == 0) {
            (void)snprintf(source, size, "evdev:/dev/input/%.32s", e->d_name);
            found = true;
        }
    }
    if (d != NULL) {
        (void)closedir(d);
    }
    return found;
}

/* A keyboard that types what is written to it; -1 where the kernel makes none. */
static int
wedge_make(char *source, size_t size)
{
    struct uinput_setup setup = { .id = { .bustype = BUS_VIRTUAL },
                                  .name = "tbc test scanner" };
    char name[64];
    char folder[128];
    int fd = open("/dev/uinput", O_WRONLY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0) {
        return -1;
    }
    CU_ASSERT_EQUAL(ioctl(fd, UI_SET_EVBIT, EV_KEY), 0);
    for (unsigned long key = KEY_ESC; key <= KEY_KPDOT; key++) {
        CU_ASSERT_EQUAL(ioctl(fd, UI_SET_KEYBIT, key), 0);
    }
    CU_ASSERT_EQUAL_FATAL(ioctl(fd, UI_DEV_SETUP, &setup), 0);
    CU_ASSERT_EQUAL_FATAL(ioctl(fd, UI_DEV_CREATE), 0);
    CU_ASSERT_FATAL(ioctl(fd, UI_GET_SYSNAME(sizeof name), name) >= 0);
    (void)snprintf(folder, sizeof folder, "/sys/devices/virtual/input/%s", name);
    CU_ASSERT_FATAL(find_event(folder, source, size));
    return fd;
}

/* It ends, as soon as poll says that there is something. */
static bool
ends(struct tbc_scan *s)
{
    struct pollfd p = { .fd = tbc_scan_fd(s), .events = POLLIN };
    struct tbc_scan_text t;
    enum tbc_err err;

    while ((err = next(s, 0, &t)) == TBC_ERR_BUSY) {
        if (poll(&p, 1, PATIENCE) <= 0) {
            return false;
        }
    }
    return err == TBC_ERR_NOT_FOUND;
}

/* The kernel's own keyboard, where a test may make one. */
static void
a_keyboard_of_the_kernel_is_taken_for_the_gate_alone(void)
{
    struct tbc_scan *s = NULL;
    struct tbc_scan *second = NULL;
    const char *why = NULL;
    char source[64];
    char text[] = "TBC1:A\n";
    int keyboard = wedge_make(source, sizeof source);

    if (keyboard < 0) {
        tbc_test_skip("no /dev/uinput to make a keyboard with");
        return;
    }
    CU_ASSERT_EQUAL_FATAL(tbc_scan_open(&s, source, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_scan_open(&second, source, &why), TBC_ERR_IO);
    CU_ASSERT_PTR_NULL(second);
    type_to(keyboard, text);
    CU_ASSERT(gives(s, "TBC1:A"));
    CU_ASSERT_EQUAL(close(keyboard), 0);
    CU_ASSERT(ends(s));
    tbc_scan_close(&s);
}

/* All or nothing; a line takes a few thousand bytes before it is read. */
static bool
write_whole(int fd, const char *text, size_t len)
{
    static size_t left; /* of a text that was begun */
    ssize_t n;

    left = left == 0 ? len : left;
    n = write(fd, text + (len - left), left);
    left -= n > 0 ? (size_t)n : 0;
    return left == 0;
}

static void
a_hundred_codes_at_once_come_one_by_one(void)
{
    struct tbc_scan *s = NULL;
    struct tbc_scan_text t;
    char source[128];
    char text[512];
    int scanner = posix_openpt(O_RDWR | O_NOCTTY);

    CU_ASSERT_FATAL(scanner >= 0 && grantpt(scanner) == 0 && unlockpt(scanner) == 0);
    CU_ASSERT_EQUAL_FATAL(fcntl(scanner, F_SETFL, O_NONBLOCK), 0);
    (void)snprintf(source, sizeof source, "serial:%s,,", ptsname(scanner));
    CU_ASSERT_EQUAL(tbc_scan_open(&s, source, NULL), TBC_ERR_UNSUPPORTED);
    (void)snprintf(source, sizeof source, "serial:%s", ptsname(scanner));
    CU_ASSERT_EQUAL_FATAL(tbc_scan_open(&s, source, NULL), TBC_OK);
    memset(text, 'A', sizeof text);
    for (unsigned sent = 0, seen = 0; seen < 100;) {
        /* CR, LF and CR LF in turn; as much as the line takes, then read */
        static const char *const line_ends[] = { "\r", "\n", "\r\n" };

        if (sent < 100) {
            int len = snprintf(text, sizeof text, "]Q3TBC1:%03u%0*d%s", sent, 400, 0,
                               line_ends[sent % 3]);

            if (write_whole(scanner, text, (size_t)len)) {
                sent++;
                continue;
            }
        }
        (void)snprintf(text, sizeof text, "TBC1:%03u%0*d", seen, 400, 0);
        CU_ASSERT_FATAL(gives(s, text));
        seen++;
    }
    CU_ASSERT_EQUAL(next(s, 0, &t), TBC_ERR_BUSY);
    tbc_scan_close(&s);
    (void)close(scanner);
}

static void
store_code(const char *folder, const char *name, const char *text)
{
    char temporary[256];
    char path[256];
    struct tbc_qr qr;
    struct tbc_picture p;
    struct tbc_buf file = { 0 };
    FILE *f;

    CU_ASSERT_EQUAL_FATAL(tbc_qr_draw(&qr, tbc_span_str(text)), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_qr_picture(&qr, 4, &p), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_encode_png(&p, &file), TBC_OK);
    (void)snprintf(temporary, sizeof temporary, "%s/.new", folder);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(temporary, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(file.ptr, 1, file.len, f), file.len);
    CU_ASSERT_EQUAL(fclose(f), 0);
    CU_ASSERT_EQUAL(rename(temporary, path), 0);
    tbc_buf_fini(&file);
    tbc_picture_fini(&p);
    tbc_qr_fini(&qr);
}

static void
store_junk(const char *path)
{
    FILE *f = fopen(path, "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT(fputs("junk", f) >= 0);
    CU_ASSERT_EQUAL(fclose(f), 0);
}

static void
a_watched_folder_gives_each_new_picture_once(void)
{
    static const char *const names[] = { "old.png", "a.png", "junk.png", "b.png" };
    char folder[] = "watched.XXXXXX";
    char path[64];
    char source[64];
    struct tbc_scan *s = NULL;
    struct tbc_scan_text t;

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    store_code(folder, "old.png", "OLD");
    (void)snprintf(source, sizeof source, "pictures:%s", folder);
    CU_ASSERT_EQUAL_FATAL(tbc_scan_open(&s, source, NULL), TBC_OK);
    CU_ASSERT_EQUAL(next(s, 0, &t), TBC_ERR_BUSY);
    store_code(folder, "a.png", "FIRST");
    (void)snprintf(path, sizeof path, "%s/junk.png", folder);
    store_junk(path);
    store_code(folder, "b.png", "SECOND");
    CU_ASSERT(gives(s, "FIRST"));
    CU_ASSERT(gives(s, "SECOND"));
    CU_ASSERT_EQUAL(next(s, 0, &t), TBC_ERR_BUSY);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        CU_ASSERT_EQUAL(unlink(path), 0);
    }
    CU_ASSERT_EQUAL(rmdir(folder), 0);
    CU_ASSERT(ends(s));
    tbc_scan_close(&s);
}

/* Nobody fetches meanwhile: they wait for room. */
static void
many_pictures_at_once_are_all_read_in_order(void)
{
    char folder[] = "many.XXXXXX";
    char source[64];
    char name[16];
    char path[64];
    struct tbc_scan *s = NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    (void)snprintf(source, sizeof source, "pictures:%s", folder);
    CU_ASSERT_EQUAL_FATAL(tbc_scan_open(&s, source, NULL), TBC_OK);
    for (int i = 0; i < 40; i++) {
        (void)snprintf(name, sizeof name, "%02d.png", i);
        store_code(folder, name, i % 2 == 0 ? "EVEN" : "ODD");
    }
    for (int i = 0; i < 40; i++) {
        CU_ASSERT(gives(s, i % 2 == 0 ? "EVEN" : "ODD"));
        (void)snprintf(path, sizeof path, "%s/%02d.png", folder, i);
        CU_ASSERT_EQUAL(unlink(path), 0);
    }
    tbc_scan_close(&s);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static void
a_missing_source_is_named_with_the_way_out(void)
{
    static const struct {
        const char *source;
        enum tbc_err err;
    } rows[] = {
        { "serial:/dev/does-not-exist", TBC_ERR_NOT_FOUND },
        { "serial:/dev/null", TBC_ERR_IO },
        { "serial:", TBC_ERR_UNSUPPORTED },
        { "serial:/dev/null,fast", TBC_ERR_UNSUPPORTED },
        { "serial:/dev/null,-1", TBC_ERR_UNSUPPORTED },
        { "serial:/dev/null,9600,prefix=", TBC_ERR_UNSUPPORTED },
        { "evdev:", TBC_ERR_UNSUPPORTED },
        { "evdev:/dev/does-not-exist", TBC_ERR_NOT_FOUND },
        { "evdev:/dev/null", TBC_ERR_UNSUPPORTED },
        { "evdev:/dev/null,atlantis", TBC_ERR_UNSUPPORTED },
        { "evdev:.", TBC_ERR_UNSUPPORTED },
        { "-x", TBC_ERR_UNSUPPORTED },
        { "pictures:/does/not/exist", TBC_ERR_NOT_FOUND },
        { "pictures:/dev/null", TBC_ERR_NOT_FOUND },
        { "webcam", TBC_ERR_UNSUPPORTED },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_scan *s = NULL;
        const char *why = NULL;

        CU_ASSERT_EQUAL(tbc_scan_open(&s, rows[i].source, &why), rows[i].err);
        CU_ASSERT_PTR_NULL(s);
        CU_ASSERT(why != NULL && strlen(why) > 10);
    }
}

TBC_SUITE("scan/scan", TEST(standard_input_gives_lines_until_its_end),
          TEST(a_serial_line_gives_texts_halves_and_its_end),
          TEST(a_hundred_codes_at_once_come_one_by_one),
          TEST(a_keyboard_scanner_types_texts_halves_and_its_end),
          TEST(a_keyboard_of_the_kernel_is_taken_for_the_gate_alone),
          TEST(a_watched_folder_gives_each_new_picture_once),
          TEST(many_pictures_at_once_are_all_read_in_order),
          TEST(a_missing_source_is_named_with_the_way_out))
