#include "narrow.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define NO_FILTER   "the kernel takes no filter of system calls (seccomp)"
#define TOKEN_FILES 64
#define TOKEN_FSIZE (1u << 20)

/* What the C library, the pictures' libraries and the networks ask for once everything is
 * loaded (sigaltstack: a longjmp of the JPEG library in a build with sanitizers).  Reading,
 * writing and mapping stand below with their arguments. */
static const int calls[] = {
    SCMP_SYS(brk),           SCMP_SYS(munmap),       SCMP_SYS(mremap),
    SCMP_SYS(madvise),       SCMP_SYS(futex),        SCMP_SYS(exit),
    SCMP_SYS(exit_group),    SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),
    SCMP_SYS(sched_yield),   SCMP_SYS(getpid),       SCMP_SYS(gettid),
    SCMP_SYS(sigaltstack),   SCMP_SYS(alarm),        SCMP_SYS(setitimer),
};

static bool
set_limit(int resource, rlim_t value)
{
    const struct rlimit limit = { .rlim_cur = value, .rlim_max = value };

    return setrlimit((__rlimit_resource_t)resource, &limit) == 0;
}

static bool
add_rules(scmp_filter_ctx filter, int socket_fd)
{
    const struct scmp_arg_cmp on_socket =
        SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)socket_fd, 0);
    const struct scmp_arg_cmp on_stderr = SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO, 0);
    const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    const struct scmp_arg_cmp no_file =
        SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS);
    bool ok = true;

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) == 0;
    }
    return ok &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, on_socket) ==
               0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, on_socket) ==
               0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, on_stderr) ==
               0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, no_code,
                            no_file) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code) ==
               0;
}

static bool
add_file(scmp_filter_ctx filter, int file_fd)
{
    const struct scmp_arg_cmp on_file = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)file_fd, 0);

    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(pwrite64), 1, on_file) ==
               0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fdatasync), 1, on_file) ==
               0;
}

static bool
load(scmp_filter_ctx filter, bool ok)
{
    ok = ok && seccomp_load(filter) == 0;
    if (filter != NULL) {
        seccomp_release(filter);
    }
    return ok;
}

static enum tbc_err
give_up_privileges(const char **why)
{
    *why = "the process may not give up privileges";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || !set_limit(RLIMIT_CORE, 0)) {
        return TBC_ERR_DENIED;
    }
    return TBC_OK;
}

static enum tbc_err
narrow(int socket_fd, int file_fd, size_t file_max, const char **why)
{
    scmp_filter_ctx filter;

    if (give_up_privileges(why) != TBC_OK) {
        return TBC_ERR_DENIED;
    }
    *why = "the process may not limit itself";
    if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || !set_limit(RLIMIT_FSIZE, file_max) ||
        !set_limit(RLIMIT_NPROC, 0) || !set_limit(RLIMIT_NOFILE, 0)) {
        return TBC_ERR_DENIED;
    }
    *why = NO_FILTER;
    filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!load(filter, filter != NULL && add_rules(filter, socket_fd) &&
                          (file_fd < 0 || add_file(filter, file_fd)))) {
        return TBC_ERR_DENIED;
    }
    *why = NULL;
    return TBC_OK;
}

enum tbc_err
station_narrow(int socket_fd, const char **why)
{
    return narrow(socket_fd, -1, 0, why);
}

enum tbc_err
station_narrow_with(int socket_fd, int file_fd, size_t file_max, const char **why)
{
    return narrow(socket_fd, file_fd, file_max, why);
}

/* What no token needs, and an intruder wants. */
static const int refused[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(kill),
    SCMP_SYS(tkill),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(setuid),
    SCMP_SYS(setgid),
    SCMP_SYS(setreuid),
    SCMP_SYS(setregid),
    SCMP_SYS(setresuid),
    SCMP_SYS(setresgid),
    SCMP_SYS(setgroups),
    SCMP_SYS(capset),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(reboot),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
};

enum tbc_err
station_narrow_for_token(const char **why)
{
    scmp_filter_ctx filter;
    bool ok;

    if (give_up_privileges(why) != TBC_OK) {
        return TBC_ERR_DENIED;
    }
    *why = "the process may not limit itself";
    if (!set_limit(RLIMIT_NOFILE, TOKEN_FILES) ||
        !set_limit(RLIMIT_FSIZE, TOKEN_FSIZE)) {
        return TBC_ERR_DENIED;
    }
    *why = NO_FILTER;
    filter = seccomp_init(SCMP_ACT_ALLOW);
    ok = filter != NULL;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        ok = ok && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0) == 0;
    }
    if (!load(filter, ok)) {
        return TBC_ERR_DENIED;
    }
    *why = NULL;
    return TBC_OK;
}
