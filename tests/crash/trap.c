#include "trap.h"

#include "sys/clock.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
    int number;
    const char *name;
    bool writes; /* to a file: fails with EIO and ENOSPC */
    bool syncs;  /* fails with EIO */
} calls[] = {
    { __NR_write, "write", false, false },
    { __NR_writev, "writev", false, false },
    { __NR_pwrite64, "pwrite64", true, false },
    { __NR_ftruncate, "ftruncate", true, false },
    { __NR_fsync, "fsync", false, true },
    { __NR_fdatasync, "fdatasync", false, true },
    { __NR_sendto, "sendto", false, false },
    { __NR_unlinkat, "unlinkat", false, false },
    { __NR_renameat, "renameat", false, false },
#ifdef __NR_rename
    { __NR_rename, "rename", false, false },
#endif
#ifdef __NR_unlink
    { __NR_unlink, "unlink", false, false },
#endif
};

#define CALLS_N (sizeof calls / sizeof *calls)

bool
trap_open(struct trap *t)
{
    memset(t, 0, sizeof *t);
    t->listener = -1;
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, t->pair) == 0 &&
           pipe(t->stop) == 0;
}

static bool
send_listener(int to, int fd)
{
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    char byte = 'x';
    struct iovec part = { &byte, 1 };
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = &control,
                              .msg_controllen = sizeof control };
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    return sendmsg(to, &message, 0) == 1;
}

static int
take_listener(int from)
{
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    char byte;
    struct iovec part = { &byte, 1 };
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = &control,
                              .msg_controllen = sizeof control };
    struct cmsghdr *c;
    int fd = -1;

    if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) == 1 &&
        (c = CMSG_FIRSTHDR(&message)) != NULL && c->cmsg_type == SCM_RIGHTS) {
        memcpy(&fd, CMSG_DATA(c), sizeof fd);
    }
    return fd;
}

void
trap_install(void *trap)
{
    const struct trap *t = trap;
    struct sock_filter code[2 * CALLS_N + 2];
    struct sock_fprog program = { .filter = code };
    long fd;

    code[program.len++] = (struct sock_filter)BPF_STMT(
        BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < CALLS_N; i++) {
        code[program.len++] = (struct sock_filter)BPF_JUMP(
            BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i].number, 0, 1);
        code[program.len++] =
            (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    }
    code[program.len++] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        _exit(126);
    }
    fd = syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER,
                 SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    if (fd < 0 || !send_listener(t->pair[1], (int)fd)) {
        _exit(126);
    }
    (void)close((int)fd);
}

static size_t
call_of(int number)
{
    size_t i = 0;

    while (i < CALLS_N && calls[i].number != number) {
        i++;
    }
    return i;
}

static void
note(struct trap *t, size_t call)
{
    if (!atomic_exchange(&t->sprung, true)) {
        atomic_store(&t->at_ms, tbc_clock_mono().ms);
        atomic_store(&t->where, calls[call].name);
    }
}

/* What becomes of this call: 0 it passes, an errno, or -1 when the program is killed instead. */
static int
judge(struct trap *t, size_t call)
{
    const enum trap_act act = (enum trap_act)atomic_load(&t->act);
    const bool fails = call < CALLS_N &&
                       (calls[call].writes || (calls[call].syncs && act == TRAP_EIO));

    if (act == TRAP_WATCH || call == CALLS_N || (act != TRAP_KILL && !fails) ||
        atomic_fetch_sub(&t->left, 1) > 1) {
        return 0;
    }
    if (act == TRAP_KILL) {
        note(t, call);
        atomic_store(&t->act, TRAP_WATCH);
        return -1;
    }
    if (atomic_fetch_sub(&t->fails, 1) <= 0) {
        atomic_store(&t->act, TRAP_WATCH);
        return 0;
    }
    note(t, call);
    return act == TRAP_EIO ? EIO : ENOSPC;
}

static void
answer(struct trap *t)
{
    struct seccomp_notif asked;
    struct seccomp_notif_resp said;
    int verdict;

    memset(&asked, 0, sizeof asked);
    memset(&said, 0, sizeof said);
    if (ioctl(t->listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) {
        return; /* whoever asked has died */
    }
    verdict = judge(t, call_of(asked.data.nr));
    if (verdict < 0) {
        (void)kill(t->pid, SIGKILL);
        return;
    }
    said.id = asked.id;
    if (verdict == 0) {
        said.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    } else {
        said.error = -verdict;
    }
    (void)ioctl(t->listener, SECCOMP_IOCTL_NOTIF_SEND, &said); /* or it has died */
}

static void *
watch(void *trap)
{
    struct trap *t = trap;

    for (;;) {
        struct pollfd fds[2] = { { .fd = t->listener, .events = POLLIN },
                                 { .fd = t->stop[0], .events = POLLIN } };

        if (poll(fds, 2, -1) < 0 && errno != EINTR) {
            return NULL;
        }
        if (fds[1].revents != 0) {
            return NULL;
        }
        if ((fds[0].revents & POLLIN) != 0) {
            answer(t);
        } else if (fds[0].revents != 0) {
            return NULL; /* the last of its processes has gone */
        }
    }
}

bool
trap_watch(struct trap *t, pid_t pid)
{
    (void)close(t->pair[1]);
    t->pair[1] = -1;
    t->pid = pid;
    t->listener = take_listener(t->pair[0]);
    if (t->listener < 0) {
        return false;
    }
    if (pthread_create(&t->thread, NULL, watch, t) != 0) {
        (void)close(t->listener);
        t->listener = -1;
    }
    return t->listener >= 0;
}

void
trap_arm(struct trap *t, enum trap_act act, long long k, long long fails)
{
    atomic_store(&t->act, TRAP_WATCH);
    atomic_store(&t->sprung, false);
    atomic_store(&t->left, k);
    atomic_store(&t->fails, fails);
    atomic_store(&t->act, act);
}

void
trap_close(struct trap *t)
{
    const int fds[] = { t->pair[0], t->pair[1], t->stop[0], t->stop[1], t->listener };

    if (t->stop[1] == 0) {
        return;
    }
    if (t->listener >= 0) {
        if (write(t->stop[1], "x", 1) == 1) {
            (void)pthread_join(t->thread, NULL);
        }
    }
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (fds[i] >= 0) {
            (void)close(fds[i]);
        }
    }
    memset(t, 0, sizeof *t);
}
