#include "scan/qr.h"
#include "scan/scan.h"
#include "suite.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    CU_ASSERT_EQUAL(next(s, 0, &t), TBC_ERR_NOT_FOUND);
    tbc_scan_close(&s);
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
          TEST(a_watched_folder_gives_each_new_picture_once),
          TEST(a_missing_source_is_named_with_the_way_out))
