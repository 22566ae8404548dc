#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE    16384
#define PATH_LEN 1024

static enum tbc_err
err_of(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return TBC_ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return TBC_ERR_DENIED;
    default:
        return TBC_ERR_IO;
    }
}

static enum tbc_err
read_all(int fd, size_t max, struct tbc_buf *out)
{
    size_t total = 0;
    enum tbc_err err = TBC_OK;

    while (err == TBC_OK) {
        ssize_t n;

        if ((err = tbc_buf_reserve(out, PIECE)) != TBC_OK) {
            break;
        }
        n = read(fd, out->ptr + out->len, PIECE);
        if (n == 0) {
            break;
        }
        if (n < 0) {
            err = errno == EINTR ? TBC_OK : TBC_ERR_IO;
            continue;
        }
        total += (size_t)n;
        out->len += (size_t)n;
        err = total > max ? TBC_ERR_LIMIT : TBC_OK;
    }
    return err;
}

/* What may be read: is it a file of the kind? */
typedef bool (*kind_test)(mode_t mode);

static bool
is_regular(mode_t mode)
{
    return S_ISREG(mode);
}

static bool
is_no_folder(mode_t mode)
{
    return !S_ISDIR(mode);
}

static enum tbc_err
read_path(const char *path, int flags, kind_test fits, size_t max, struct tbc_buf *out)
{
    size_t before = out->len;
    struct stat st;
    enum tbc_err err;
    int fd;

    if (strcmp(path, "-") == 0) {
        err = read_all(STDIN_FILENO, max, out);
    } else if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags)) < 0) {
        return err_of(errno);
    } else {
        err = fstat(fd, &st) == 0 && fits(st.st_mode) ? read_all(fd, max, out)
                                                      : TBC_ERR_IO;
        (void)close(fd);
    }
    if (err != TBC_OK) {
        tbc_buf_cut(out, before);
    }
    return err;
}

enum tbc_err
tbc_file_read(const char *path, size_t max, struct tbc_buf *out)
{
    return read_path(path, O_NONBLOCK, is_regular, max, out);
}

enum tbc_err
tbc_file_read_any(const char *path, size_t max, struct tbc_buf *out)
{
    return read_path(path, 0, is_no_folder, max, out);
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

/* A rename is durable when its folder is. */
static enum tbc_err
sync_folder(const char *path)
{
    char copy[PATH_LEN];
    enum tbc_err err;
    int fd;

    (void)snprintf(copy, sizeof copy, "%s", path);
    fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return err_of(errno);
    }
    err = fsync(fd) == 0 ? TBC_OK : TBC_ERR_IO;
    (void)close(fd);
    return err;
}

enum tbc_err
tbc_file_write(const char *path, struct tbc_span contents, unsigned mode)
{
    char beside[PATH_LEN];
    enum tbc_err err;
    int n = snprintf(beside, sizeof beside, "%s.%ld.new", path, (long)getpid());
    int fd;

    if (n < 0 || (size_t)n >= sizeof beside) {
        return TBC_ERR_LIMIT;
    }
    (void)unlink(beside);
    fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    if (fd < 0) {
        return err_of(errno);
    }
    err = fchmod(fd, (mode_t)mode) == 0 ? write_all(fd, contents) : TBC_ERR_IO;
    if (close(fd) != 0 && err == TBC_OK) {
        err = TBC_ERR_IO;
    }
    if (err == TBC_OK && rename(beside, path) != 0) {
        err = err_of(errno);
    }
    if (err != TBC_OK) {
        (void)unlink(beside);
        return err;
    }
    return sync_folder(path);
}
