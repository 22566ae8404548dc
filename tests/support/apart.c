/* Tests in processes of their own: this program again, with the test's name. */
#include "suite.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define APART_MAX 32

struct part {
    pid_t pid;
    int said; /* what it prints */
    int status;
    bool ended;
};

struct sum {
    unsigned passed;
    unsigned failed;
    unsigned skipped;
};

static void
become(const char *program, const char *test, int said)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (dup2(said, STDOUT_FILENO) >= 0 && dup2(said, STDERR_FILENO) >= 0) {
        (void)execl("/proc/self/exe", program, test, (char *)NULL);
    }
    _exit(127);
}

static bool
start(struct part *p, const char *program, const char *test)
{
    (void)fflush(NULL);
    p->said = memfd_create(test, MFD_CLOEXEC);
    p->pid = p->said < 0 ? -1 : fork();
    if (p->pid == 0) {
        become(program, test, p->said);
    }
    return p->pid > 0;
}

/* Wait until one of them has ended. */
static void
reap(struct part *parts, size_t n)
{
    int status = 0;
    const pid_t pid = waitpid(-1, &status, 0);

    for (size_t i = 0; i < n; i++) {
        if (parts[i].pid == pid) {
            parts[i].status = status;
            parts[i].ended = true;
        }
    }
}

/* "tests: 3 passed, 1 failed, 0 skipped" */
static bool
is_count(const char *line, struct sum *own)
{
    unsigned *const into[] = { &own->passed, &own->failed, &own->skipped };
    const char *at = line + strlen("tests:");
    char *end = NULL;

    if (strncmp(line, "tests:", strlen("tests:")) != 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof into / sizeof *into; i++) {
        *into[i] = (unsigned)strtoul(at, &end, 10);
        at = end + strcspn(end, "0123456789");
    }
    return true;
}

/* Print what it said, and take its count apart: a test that broke off has none. */
static void
report(const char *suite, const char *test, struct part *p, struct sum *sum)
{
    struct sum own = { 0 };
    char line[1024];
    FILE *f = NULL;

    if (lseek(p->said, 0, SEEK_SET) == 0) {
        f = fdopen(p->said, "r");
    }
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (!is_count(line, &own)) {
            printf("%s", line);
        }
    }
    if (f != NULL) {
        (void)fclose(f);
    }
    if (own.passed + own.failed + own.skipped == 0 || !WIFEXITED(p->status)) {
        own = (struct sum){ .failed = 1 };
        printf("FAILED %s: %s\n    broke off, wait status %d\n", suite, test,
               p->status);
    }
    sum->passed += own.passed;
    sum->failed += own.failed;
    sum->skipped += own.skipped;
}

static size_t
count_running(const struct part *parts, size_t begun)
{
    size_t n = 0;

    for (size_t i = 0; i < begun; i++) {
        n += parts[i].ended ? 0 : 1;
    }
    return n;
}

int
tbc_suite_run_apart(const char *name, const struct tbc_test *tests, size_t n,
                    size_t at_once, int argc, char **argv)
{
    struct part parts[APART_MAX] = { 0 };
    struct sum sum = { 0 };
    size_t begun = 0;
    size_t told = 0;

    if (argc > 1 || n > APART_MAX) {
        return tbc_suite_run(name, tests, n, argc, argv);
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (told < n) {
        if (parts[told].ended) {
            report(name, tests[told].name, &parts[told], &sum);
            told++;
        } else if (begun == n || count_running(parts, begun) == at_once) {
            reap(parts, begun);
        } else if (start(&parts[begun], argv[0], tests[begun].name)) {
            begun++;
        } else {
            perror(tests[begun].name);
            return 2;
        }
    }
    printf("tests: %u passed, %u failed, %u skipped\n", sum.passed, sum.failed,
           sum.skipped);
    return sum.failed > 0;
}
