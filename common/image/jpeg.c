/* JPEG by libjpeg-turbo.  The library reports errors by a callback that must not return; ours
 * jumps back to the one setjmp of each entry.  Warnings mean that the file is damaged and the
 * library painted over it: for us that is an error too. */
#include "image/formats.h"

#include <jpeglib.h>
#include <setjmp.h>
#include <stdlib.h>

/* A progressive file may hold thousands of scans of the whole picture. */
#define SCANS_MAX 64

struct failure {
    struct jpeg_error_mgr base; /* first: the library hands it back to us */
    jmp_buf back;
    enum tbc_err err;
};

struct decoder {
    struct jpeg_decompress_struct lib;
    struct failure failure;
    struct jpeg_progress_mgr progress;
};

static _Noreturn void
give_up(j_common_ptr lib)
{
    struct failure *f = (struct failure *)(void *)lib->err;

    longjmp(f->back, 1); // NOLINT(cert-err52-cpp): the library's own way
}

static void
note_message(j_common_ptr lib, int level)
{
    if (level < 0) {
        give_up(lib);
    }
}

static void
count_scans(j_common_ptr lib)
{
    j_decompress_ptr in = (j_decompress_ptr)(void *)lib;

    if (in->input_scan_number > SCANS_MAX) {
        ((struct failure *)(void *)lib->err)->err = TBC_ERR_LIMIT;
        give_up(lib);
    }
}

static struct jpeg_error_mgr *
set_failure(struct failure *f)
{
    struct jpeg_error_mgr *base = jpeg_std_error(&f->base);

    f->err = TBC_ERR_MALFORMED;
    base->error_exit = give_up;
    base->emit_message = note_message;
    return base;
}

static enum tbc_err
read_header(struct decoder *d, struct tbc_picture *p, struct tbc_span file,
            int side_max, int channels)
{
    jpeg_create_decompress(&d->lib);
    d->progress.progress_monitor = count_scans;
    d->lib.progress = &d->progress;
    jpeg_mem_src(&d->lib, file.ptr, (unsigned long)file.len);
    if (jpeg_read_header(&d->lib, TRUE) != JPEG_HEADER_OK) {
        return TBC_ERR_MALFORMED;
    }
    if (d->lib.jpeg_color_space == JCS_CMYK || d->lib.jpeg_color_space == JCS_YCCK) {
        return TBC_ERR_UNSUPPORTED;
    }
    d->lib.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    return tbc_picture_init_within(p, d->lib.image_width, d->lib.image_height, side_max,
                                   channels);
}

static void
read_rows(struct decoder *d, struct tbc_picture *p)
{
    size_t stride = (size_t)p->width * (size_t)p->channels;

    (void)jpeg_start_decompress(&d->lib);
    while (d->lib.output_scanline < d->lib.output_height) {
        JSAMPROW row = p->px + d->lib.output_scanline * stride;

        (void)jpeg_read_scanlines(&d->lib, &row, 1);
    }
    (void)jpeg_finish_decompress(&d->lib);
}

enum tbc_err
tbc_jpeg_decode(struct tbc_picture *p, struct tbc_span file, int side_max, int channels)
{
    struct decoder d = { 0 };
    volatile enum tbc_err err = TBC_OK;

    d.lib.err = set_failure(&d.failure);
    if (setjmp(d.failure.back) == 0) { // NOLINT(cert-err52-cpp): as above
        if ((err = read_header(&d, p, file, side_max, channels)) == TBC_OK) {
            read_rows(&d, p);
        }
    } else {
        err = d.failure.err;
    }
    jpeg_destroy_decompress(&d.lib);
    if (err != TBC_OK) {
        tbc_picture_fini(p);
    }
    return err;
}

static void
write_rows(struct jpeg_compress_struct *lib, const struct tbc_picture *p, int quality)
{
    size_t stride = (size_t)p->width * (size_t)p->channels;

    lib->image_width = (JDIMENSION)p->width;
    lib->image_height = (JDIMENSION)p->height;
    lib->input_components = p->channels;
    lib->in_color_space = p->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(lib);
    jpeg_set_quality(lib, quality, TRUE);
    jpeg_start_compress(lib, TRUE);
    while (lib->next_scanline < lib->image_height) {
        JSAMPROW row = p->px + lib->next_scanline * stride;

        (void)jpeg_write_scanlines(lib, &row, 1);
    }
    jpeg_finish_compress(lib);
}

enum tbc_err
tbc_picture_encode_jpeg(const struct tbc_picture *p, int quality, struct tbc_buf *out)
{
    struct jpeg_compress_struct lib = { 0 };
    struct failure failure = { 0 };
    unsigned char *volatile file = NULL;
    unsigned char *grown = NULL; /* the library's: it moves while it grows */
    unsigned long len = 0;
    volatile enum tbc_err err = TBC_OK;

    lib.err = set_failure(&failure);
    if (setjmp(failure.back) == 0) { // NOLINT(cert-err52-cpp): as above
        jpeg_create_compress(&lib);
        jpeg_mem_dest(&lib, &grown, &len);
        write_rows(&lib, p, quality);
        file = grown;
        err = tbc_buf_append(out, file, len);
        tbc_wipe(file, len);
    } else {
        err = TBC_ERR_NO_MEMORY; /* the only way in which writing to memory fails */
    }
    jpeg_destroy_compress(&lib);
    free(file);
    return err;
}
