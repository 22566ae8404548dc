#include "commands.h"
#include "image/picture.h"
#include "scan/qr.h"
#include "sys/file.h"

#include <stdio.h>

/* What has been found so far, and in which picture. */
struct findings {
    const char *path;
    json_t *codes; /* NULL: print lines */
    size_t n;
};

static void
report(void *ctx, struct tbc_span text)
{
    struct findings *f = ctx;

    f->n++;
    if (f->codes != NULL) {
        (void)json_array_append_new(f->codes,
                                    json_pack("{s:s, s:s%}", "file", f->path, "text",
                                              (const char *)text.ptr, text.len));
        return;
    }
    (void)fwrite(text.ptr, 1, text.len, stdout); /* cli_done asks for errors */
    putchar('\n');
}

static enum cli_exit
scan_picture(struct findings *f)
{
    struct tbc_buf file = { 0 };
    struct tbc_picture picture = { 0 };
    enum cli_exit rc;
    enum tbc_err err;

    if ((rc = cli_read(f->path, TBC_PICTURE_BYTES_MAX, &file)) != CLI_YES) {
        goto out;
    }
    err = tbc_picture_decode(&picture, tbc_buf_span(&file), TBC_PICTURE_SIDE_MAX);
    if (err == TBC_ERR_UNSUPPORTED) {
        cli_say("%s: not a PNG, JPEG or WebP picture of a kind that is read", f->path);
        rc = CLI_MALFORMED;
    } else if (err != TBC_OK) {
        rc = cli_bad_input(f->path, err, &(struct tbc_fault){ 0 });
    } else if ((err = tbc_qr_read(&picture, report, f)) != TBC_OK) {
        rc = cli_fail(f->path, err);
    }
out:
    tbc_picture_fini(&picture);
    tbc_buf_fini(&file);
    return rc;
}

/* Every picture is looked at, also behind a bad one; the first failure makes the exit code. */
static enum cli_exit
scan_all(int n, char **paths, struct findings *f)
{
    enum cli_exit rc = CLI_YES;

    for (int i = 0; i < n; i++) {
        enum cli_exit one;

        f->path = paths[i];
        one = scan_picture(f);
        rc = rc == CLI_YES ? one : rc;
    }
    if (rc == CLI_YES && f->n == 0) {
        cli_say("no QR code found");
        rc = CLI_NO;
    }
    return rc;
}

enum cli_exit
cli_scan(int argc, char **argv)
{
    static const struct option options[] = { CLI_OPTION_JSON, { 0 } };
    struct findings f = { 0 };
    enum cli_exit rc;
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?') {
            json_decref(f.codes);
            return CLI_USAGE;
        }
        f.codes = f.codes != NULL ? f.codes : json_array();
    }
    if (optind == argc) {
        json_decref(f.codes);
        return cli_misuse("scan: name at least one picture");
    }
    rc = scan_all(argc - optind, argv + optind, &f);
    if (f.codes != NULL) {
        cli_print_json(json_pack("{s:o}", "codes", f.codes));
    }
    return rc;
}
