#include "suite.h"
#include "sys/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[] = "/tmp/tbc-log-XXXXXX";
static int catcher = -1; /* what stands for standard error */

/* Standard error into a pipe; gives the end to read. */
static int
catch_error(void)
{
    int ends[2];

    catcher = dup(STDERR_FILENO);
    if (catcher < 0 || pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) < 0) {
        exit(2);
    }
    (void)close(ends[1]);
    return ends[0];
}

static void
let_go(int from, char *text, size_t size)
{
    ssize_t n;

    (void)dup2(catcher, STDERR_FILENO);
    (void)close(catcher);
    n = read(from, text, size - 1);
    text[n > 0 ? n : 0] = '\0';
    (void)close(from);
}

static void
a_line_is_one_line_with_time_program_and_level(void)
{
    char text[256];
    int from = catch_error();

    tbc_log_init("tbc-test", TBC_LOG_INFO);
    tbc_log(TBC_LOG_DEBUG, "not this");
    tbc_log(TBC_LOG_WARN, "one\nerror two\x7f");
    let_go(from, text, sizeof text);
    CU_ASSERT_EQUAL(text[10], 'T');
    CU_ASSERT_STRING_EQUAL(text + 20, " tbc-test warn: one error two \n");
}

static void
levels_are_words(void)
{
    enum tbc_log_level level;

    for (int i = TBC_LOG_ERROR; i <= TBC_LOG_DEBUG; i++) {
        CU_ASSERT(
            tbc_log_level_parse(tbc_log_level_word((enum tbc_log_level)i), &level));
        CU_ASSERT_EQUAL((int)level, i);
    }
    CU_ASSERT_FALSE(tbc_log_level_parse("", &level));
    CU_ASSERT_FALSE(tbc_log_level_parse("Info", &level));
}

static int
open_journal(char *path, size_t size)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    if (mkdtemp(folder) == NULL) {
        exit(2);
    }
    (void)snprintf(path, size, "%s/socket", folder);
    memcpy(at.sun_path, path, strlen(path) + 1);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof at) != 0) {
        exit(2);
    }
    return fd;
}

static void
the_journal_gets_fields_only_when_standard_error_is_it(void)
{
    char path[64];
    char stream[64];
    char text[512];
    struct stat st;
    int journal = open_journal(path, sizeof path);
    int from = catch_error();
    ssize_t n;

    CU_ASSERT_EQUAL(fstat(STDERR_FILENO, &st), 0);
    tbc_log_init("tbc-test", TBC_LOG_INFO);
    tbc_log_to_journal(NULL, path);
    tbc_log_to_journal("1:2", path);
    tbc_log_to_journal("rubbish", path);
    tbc_log(TBC_LOG_INFO, "a line");
    CU_ASSERT_EQUAL(recv(journal, text, sizeof text, MSG_DONTWAIT), -1);
    (void)snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
                   (unsigned long long)st.st_ino);
    tbc_log_to_journal(stream, path);
    CU_ASSERT_EQUAL(tbc_log_err(TBC_ERR_IO, "%s\nPRIORITY=7", "/x"), TBC_ERR_IO);
    n = recv(journal, text, sizeof text - 1, MSG_DONTWAIT);
    CU_ASSERT_FATAL(n > 0);
    text[n] = '\0';
    CU_ASSERT_STRING_EQUAL(text, "PRIORITY=3\nSYSLOG_IDENTIFIER=tbc-test\n"
                                 "TBC_ERROR=input or output failed\n"
                                 "MESSAGE=/x PRIORITY=7: input or output failed\n");
    (void)close(journal); /* a journal that has gone gets its line on standard error */
    (void)unlink(path);
    tbc_log(TBC_LOG_INFO, "last words");
    let_go(from, text, sizeof text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "a line"));
    CU_ASSERT_PTR_NULL(strstr(text, "/x"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "last words"));
    (void)rmdir(folder);
}

TBC_SUITE("sys/log", TEST(a_line_is_one_line_with_time_program_and_level),
          TEST(levels_are_words),
          TEST(the_journal_gets_fields_only_when_standard_error_is_it))
