/* Secrets on their way in: pass phrases from files, pipes and the terminal, keys from files. */
#include "crypto/pass.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "suite.h"

#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A folder with one file in it. */
struct place {
    char dir[32];
    char file[64];
};

static void
place_init(struct place *p)
{
    (void)memccpy(p->dir, "/tmp/tbc-test-XXXXXX", '\0', sizeof p->dir);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(p->dir));
    (void)snprintf(p->file, sizeof p->file, "%s/secret", p->dir);
}

static void
place_fini(const struct place *p)
{
    (void)unlink(p->file);
    CU_ASSERT_EQUAL(rmdir(p->dir), 0);
}

static void
a_file_holds_one_line(void)
{
    static const struct {
        struct tbc_span text;
        const char *secret; /* NULL: refused */
    } rows[] = {
        { { (const uint8_t *)"horse", 5 }, "horse" },
        { { (const uint8_t *)"horse\n", 6 }, "horse" },
        { { (const uint8_t *)"horse\r\n", 7 }, "horse" },
        { { (const uint8_t *)" horse ", 7 }, " horse " },
        { { (const uint8_t *)"\n", 1 }, NULL },
        { { (const uint8_t *)"\r\n", 2 }, NULL },
        { { (const uint8_t *)"", 0 }, NULL },
        { { (const uint8_t *)"correct\nhorse", 13 }, NULL },
        { { (const uint8_t *)"horse\n\n", 7 }, NULL },
        { { (const uint8_t *)"hor\0se", 6 }, NULL },
    };
    struct place p;

    place_init(&p);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct tbc_pass pass = { .file = p.file };
        struct tbc_key_fault fault = { "" };
        struct tbc_buf out = { 0 };

        CU_ASSERT_EQUAL(tbc_secret_store(p.file, rows[i].text), TBC_OK);
        CU_ASSERT_EQUAL(tbc_pass_read(&pass, "PIN", false, &out, &fault),
                        rows[i].secret == NULL ? TBC_ERR_RANGE : TBC_OK);
        CU_ASSERT(tbc_span_equal(tbc_buf_span(&out), tbc_span_str(rows[i].secret)));
        CU_ASSERT(rows[i].secret != NULL || strstr(fault.text, "wanted") != NULL);
        CU_ASSERT_PTR_NULL(strstr(fault.text, "horse")); /* it is a secret still */
        tbc_buf_fini(&out);
        CU_ASSERT_EQUAL(unlink(p.file), 0);
    }
    place_fini(&p);
}

static void
a_file_that_others_read_is_refused_and_so_is_none(void)
{
    struct place p;
    struct tbc_pass pass = { 0 };
    struct tbc_key_fault fault = { "" };
    struct tbc_buf out = { 0 };

    place_init(&p);
    pass.file = p.file;
    CU_ASSERT_EQUAL(tbc_pass_read(&pass, "PIN", false, &out, &fault),
                    TBC_ERR_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.text, p.file));
    CU_ASSERT_EQUAL(tbc_secret_store(p.file, tbc_span_str("horse")), TBC_OK);
    CU_ASSERT_EQUAL(chmod(p.file, 0640), 0);
    CU_ASSERT_EQUAL(tbc_pass_read(&pass, "PIN", false, &out, &fault), TBC_ERR_DENIED);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.text, "chmod 600"));
    CU_ASSERT_EQUAL(tbc_pass_read(NULL, "PIN", false, &out, &fault),
                    TBC_ERR_PASS_WANTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.text, "PIN is wanted"));
    CU_ASSERT_EQUAL(out.len, 0);
    place_fini(&p);
}

static void
a_pipe_is_read_to_its_end(void)
{
    struct tbc_pass pass = { 0 };
    struct tbc_buf out = { 0 };
    char name[32];
    int ends[2];

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    CU_ASSERT_EQUAL(write(ends[1], "horse\n", 6), 6);
    CU_ASSERT_EQUAL(close(ends[1]), 0);
    (void)snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    pass.file = name;
    CU_ASSERT_EQUAL(tbc_pass_read(&pass, "PIN", false, &out, NULL), TBC_OK);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&out), tbc_span_str("horse")));
    CU_ASSERT_EQUAL(close(ends[0]), 0);
    tbc_buf_fini(&out);
}

/* The child: asks on its terminal and says by its exit code what it heard. */
static void
ask_and_exit(bool is_fresh)
{
    const struct tbc_pass pass = { .may_prompt = true };
    struct tbc_buf out = { 0 };
    enum tbc_err err = tbc_pass_read(&pass, "PIN of token x", is_fresh, &out, NULL);
    int code = err != TBC_OK ? 10 + (int)err
               : tbc_span_equal(tbc_buf_span(&out), tbc_span_str("horse")) ? 0
                                                                           : 1;

    tbc_buf_fini(&out);
    exit(code); /* NOLINT(concurrency-mt-unsafe): one thread */
}

/* Answer each question with a line; the child's exit code. */
static int
talk(bool is_fresh, const char *const answers[], size_t n)
{
    char heard[256];
    size_t have = 0;
    int terminal = -1;
    int status = -1;
    pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

    if (pid == 0) {
        ask_and_exit(is_fresh);
    }
    CU_ASSERT_FATAL(pid > 0);
    for (size_t i = 0; i < n; i++) {
        struct pollfd p = { .fd = terminal, .events = POLLIN };

        have = 0;
        while (have == 0 || heard[have - 1] != ' ') { /* "PIN of token x: " */
            ssize_t got = poll(&p, 1, 5000) == 1
                              ? read(terminal, heard + have, sizeof heard - have)
                              : 0;

            CU_ASSERT_FATAL(got > 0 && have + (size_t)got < sizeof heard);
            have += (size_t)got;
        }
        CU_ASSERT_EQUAL(write(terminal, answers[i], strlen(answers[i])),
                        (ssize_t)strlen(answers[i]));
    }
    while (read(terminal, heard, sizeof heard) > 0) {
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(close(terminal), 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
a_terminal_is_asked_once_and_twice_for_a_new_one(void)
{
    static const char *const same[] = { "horse\n", "horse\n" };
    static const char *const other[] = { "horse\n", "house\n" };
    static const char *const nothing[] = { "\n" };

    CU_ASSERT_EQUAL(talk(false, same, 1), 0);
    CU_ASSERT_EQUAL(talk(true, same, 2), 0);
    CU_ASSERT_EQUAL(talk(true, other, 2), 10 + (int)TBC_ERR_PASS_WANTED);
    CU_ASSERT_EQUAL(talk(false, nothing, 1), 10 + (int)TBC_ERR_RANGE);
}

/* Run in a child that can be spoilt; its exit code. */
static int
in_a_child(int (*run)(void))
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        exit(run()); /* NOLINT(concurrency-mt-unsafe): one thread */
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
ask_nobody(void)
{
    const struct tbc_pass pass = { .may_prompt = true };
    struct tbc_buf out = { 0 };

    (void)setsid(); /* no terminal any more */
    return tbc_pass_read(&pass, "PIN", false, &out, NULL) == TBC_ERR_PASS_WANTED ? 0
                                                                                 : 1;
}

static int
forbid_dumps(void)
{
    tbc_secret_forbid_dumps();
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

static void
without_a_terminal_nobody_is_asked(void)
{
    CU_ASSERT_EQUAL(in_a_child(ask_nobody), 0);
}

static void
a_process_that_holds_secrets_leaves_no_core(void)
{
    CU_ASSERT_EQUAL(in_a_child(forbid_dumps), 0);
}

static void
a_private_key_is_opened_from_a_file_of_its_owner_only(void)
{
    static const struct tbc_span empty = { (const uint8_t *)"", 0 };
    static const struct tbc_span huge = { (const uint8_t *)"", (size_t)INT32_MAX + 1 };
    struct place p;
    struct tbc_key *key = NULL;
    struct tbc_key *back = NULL;
    struct tbc_key_fault fault = { "" };
    struct tbc_buf pem = { 0 };

    place_init(&p);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&key, TBC_ALG_EDDSA), TBC_OK);
    CU_ASSERT_EQUAL(tbc_key_write_private(key, p.file, &empty), TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(tbc_key_write_private(key, p.file, &huge), TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(access(p.file, F_OK), -1);
    CU_ASSERT_EQUAL(tbc_key_write_private(key, p.file, NULL), TBC_OK);
    CU_ASSERT_EQUAL(chmod(p.file, 0644), 0);
    CU_ASSERT_EQUAL(tbc_key_open(&back, p.file, NULL, &fault), TBC_ERR_DENIED);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.text, "chmod 600"));
    CU_ASSERT_EQUAL(unlink(p.file), 0);
    CU_ASSERT_EQUAL(tbc_key_put_pem(key, &pem), TBC_OK);
    CU_ASSERT_EQUAL(tbc_secret_store(p.file, tbc_buf_span(&pem)), TBC_OK);
    CU_ASSERT_EQUAL(tbc_key_open(&back, p.file, NULL, &fault), TBC_ERR_MALFORMED);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.text, "public"));
    CU_ASSERT_PTR_NULL(back);
    tbc_buf_fini(&pem);
    tbc_key_free(&key);
    place_fini(&p);
}

static void
a_secret_has_its_length_and_its_place(void)
{
    struct place p;
    uint8_t out[17] = { 1 };
    struct tbc_buf b = { 0 };

    place_init(&p);
    CU_ASSERT_EQUAL(tbc_secret_make(p.file, 16), TBC_OK);
    CU_ASSERT_EQUAL(tbc_secret_read(p.file, out, 17), TBC_ERR_CORRUPT);
    CU_ASSERT_EQUAL(out[0], 0);
    CU_ASSERT_EQUAL(tbc_secret_load(p.file, 15, &b), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(b.len, 0);
    CU_ASSERT_EQUAL(tbc_secret_store("/nowhere/secret", tbc_span_str("x")),
                    TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(tbc_secret_store("/sys/secret", tbc_span_str("x")), TBC_ERR_DENIED);
    place_fini(&p);
}

TBC_SUITE("crypto/pass", TEST(a_file_holds_one_line),
          TEST(a_file_that_others_read_is_refused_and_so_is_none),
          TEST(a_pipe_is_read_to_its_end),
          TEST(a_terminal_is_asked_once_and_twice_for_a_new_one),
          TEST(without_a_terminal_nobody_is_asked),
          TEST(a_process_that_holds_secrets_leaves_no_core),
          TEST(a_private_key_is_opened_from_a_file_of_its_owner_only),
          TEST(a_secret_has_its_length_and_its_place))
