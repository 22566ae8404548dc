#include "face/models.h"

#include "base/text.h"
#include "crypto/digest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct entry {
    struct tbc_span name;
    struct tbc_span file;
    struct tbc_span version;
    struct tbc_span sha256;
};

/* The bytes up to the next separator, moving *rest past it. */
static struct tbc_span
cut(struct tbc_span *rest, char separator)
{
    const uint8_t *end =
        rest->len == 0 ? NULL : memchr(rest->ptr, separator, rest->len);
    size_t len = end == NULL ? rest->len : (size_t)(end - rest->ptr);
    struct tbc_span field = tbc_span_sub(*rest, 0, len);

    *rest = tbc_span_sub(*rest, end == NULL ? len : len + 1, rest->len);
    return field;
}

static bool
find_entry(struct tbc_span manifest, const char *name, struct entry *found)
{
    while (manifest.len > 0) {
        struct tbc_span line = cut(&manifest, '\n');

        found->name = cut(&line, '\t');
        found->file = cut(&line, '\t');
        found->version = cut(&line, '\t');
        found->sha256 = cut(&line, '\t');
        if (tbc_span_equal(found->name, tbc_span_str(name))) {
            return true;
        }
    }
    return false;
}

static enum tbc_err
read_all(FILE *f, size_t max, struct tbc_buf *out)
{
    size_t start = out->len;

    while (!feof(f)) {
        if (tbc_buf_reserve(out, 1 << 16) != TBC_OK) {
            return TBC_ERR_NO_MEMORY;
        }
        out->len += fread(out->ptr + out->len, 1, 1 << 16, f);
        if (ferror(f)) {
            return TBC_ERR_IO;
        }
        if (out->len - start > max) {
            return TBC_ERR_LIMIT;
        }
    }
    return TBC_OK;
}

enum tbc_err
tbc_model_file(const char *path, size_t max, struct tbc_buf *out, struct tbc_buf *why)
{
    FILE *f = fopen(path, "rbe");
    enum tbc_err err;

    if (f == NULL) {
        err = errno == ENOENT ? TBC_ERR_NOT_FOUND : TBC_ERR_IO;
    } else {
        err = read_all(f, max, out);
        (void)fclose(f); /* only read: nothing to lose */
    }
    if (err != TBC_OK) {
        (void)tbc_buf_printf(why, "%s: %s", path, tbc_err_text(err));
    }
    return err;
}

static enum tbc_err
check(const char *path, struct tbc_span model,
      const uint8_t wanted[static TBC_SHA256_LEN], struct tbc_buf *why)
{
    uint8_t is[TBC_SHA256_LEN];
    enum tbc_err err = tbc_sha256(model, is);

    if (err == TBC_OK && memcmp(is, wanted, sizeof is) != 0) {
        err = TBC_ERR_CORRUPT;
    }
    if (err != TBC_OK) {
        (void)tbc_buf_printf(
            why, "%s: the sha256 is not the manifest's; fetch it again", path);
    }
    return err;
}

enum tbc_err
tbc_model_read(const char *dir, struct tbc_span manifest, const char *name,
               struct tbc_buf *model, struct tbc_buf *why)
{
    uint8_t wanted[TBC_SHA256_LEN];
    struct tbc_buf path = { 0 };
    struct entry entry = { 0 };
    enum tbc_err err;

    if (!find_entry(manifest, name, &entry)) {
        (void)tbc_buf_printf(why, "the manifest has no model '%s'", name);
        return TBC_ERR_MALFORMED;
    }
    if (entry.file.len == 0 || memchr(entry.file.ptr, '/', entry.file.len) != NULL ||
        !tbc_hex_fixed(entry.sha256, wanted, sizeof wanted)) {
        (void)tbc_buf_printf(why, "the manifest's line '%s' is malformed", name);
        return TBC_ERR_MALFORMED;
    }
    (void)tbc_buf_printf(&path, "%s/%.*s", dir, (int)entry.file.len,
                         (const char *)entry.file.ptr);
    if (tbc_buf_str(&path) == NULL) {
        err = TBC_ERR_NO_MEMORY;
        goto out;
    }
    err = tbc_model_file(tbc_buf_str(&path), TBC_MODEL_BYTES_MAX, model, why);
    if (err == TBC_OK) {
        err = check(tbc_buf_str(&path), tbc_buf_span(model), wanted, why);
    }
out:
    tbc_buf_fini(&path);
    return err;
}
