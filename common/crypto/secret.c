#include "crypto/secret.h"

#include "crypto/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static enum tbc_err
err_of(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return TBC_ERR_NOT_FOUND;
    case EEXIST:
        return TBC_ERR_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
        return TBC_ERR_DENIED;
    default:
        return TBC_ERR_IO;
    }
}

static enum tbc_err
check_file(int fd, bool or_pipe)
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        return TBC_ERR_IO;
    }
    if (or_pipe && S_ISFIFO(st.st_mode)) {
        /* Whoever writes may take their time. */
        return fcntl(fd, F_SETFL, 0) == 0 ? TBC_OK : TBC_ERR_IO;
    }
    if (!S_ISREG(st.st_mode)) {
        return TBC_ERR_MALFORMED;
    }
    return (st.st_mode & (S_IRWXG | S_IRWXO)) == 0 ? TBC_OK : TBC_ERR_DENIED;
}

static enum tbc_err
read_all(int fd, size_t max, struct tbc_buf *out)
{
    uint8_t piece[512];
    size_t from = out->len;
    size_t total = 0;
    enum tbc_err err = TBC_OK;

    while (err == TBC_OK) {
        ssize_t n = read(fd, piece, sizeof piece);

        if (n == 0) {
            break;
        }
        if (n < 0) {
            err = errno == EINTR ? TBC_OK : TBC_ERR_IO;
            continue;
        }
        total += (size_t)n;
        err = total > max ? TBC_ERR_LIMIT : tbc_buf_append(out, piece, (size_t)n);
    }
    tbc_wipe(piece, sizeof piece);
    return tbc_buf_whole(out, from, err);
}

static enum tbc_err
load(const char *path, size_t max, bool or_pipe, struct tbc_buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    enum tbc_err err;

    if (fd < 0) {
        return err_of(errno);
    }
    if ((err = check_file(fd, or_pipe)) == TBC_OK) {
        err = read_all(fd, max, out);
    }
    (void)close(fd);
    return err;
}

enum tbc_err
tbc_secret_load(const char *path, size_t max, struct tbc_buf *out)
{
    return load(path, max, false, out);
}

enum tbc_err
tbc_secret_load_pipe(const char *path, size_t max, struct tbc_buf *out)
{
    return load(path, max, true, out);
}

void
tbc_secret_forbid_dumps(void)
{
    const struct rlimit none = { 0 };

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static enum tbc_err
write_all(int fd, struct tbc_span bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);

        if (n < 0 && errno != EINTR) {
            return TBC_ERR_IO;
        }
        if (n > 0) {
            bytes = tbc_span_sub(bytes, (size_t)n, bytes.len);
        }
    }
    return fsync(fd) == 0 ? TBC_OK : TBC_ERR_IO;
}

enum tbc_err
tbc_secret_store(const char *path, struct tbc_span bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    enum tbc_err err;

    if (fd < 0) {
        return err_of(errno);
    }
    err = write_all(fd, bytes);
    if (close(fd) != 0 && err == TBC_OK) {
        err = TBC_ERR_IO;
    }
    if (err != TBC_OK) {
        (void)unlink(path);
    }
    return err;
}

enum tbc_err
tbc_secret_read(const char *path, uint8_t *out, size_t len)
{
    struct tbc_buf b = { 0 };
    enum tbc_err err = tbc_secret_load(path, len, &b);

    memset(out, 0, len);
    if (err == TBC_ERR_LIMIT || err == TBC_ERR_MALFORMED ||
        (err == TBC_OK && b.len != len)) {
        err = TBC_ERR_CORRUPT;
    }
    if (err == TBC_OK && len > 0) {
        memcpy(out, b.ptr, len);
    }
    tbc_buf_fini(&b);
    return err;
}

enum tbc_err
tbc_secret_make(const char *path, size_t len)
{
    struct tbc_buf b = { 0 };
    enum tbc_err err;

    if ((err = tbc_buf_reserve(&b, len)) == TBC_OK &&
        (err = tbc_random(b.ptr, len)) == TBC_OK) {
        b.len = len;
        err = tbc_secret_store(path, tbc_buf_span(&b));
    }
    tbc_buf_fini(&b);
    return err;
}
