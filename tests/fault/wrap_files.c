/* Files of ours: no answer, an interrupted one, a short one. */
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 1024

/* Which of them were opened for writing: of the others nobody asks how they closed. */
static bool is_written[FILES_MAX];

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
ssize_t __real_read(int fd, void *to, size_t n);
ssize_t __wrap_read(int fd, void *to, size_t n);
ssize_t __real_write(int fd, const void *from, size_t n);
ssize_t __wrap_write(int fd, const void *from, size_t n);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_fstat(int fd, struct stat *st);
int __wrap_fstat(int fd, struct stat *st);
int __real_close(int fd);
int __wrap_close(int fd);

/* Set errno when this is the call. */
static bool
fails(enum fault_kind kind)
{
    if (!fault_now(kind)) {
        return false;
    }
    errno = kind == FAULT_INTERRUPT ? EINTR : EIO;
    return true;
}

int
__wrap_open(const char *path, int flags, ...)
{
    va_list ap;
    mode_t mode;
    int fd;

    va_start(ap, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;
    va_end(ap);
    if (fails(FAULT_FILE)) {
        return -1;
    }
    fd = __real_open(path, flags, mode);
    if (fd >= 0) {
        fault_hold(1);
    }
    if (fd >= 0 && fd < FILES_MAX) {
        is_written[fd] = (flags & O_ACCMODE) != O_RDONLY;
    }
    return fd;
}

ssize_t
__wrap_read(int fd, void *to, size_t n)
{
    if (fails(FAULT_FILE) || fails(FAULT_INTERRUPT)) {
        return -1;
    }
    return __real_read(fd, to, n > 1 && fault_now(FAULT_SHORT) ? 1 : n);
}

ssize_t
__wrap_write(int fd, const void *from, size_t n)
{
    if (fails(FAULT_FILE) || fails(FAULT_INTERRUPT)) {
        return -1;
    }
    return __real_write(fd, from, n > 1 && fault_now(FAULT_SHORT) ? 1 : n);
}

int
__wrap_fsync(int fd)
{
    return fails(FAULT_FILE) ? -1 : __real_fsync(fd);
}

int
__wrap_fstat(int fd, struct stat *st)
{
    return fails(FAULT_FILE) ? -1 : __real_fstat(fd, st);
}

/* The file is closed in any case (Linux, close(2)). */
int
__wrap_close(int fd)
{
    bool told = fd >= 0 && fd < FILES_MAX && is_written[fd] && fails(FAULT_FILE);
    int saved = errno;
    int rc = __real_close(fd);

    fault_hold(-1);
    if (told) {
        errno = saved;
        return -1;
    }
    return rc;
}
