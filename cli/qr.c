#include "scan/qr.h"

#include "commands.h"
#include "sys/file.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX   4096 /* more than the largest symbol holds */
#define PNG_MODULE 8    /* pixels a module: sharp on paper and on screens */

static enum cli_exit
write_png(const struct tbc_qr *qr, const char *path)
{
    struct tbc_picture picture = { 0 };
    struct tbc_buf file = { 0 };
    enum tbc_err err;

    if ((err = tbc_qr_picture(qr, PNG_MODULE, &picture)) == TBC_OK &&
        (err = tbc_picture_encode_png(&picture, &file)) == TBC_OK) {
        if (strcmp(path, "-") == 0) {
            (void)fwrite(file.ptr, 1, file.len, stdout); /* cli_done asks for errors */
        } else {
            err = tbc_file_write(path, tbc_buf_span(&file), 0644);
        }
    }
    tbc_buf_fini(&file);
    tbc_picture_fini(&picture);
    return err == TBC_OK ? CLI_YES : cli_fail(path, err);
}

static enum cli_exit
write_blocks(const struct tbc_qr *qr)
{
    struct tbc_buf blocks = { 0 };
    enum tbc_err err = tbc_qr_blocks(qr, &blocks);

    (void)fwrite(blocks.ptr, 1, blocks.len, stdout); /* cli_done asks for errors */
    tbc_buf_fini(&blocks);
    return err == TBC_OK ? CLI_YES : cli_fail("standard output", err);
}

static enum cli_exit
draw(struct tbc_span text, const char *path, struct tbc_qr *qr)
{
    enum tbc_err err = tbc_qr_draw(qr, text);

    if (err == TBC_ERR_LIMIT) {
        cli_say("%s: %zu bytes are more than a QR code holds", path, text.len);
        return CLI_MALFORMED;
    }
    if (err == TBC_ERR_RANGE) {
        cli_say("%s: empty: there is nothing to draw", path);
        return CLI_MALFORMED;
    }
    return err == TBC_OK ? CLI_YES : cli_fail(path, err);
}

enum cli_exit
cli_qr(int argc, char **argv)
{
    static const struct option options[] = { { "png", required_argument, NULL, 'p' },
                                             { 0 } };
    struct tbc_buf in = { 0 };
    struct tbc_qr qr = { 0 };
    const char *png = NULL;
    const char *path;
    enum cli_exit rc;
    int c;

    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?') {
            return CLI_USAGE;
        }
        png = optarg;
    }
    if ((rc = cli_read_operand(argc, argv, TEXT_MAX, &in, &path)) == CLI_YES &&
        (rc = draw(cli_trim(tbc_buf_span(&in)), path, &qr)) == CLI_YES) {
        rc = png != NULL ? write_png(&qr, png) : write_blocks(&qr);
    }
    tbc_qr_fini(&qr);
    tbc_buf_fini(&in);
    return rc;
}
