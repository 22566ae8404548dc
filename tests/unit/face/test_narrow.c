#include "narrow.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int count_fd = -1;
static int pair[2]; /* ours, the child's; made for each try */

static void
open_a_file(void)
{
    (void)open("/etc/hostname", O_RDONLY);
}

static void
make_a_socket(void)
{
    (void)socket(AF_INET, SOCK_STREAM, 0);
}

static void
run_a_program(void)
{
    char *const none[] = { NULL };

    (void)execve("/bin/true", none, none);
}

static void
read_another_descriptor(void)
{
    char byte;

    (void)!read(STDIN_FILENO, &byte, 1);
}

static void
map_code(void)
{
    (void)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
make_code_of_data(void)
{
    void *page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static void
start_a_process(void)
{
    (void)fork();
}

static void
use_memory_and_the_socket(void)
{
    const size_t size = 8u << 20;
    char *memory = malloc(size);

    if (memory != NULL) {
        memset(memory, 1, size);
        (void)!write(pair[1], memory + size - 1, 1);
    }
    free(memory);
}

/* How a narrowed child ends that does one thing: its signal, or -1 when it could not narrow
 * itself, or 0 when it lived to say goodbye. */
static int
end_of(void (*deed)(void))
{
    int status = 0;
    pid_t pid;

    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    pid = fork();
    CU_ASSERT_FATAL(pid >= 0);
    if (pid == 0) {
        const char *why;

        if (station_narrow(pair[1], &why) != TBC_OK) {
            _exit(1);
        }
        deed();
        _exit(0);
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    (void)close(pair[1]);
    if (WIFSIGNALED(status)) {
        return WTERMSIG(status);
    }
    return WEXITSTATUS(status) == 0 ? 0 : -1;
}

static void
memory_and_the_socket_are_left(void)
{
    char byte = 0;

    CU_ASSERT_EQUAL(end_of(use_memory_and_the_socket), 0);
    CU_ASSERT_EQUAL(read(pair[0], &byte, 1), 1);
    CU_ASSERT_EQUAL(byte, 1);
    (void)close(pair[0]);
}

static void
everything_else_kills(void)
{
    static void (*const deeds[])(void) = { open_a_file,    make_a_socket,
                                           run_a_program,  read_another_descriptor,
                                           map_code,       make_code_of_data,
                                           start_a_process };

    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        CU_ASSERT_EQUAL(end_of(deeds[i]), SIGSYS);
        (void)close(pair[0]);
    }
}

/* What a token's module needs goes on, what no token needs fails without killing. */
static bool
a_token_could_work(void)
{
    char *const none[] = { NULL };
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 && s >= 0 && execve("/bin/true", none, none) < 0 && errno == EPERM &&
           kill(getppid(), 0) < 0 && errno == EPERM;
}

static void
a_tokens_module_is_left_files_and_sockets_but_no_programs(void)
{
    int status = 0;
    pid_t pid = fork();

    CU_ASSERT_FATAL(pid >= 0);
    if (pid == 0) {
        const char *why;

        _exit(station_narrow_for_token(&why) == TBC_OK && a_token_could_work() ? 0 : 1);
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
write_into_the_file(void)
{
    if (pwrite(count_fd, "12", 2, 0) != 2 || fdatasync(count_fd) != 0 ||
        pwrite(count_fd, "1", 1, 2) == 1) { /* longer than it may be */
        _exit(1);
    }
}

static void
read_the_file(void)
{
    char byte;

    (void)!pread(count_fd, &byte, 1, 0);
}

/* How a child ends that may write two bytes into one file. */
static int
end_with_file(void (*deed)(void))
{
    int status = 0;
    pid_t pid = fork();

    CU_ASSERT_FATAL(pid >= 0);
    if (pid == 0) {
        const char *why;

        if (station_narrow_with(STDERR_FILENO, count_fd, 2, &why) != TBC_OK) {
            _exit(1);
        }
        deed();
        _exit(0);
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void
one_file_can_be_written_so_far_and_not_read(void)
{
    char path[] = "/tmp/tbc-narrow-XXXXXX";

    count_fd = mkstemp(path);
    CU_ASSERT_FATAL(count_fd >= 0);
    CU_ASSERT_EQUAL(unlink(path), 0);
    CU_ASSERT_EQUAL(end_with_file(write_into_the_file), 0);
    CU_ASSERT_EQUAL(end_with_file(read_the_file), SIGSYS);
    CU_ASSERT_EQUAL(close(count_fd), 0);
}

TBC_SUITE("face/narrow",
          TEST(a_tokens_module_is_left_files_and_sockets_but_no_programs),
          TEST(one_file_can_be_written_so_far_and_not_read),
          TEST(memory_and_the_socket_are_left), TEST(everything_else_kills))
