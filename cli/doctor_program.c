/* Asking the station's own program what it makes of its configuration. */
#include "doctor.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_LEN   1024
#define OUTPUT_MAX 65536

/* The program in the folder of this one. */
static bool
find_program(char path[static PATH_LEN])
{
    static const char name[] = "tbc-station";
    ssize_t len = readlink("/proc/self/exe", path, PATH_LEN - sizeof name);
    char *slash;

    path[len > 0 ? len : 0] = '\0';
    if ((slash = strrchr(path, '/')) == NULL) {
        return false;
    }
    memcpy(slash + 1, name, sizeof name);
    return access(path, X_OK) == 0;
}

/* Both of its streams into the pipe; no environment. */
static pid_t
spawn(char *program, const char *data, int into)
{
    char option[] = "--data";
    char print[] = "--print-config";
    char folder[PATH_LEN];
    char *const argv[] = { program, option, folder, print, NULL };
    char *const nothing[] = { NULL };
    posix_spawn_file_actions_t files;
    pid_t pid = -1;

    (void)snprintf(folder, sizeof folder, "%s", data);
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
doctor_ask_station_program(const char *data, struct tbc_buf *out)
{
    char program[PATH_LEN];
    uint8_t chunk[1024];
    int ends[2];
    int status = 0;
    ssize_t n;
    pid_t pid;

    if (!find_program(program) || strlen(data) >= PATH_LEN ||
        pipe2(ends, O_CLOEXEC) != 0) {
        return -1;
    }
    pid = spawn(program, data, ends[1]);
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
