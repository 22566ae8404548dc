#include "narrow.h"

#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

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
filter_calls(int socket_fd)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool ok =
        filter != NULL && add_rules(filter, socket_fd) && seccomp_load(filter) == 0;

    if (filter != NULL) {
        seccomp_release(filter);
    }
    return ok;
}

enum tbc_err
station_narrow(int socket_fd, const char **why)
{
    *why = "the process may not give up privileges";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return TBC_ERR_DENIED;
    }
    *why = "the process may not limit itself";
    if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || !set_limit(RLIMIT_FSIZE, 0) ||
        !set_limit(RLIMIT_CORE, 0) || !set_limit(RLIMIT_NPROC, 0) ||
        !set_limit(RLIMIT_NOFILE, 0)) {
        return TBC_ERR_DENIED;
    }
    *why = "the kernel takes no filter of system calls (seccomp)";
    if (!filter_calls(socket_fd)) {
        return TBC_ERR_DENIED;
    }
    *why = NULL;
    return TBC_OK;
}
