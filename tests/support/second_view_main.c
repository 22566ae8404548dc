/* tbc-second-view IN OUT: another JPEG of the person in IN, for the demo and the tests. */
#include "second_view.h"

#include <stdio.h>

static int
fail(const char *path, enum tbc_err err)
{
    (void)fprintf(stderr, "tbc-second-view: %s: %s\n", path, tbc_err_text(err));
    return err == TBC_ERR_MALFORMED || err == TBC_ERR_UNSUPPORTED ? 4 : 3;
}

static enum tbc_err
store(const char *path, struct tbc_span bytes)
{
    FILE *f = fopen(path, "wbe");
    bool whole;

    if (f == NULL) {
        return TBC_ERR_IO;
    }
    whole = fwrite(bytes.ptr, 1, bytes.len, f) == bytes.len;
    return fclose(f) == 0 && whole ? TBC_OK : TBC_ERR_IO;
}

int
main(int argc, char **argv)
{
    struct tbc_picture in = { 0 };
    struct tbc_picture out = { 0 };
    struct tbc_buf file = { 0 };
    const char *path;
    enum tbc_err err;

    if (argc != 3 || argv[1][0] == '-') {
        (void)fputs("usage: tbc-second-view IN OUT.jpg\n", stderr);
        return 2;
    }
    path = argv[1];
    if ((err = tbc_picture_read(&in, path)) == TBC_OK) {
        path = argv[2];
        if ((err = second_view_make(&in, &second_view_default, &out)) == TBC_OK &&
            (err = tbc_picture_encode_jpeg(&out, 82, &file)) == TBC_OK) {
            err = store(path, tbc_buf_span(&file));
        }
    }
    tbc_buf_fini(&file);
    tbc_picture_fini(&out);
    tbc_picture_fini(&in);
    return err == TBC_OK ? 0 : fail(path, err);
}
