#include "narrow.h"
#include "suite.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

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

TBC_SUITE("face/narrow", TEST(memory_and_the_socket_are_left),
          TEST(everything_else_kills))
