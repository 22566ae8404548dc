#include "signer_count.h"

#include "base/buf.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FORM                                                                          \
    "let %020" PRIu64 " signed %020" PRIu64 " doubt %020" PRIu64 " floor %020" PRIu64 \
    " boot %-36s\n"
#define DIGITS 20

static size_t
put(const struct signer_count *c, char text[static SIGNER_COUNT_FILE_MAX])
{
    int n = snprintf(text, SIGNER_COUNT_FILE_MAX, FORM, c->let, c->signed_n, c->doubt,
                     (uint64_t)c->floor.s, c->boot);

    return n < 0 ? 0 : (size_t)n;
}

/* "NAME " and twenty digits and a space, which are taken off. */
static bool
take(struct tbc_span *text, const char *name, uint64_t *value)
{
    const size_t len = strlen(name);

    *value = 0;
    if (!tbc_span_starts(*text, tbc_span_str(name)) || text->len < len + DIGITS + 1) {
        return false;
    }
    for (size_t i = len; i < len + DIGITS; i++) {
        const uint8_t digit = (uint8_t)(text->ptr[i] - '0');

        if (digit > 9 || *value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        *value = *value * 10 + digit;
    }
    *text = tbc_span_sub(*text, len + DIGITS, text->len);
    return true;
}

/* Read back, written again and compared: one state has one form. */
static bool
parse(struct signer_count *c, struct tbc_span whole)
{
    char again[SIGNER_COUNT_FILE_MAX];
    struct tbc_span text = whole;
    uint64_t floor;

    if (!take(&text, "let ", &c->let) || !take(&text, " signed ", &c->signed_n) ||
        !take(&text, " doubt ", &c->doubt) || !take(&text, " floor ", &floor) ||
        !tbc_span_starts(text, tbc_span_str(" boot ")) ||
        text.len != strlen(" boot ") + SIGNER_BOOT_LEN + 1) {
        return false;
    }
    c->floor.s = (int64_t)floor;
    memcpy(c->boot, text.ptr + strlen(" boot "), SIGNER_BOOT_LEN);
    return c->signed_n <= c->let && c->doubt <= c->signed_n && c->floor.s >= 0 &&
           tbc_span_equal(whole, tbc_span_of(again, put(c, again)));
}

static enum tbc_err
make(const char *path)
{
    const struct signer_count none = { .let = 0 };
    char text[SIGNER_COUNT_FILE_MAX];

    return tbc_file_write(path, tbc_span_of(text, put(&none, text)), 0600);
}

/* Power was lost since the last line was written: what was not synced may be missing. */
static void
settle(struct signer_count *c, const char *boot)
{
    char now[SIGNER_BOOT_LEN + 1];

    (void)snprintf(now, sizeof now, "%-36s", boot);
    if (*boot == '\0' || memcmp(now, c->boot, SIGNER_BOOT_LEN) != 0) {
        c->doubt += c->let - c->signed_n;
        c->signed_n = c->let;
    }
    memcpy(c->boot, now, sizeof now);
}

enum tbc_err
signer_count_open(struct signer_count *count, const char *path, const char *boot)
{
    struct tbc_buf text = { 0 };
    enum tbc_err err;

    *count = (struct signer_count){ .fd = -1 };
    err = tbc_file_read(path, SIGNER_COUNT_FILE_MAX, &text);
    if (err == TBC_ERR_NOT_FOUND && (err = make(path)) == TBC_OK) {
        err = tbc_file_read(path, SIGNER_COUNT_FILE_MAX, &text);
    }
    if (err == TBC_OK && !parse(count, tbc_buf_span(&text))) {
        err = TBC_ERR_CORRUPT;
    }
    tbc_buf_fini(&text);
    if (err != TBC_OK) {
        return err == TBC_ERR_LIMIT ? TBC_ERR_CORRUPT : err;
    }
    settle(count, boot);
    count->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    return count->fd >= 0 ? TBC_OK : errno == EACCES ? TBC_ERR_DENIED : TBC_ERR_IO;
}

static enum tbc_err
save(const struct signer_count *c)
{
    char text[SIGNER_COUNT_FILE_MAX];
    const size_t n = put(c, text);

    return pwrite(c->fd, text, n, 0) == (ssize_t)n ? TBC_OK : TBC_ERR_IO;
}

enum tbc_err
signer_count_add(struct signer_count *count, uint64_t n, struct tbc_utc floor)
{
    struct signer_count next = *count;
    enum tbc_err err;

    next.signed_n += n;
    next.floor = floor.s > next.floor.s ? floor : next.floor;
    if (next.signed_n > next.synced) {
        next.let = next.signed_n + SIGNER_COUNT_BLOCK;
        next.synced = next.let;
    }
    if ((err = save(&next)) == TBC_OK && next.synced != count->synced &&
        fdatasync(next.fd) != 0) {
        err = TBC_ERR_IO;
    }
    if (err == TBC_OK) {
        *count = next;
    }
    return err;
}

void
signer_count_close(struct signer_count *count)
{
    if (count->fd >= 0 && count->synced > 0) {
        count->let = count->signed_n;
        if (save(count) == TBC_OK) {
            (void)fdatasync(count->fd);
        }
    }
    count->fd = -1; /* the process ends with it, narrowed as it is */
}
