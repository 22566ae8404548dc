#include "sys/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_SIZE 2048
#define NAP_MS    2

static bool
set_files(posix_spawn_file_actions_t *files, int theirs)
{
    return posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0) == 0 &&
           posix_spawn_file_actions_addopen(files, 1, "/dev/null", O_WRONLY, 0) == 0 &&
           posix_spawn_file_actions_adddup2(files, theirs, TBC_CHILD_FD) == 0 &&
           posix_spawn_file_actions_addclosefrom_np(files, TBC_CHILD_FD + 1) == 0;
}

static bool
set_signals(posix_spawnattr_t *attr)
{
    sigset_t all;
    sigset_t none;

    (void)sigfillset(&all);
    (void)sigemptyset(&none);
    return posix_spawnattr_setsigmask(attr, &none) == 0 &&
           posix_spawnattr_setsigdefault(attr, &all) == 0 &&
           posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF) == 0;
}

static enum tbc_err
spawn(struct tbc_child *child, int theirs, char *const argv[],
      char *const environment[])
{
    char *const nothing[] = { NULL };
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    int rc = ENOMEM;

    if (posix_spawn_file_actions_init(&files) != 0) {
        return TBC_ERR_NO_MEMORY;
    }
    if (posix_spawnattr_init(&attr) != 0) {
        (void)posix_spawn_file_actions_destroy(&files);
        return TBC_ERR_NO_MEMORY;
    }
    if (set_files(&files, theirs) && set_signals(&attr)) {
        rc = posix_spawn(&child->pid, argv[0], &files, &attr, argv,
                         environment == NULL ? nothing : environment);
    }
    (void)posix_spawn_file_actions_destroy(&files);
    (void)posix_spawnattr_destroy(&attr);
    if (rc != 0) {
        child->pid = -1;
        return rc == ENOENT ? TBC_ERR_NOT_FOUND : TBC_ERR_IO;
    }
    return TBC_OK;
}

enum tbc_err
tbc_child_start(struct tbc_child *child, char *const argv[], char *const environment[])
{
    int pair[2];
    enum tbc_err err;

    *child = TBC_CHILD_NONE;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        return TBC_ERR_IO;
    }
    err = fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0
              ? TBC_ERR_IO
              : spawn(child, pair[1], argv, environment);
    (void)close(pair[1]);
    if (err != TBC_OK) {
        (void)close(pair[0]);
        return err;
    }
    child->fd = pair[0];
    return TBC_OK;
}

int
tbc_child_end(struct tbc_child *child, int patience_ms)
{
    int status = 0;
    pid_t pid = 0;

    if (child->fd >= 0) {
        (void)close(child->fd);
    }
    if (child->pid > 0) {
        for (; patience_ms > 0 && pid == 0; patience_ms -= NAP_MS) {
            pid = waitpid(child->pid, &status, WNOHANG);
            (void)poll(NULL, 0, pid == 0 ? NAP_MS : 0);
        }
        if (pid == 0) {
            (void)kill(child->pid, SIGKILL);
            while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
            }
        }
    }
    *child = TBC_CHILD_NONE;
    return status;
}

char *
tbc_child_beside(const char *program)
{
    char self[PATH_SIZE];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash;
    char *path = NULL;

    if (n <= 0) {
        return NULL;
    }
    self[n] = '\0';
    slash = strrchr(self, '/');
    if (slash == NULL) {
        return NULL;
    }
    *slash = '\0';
    return asprintf(&path, "%s/%s", self, program) < 0 ? NULL : path;
}

void
tbc_child_status_text(int status, char text[static TBC_CHILD_STATUS_SIZE])
{
    (void)snprintf(text, TBC_CHILD_STATUS_SIZE, "%s %d",
                   WIFSIGNALED(status) ? "signal" : "exit",
                   WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

size_t
tbc_child_begin(struct tbc_buf *out)
{
    static const uint8_t empty[TBC_CHILD_HEAD] = { 0 };

    (void)tbc_buf_append(out, empty, sizeof empty);
    return out->len;
}

void
tbc_child_finish(struct tbc_buf *out, size_t start)
{
    size_t len = out->len - start;

    if (tbc_buf_status(out) != TBC_OK) {
        return; /* the caller asks for the status */
    }
    for (size_t i = 0; i < TBC_CHILD_HEAD; i++) {
        out->ptr[start - 1 - i] = (uint8_t)(len >> (8 * i));
    }
}

size_t
tbc_child_length(const uint8_t head[static TBC_CHILD_HEAD])
{
    return (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 |
           head[3];
}

bool
tbc_child_send(const struct tbc_child *child, struct tbc_span bytes, size_t *at)
{
    while (*at < bytes.len) {
        ssize_t n = send(child->fd, bytes.ptr + *at, bytes.len - *at,
                         MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return errno == EAGAIN;
        }
        *at += (size_t)n;
    }
    return true;
}

bool
tbc_child_receive(const struct tbc_child *child, struct tbc_buf *in, size_t at_most)
{
    ssize_t n;

    if (tbc_buf_reserve(in, at_most) != TBC_OK) {
        return false;
    }
    do {
        n = recv(child->fd, in->ptr + in->len, at_most, MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    if (n <= 0) {
        return n < 0 && errno == EAGAIN;
    }
    in->len += (size_t)n;
    return true;
}

static bool
read_exactly(int fd, uint8_t *to, size_t len)
{
    while (len > 0) {
        ssize_t n = read(fd, to, len);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        to += n;
        len -= (size_t)n;
    }
    return true;
}

bool
tbc_child_read(int fd, size_t max, struct tbc_buf *in)
{
    uint8_t head[TBC_CHILD_HEAD];
    size_t len;

    tbc_buf_clear(in);
    if (!read_exactly(fd, head, sizeof head)) {
        return false;
    }
    len = tbc_child_length(head);
    if (len > max || tbc_buf_reserve(in, len) != TBC_OK ||
        !read_exactly(fd, in->ptr, len)) {
        return false;
    }
    in->len = len;
    return true;
}

bool
tbc_child_write(int fd, const struct tbc_buf *out)
{
    size_t at = 0;

    if (tbc_buf_status(out) != TBC_OK) {
        return false;
    }
    while (at < out->len) {
        ssize_t n = write(fd, out->ptr + at, out->len - at);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        at += (size_t)n;
    }
    return true;
}
