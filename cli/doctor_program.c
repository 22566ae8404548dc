/* Asking the programs themselves what they make of their configuration. */
#include "doctor.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_LEN   1024
#define OUTPUT_MAX 65536
#define ARGS_MAX   8

/* The program in the folder of this one. */
static bool
find_program(const char *name, char path[static PATH_LEN])
{
    const size_t room = strlen(name) + 1;
    ssize_t len = readlink("/proc/self/exe", path, PATH_LEN - room);
    char *slash;

    path[len > 0 ? len : 0] = '\0';
    if ((slash = strrchr(path, '/')) == NULL) {
        return false;
    }
    memcpy(slash + 1, name, room);
    return access(path, X_OK) == 0;
}

/* Both of its streams into the pipe; no environment. */
static pid_t
spawn(char *program, const char *const options[], int into)
{
    static char copies[ARGS_MAX][PATH_LEN];
    char *argv[ARGS_MAX + 2] = { program };
    char *const nothing[] = { NULL };
    posix_spawn_file_actions_t files;
    pid_t pid = -1;

    for (size_t i = 0; i < ARGS_MAX && options[i] != NULL; i++) {
        (void)snprintf(copies[i], PATH_LEN, "%s", options[i]);
        argv[i + 1] = copies[i];
    }
    if (posix_spawn_file_actions_init(&files) != 0) {
        return -1;
    }
    if (posix_spawn_file_actions_adddup2(&files, into, STDOUT_FILENO) != 0 ||
        posix_spawn_file_actions_adddup2(&files, into, STDERR_FILENO) != 0 ||
        posix_spawn(&pid, program, &files, NULL, argv, nothing) != 0) {
        pid = -1;
    }
    (void)posix_spawn_file_actions_destroy(&files);
    return pid;
}

int
doctor_ask_program(const char *name, const char *const options[], struct tbc_buf *out)
{
    char program[PATH_LEN];
    uint8_t chunk[1024];
    int ends[2];
    int status = 0;
    ssize_t n;
    pid_t pid;

    if (!find_program(name, program) || pipe2(ends, O_CLOEXEC) != 0) {
        return -1;
    }
    pid = spawn(program, options, ends[1]);
    (void)close(ends[1]);
    while (pid > 0 && (n = read(ends[0], chunk, sizeof chunk)) > 0) {
        if (out->len < OUTPUT_MAX) {
            (void)tbc_buf_append(out, chunk, (size_t)n);
        }
    }
    (void)close(ends[0]);
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status)
               ? WEXITSTATUS(status)
               : -1;
}
