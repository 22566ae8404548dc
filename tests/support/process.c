#include "process.h"

#include "suite.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STOP_MS 5000

static int64_t
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
close_all(struct tbc_process *p)
{
    int *const fds[] = { &p->in, &p->out, &p->err };

    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (*fds[i] >= 0) {
            close(*fds[i]);
            *fds[i] = -1;
        }
    }
}

static void
become(const char *path, const char *name, const char *const *args,
       const int theirs[static 3])
{
    char *argv[TBC_PROCESS_ARGS + 2];
    size_t n = 0;

    argv[n++] = strdup(name);
    while (args[n - 1] != NULL && n <= TBC_PROCESS_ARGS) {
        argv[n] = strdup(args[n - 1]);
        n++;
    }
    argv[n] = NULL;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that breaks off leaves nothing */
    for (int i = 0; i < 3; i++) {
        if (dup2(theirs[i], i) < 0) {
            _exit(127);
        }
    }
    (void)execv(path, argv);
    _exit(127);
}

bool
tbc_process_start(struct tbc_process *p, const char *name, const char *const *args)
{
    return tbc_process_start_after(p, name, args, NULL, NULL);
}

bool
tbc_process_start_after(struct tbc_process *p, const char *name,
                        const char *const *args, void (*prepare)(void *arg), void *arg)
{
    char path[1024];
    int in[2];
    int out[2];
    int err[2];

    memset(p, 0, sizeof *p);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)snprintf(path, sizeof path, "%s/%s", tbc_test_env("TBC_BIN_DIR"), name);
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 ||
        pipe2(err, O_CLOEXEC) != 0) {
        return false;
    }
    p->pid = fork();
    if (p->pid == 0) {
        const int theirs[3] = { in[0], out[1], err[1] };

        if (prepare != NULL) {
            prepare(arg);
        }
        become(path, name, args, theirs);
    }
    close(in[0]);
    close(out[1]);
    close(err[1]);
    p->in = in[1];
    p->out = out[0];
    p->err = err[0];
    (void)fcntl(p->err, F_SETFL, O_NONBLOCK);
    return p->pid > 0;
}

bool
tbc_process_send(struct tbc_process *p, const char *text)
{
    size_t len = strlen(text);

    return write(p->in, text, len) == (ssize_t)len;
}

void
tbc_process_end_input(struct tbc_process *p)
{
    close(p->in);
    p->in = -1;
}

static bool
take_line(struct tbc_process *p, char *line)
{
    char *end = memchr(p->held, '\n', p->held_n);
    size_t len;

    if (end == NULL) {
        return false;
    }
    len = (size_t)(end - p->held);
    (void)snprintf(line, TBC_PROCESS_LINE, "%.*s", (int)len, p->held);
    p->held_n -= len + 1;
    memmove(p->held, end + 1, p->held_n);
    return true;
}

bool
tbc_process_line(struct tbc_process *p, char line[static TBC_PROCESS_LINE],
                 int timeout_ms)
{
    int64_t end = now_ms() + timeout_ms;

    while (!take_line(p, line)) {
        struct pollfd fd = { .fd = p->out, .events = POLLIN };
        int64_t left = end - now_ms();
        ssize_t got;

        if (left <= 0 || poll(&fd, 1, (int)left) <= 0 || p->held_n == sizeof p->held) {
            return false;
        }
        got = read(p->out, p->held + p->held_n, sizeof p->held - p->held_n);
        if (got <= 0) {
            return false;
        }
        p->held_n += (size_t)got;
    }
    return true;
}

bool
tbc_process_until(struct tbc_process *p, const char *start,
                  char line[static TBC_PROCESS_LINE], int timeout_ms)
{
    int64_t end = now_ms() + timeout_ms;
    int64_t left = timeout_ms;

    while (left > 0 && tbc_process_line(p, line, (int)left)) {
        if (strncmp(line, start, strlen(start)) == 0) {
            return true;
        }
        left = end - now_ms();
    }
    (void)snprintf(line, TBC_PROCESS_LINE, "(no line \"%s\" within %d ms)", start,
                   timeout_ms);
    return false;
}

bool
tbc_process_signal(struct tbc_process *p, int number)
{
    return p->pid > 0 && kill(p->pid, number) == 0;
}

/* Reaped within the time?  Looks each 5 ms: there is no wait with a time in C. */
static bool
is_gone(struct tbc_process *p, int *status, int64_t end)
{
    while (waitpid(p->pid, status, WNOHANG) == 0) {
        struct timespec pause = { .tv_nsec = 5000000 };

        if (now_ms() >= end) {
            return false;
        }
        (void)nanosleep(&pause, NULL);
    }
    return true;
}

int
tbc_process_wait(struct tbc_process *p, int timeout_ms, char *error, size_t size)
{
    int status = 0;
    int code = -1;

    if (is_gone(p, &status, now_ms() + timeout_ms)) {
        code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else {
        (void)kill(p->pid, SIGKILL);
        (void)waitpid(p->pid, &status, 0);
    }
    if (error != NULL) {
        ssize_t got = read(p->err, error, size - 1);

        error[got > 0 ? got : 0] = '\0';
    }
    p->pid = 0;
    close_all(p);
    return code;
}

void
tbc_process_stop(struct tbc_process *p)
{
    if (p->pid > 0) {
        (void)kill(p->pid, SIGTERM);
        (void)tbc_process_wait(p, STOP_MS, NULL, 0);
    }
}
