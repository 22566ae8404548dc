#include "softhsm.h"

#include "suite.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int
softhsm_run(const char *const *argv)
{
    posix_spawn_file_actions_t quiet;
    char *copy[24] = { 0 };
    int status = -1;
    pid_t pid;

    for (size_t i = 0; argv[i] != NULL; i++) {
        CU_ASSERT_FATAL(i + 1 < sizeof copy / sizeof *copy);
        copy[i] = strdup(argv[i]);
    }
    (void)posix_spawn_file_actions_init(&quiet);
    (void)posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    CU_ASSERT_EQUAL_FATAL(posix_spawnp(&pid, argv[0], &quiet, NULL, copy, environ), 0);
    CU_ASSERT_EQUAL_FATAL(waitpid(pid, &status, 0), pid);
    (void)posix_spawn_file_actions_destroy(&quiet);
    for (size_t i = 0; copy[i] != NULL; i++) {
        free(copy[i]);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *
softhsm_path(const struct softhsm *s, const char *name)
{
    static char path[128];

    (void)snprintf(path, sizeof path, "%s/%s", s->dir, name);
    return path;
}

static void
write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT(fputs(text, f) >= 0);
    CU_ASSERT_EQUAL(fclose(f), 0);
    CU_ASSERT_EQUAL(chmod(path, S_IRUSR | S_IWUSR), 0);
}

/* Whole stacks are slow where much is allocated, as by PBKDF2: only while there is a token. */
static void
unwind_whole(bool whole)
{
    static char before[256];
    const char *now = getenv("ASAN_OPTIONS");
    char with[320];

    if (!whole) {
        CU_ASSERT_EQUAL(setenv("ASAN_OPTIONS", before, 1), 0);
        return;
    }
    (void)snprintf(before, sizeof before, "%s", now == NULL ? "" : now);
    (void)snprintf(with, sizeof with, "%s:fast_unwind_on_malloc=0", before);
    CU_ASSERT_EQUAL(setenv("ASAN_OPTIONS", with, 1), 0);
}

void
softhsm_init(struct softhsm *s)
{
    static const char *const init[] = {
        "softhsm2-util", "--init-token", "--free", "--label",   SOFTHSM_TOKEN,
        "--so-pin",      "12345678",     "--pin",  SOFTHSM_PIN, NULL
    };
    char conf[256];

    *s = (struct softhsm){ .dir = "/tmp/tbc-token-XXXXXX" };
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(s->dir));
    CU_ASSERT_EQUAL_FATAL(mkdir(softhsm_path(s, "tokens"), S_IRWXU), 0);
    (void)snprintf(conf, sizeof conf,
                   "directories.tokendir = %s/tokens\nobjectstore.backend = file\n"
                   "log.level = ERROR\n",
                   s->dir);
    write_file(softhsm_path(s, "softhsm2.conf"), conf);
    write_file(softhsm_path(s, "pin"), SOFTHSM_PIN "\n");
    CU_ASSERT_EQUAL(setenv("SOFTHSM2_CONF", softhsm_path(s, "softhsm2.conf"), 1), 0);
    unwind_whole(true);
    CU_ASSERT_EQUAL_FATAL(softhsm_run(init), 0);
}

void
softhsm_fini(struct softhsm *s)
{
    const char *const argv[] = { "rm", "-rf", s->dir, NULL };

    CU_ASSERT_EQUAL(softhsm_run(argv), 0);
    unwind_whole(false);
}

const char *
softhsm_uri(const struct softhsm *s, const char *object)
{
    static char uri[384];

    (void)snprintf(uri, sizeof uri,
                   "pkcs11:token=tbc%%20test;object=%s?pin-source=file:%s/pin"
                   "&module-path=" SOFTHSM_MODULE,
                   object, s->dir);
    return uri;
}

static void
move(const struct softhsm *s, const char *from, const char *to)
{
    char old[128];

    (void)snprintf(old, sizeof old, "%s", softhsm_path(s, from));
    CU_ASSERT_EQUAL(rename(old, softhsm_path(s, to)), 0);
}

void
softhsm_pull(const struct softhsm *s)
{
    move(s, "tokens", "pulled");
    CU_ASSERT_EQUAL(mkdir(softhsm_path(s, "tokens"), S_IRWXU), 0);
}

void
softhsm_put_back(const struct softhsm *s)
{
    CU_ASSERT_EQUAL(rmdir(softhsm_path(s, "tokens")), 0);
    move(s, "pulled", "tokens");
}
