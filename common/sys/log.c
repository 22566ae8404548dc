#include "sys/log.h"

#include "sys/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_LEN   1024
#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* The one state of this module: who speaks, how much, where to. */
static const char *speaker = "tbc";
static enum tbc_log_level greatest = TBC_LOG_INFO;
static int journal = -1; /* a socket; -1: lines on standard error */

void
tbc_log_init(const char *program, enum tbc_log_level level)
{
    speaker = program;
    greatest = level;
}

void
tbc_log_set_level(enum tbc_log_level level)
{
    greatest = level;
}

/* Standard error is the stream that the variable means: device and inode, "8:4711". */
static bool
is_journal(const char *stream)
{
    unsigned long long device;
    unsigned long long inode;
    struct stat st;
    char *end;

    if (stream == NULL || fstat(STDERR_FILENO, &st) != 0) {
        return false;
    }
    device = strtoull(stream, &end, 10);
    if (*end != ':') {
        return false;
    }
    inode = strtoull(end + 1, &end, 10);
    return *end == '\0' && device == (unsigned long long)st.st_dev &&
           inode == (unsigned long long)st.st_ino;
}

void
tbc_log_to_journal(const char *stream, const char *socket_path)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    const char *path = socket_path == NULL ? JOURNAL_SOCKET : socket_path;

    if (!is_journal(stream) || strlen(path) >= sizeof to.sun_path || journal >= 0) {
        return;
    }
    memcpy(to.sun_path, path, strlen(path) + 1);
    journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (journal >= 0 &&
        connect(journal, (const struct sockaddr *)&to, sizeof to) != 0) {
        (void)close(journal);
        journal = -1;
    }
}

/* A line is one line: whatever a text holds, it cannot forge the next entry. */
static void
flatten(char *line)
{
    for (char *p = line; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ' || *p == 0x7f) {
            *p = ' ';
        }
    }
}

/* One line of what was said, without its time and level. */
static void
join(char line[static LINE_MAX_LEN], const char *said, const char *cause)
{
    (void)snprintf(line, LINE_MAX_LEN, "%s%s%s", said, cause == NULL ? "" : ": ",
                   cause == NULL ? "" : cause);
    flatten(line);
}

/* The journal's own protocol: FIELD=value lines in one datagram. */
static bool
tell_journal(enum tbc_log_level level, const char *line, const char *cause)
{
    static const int priorities[] = { 3, 4, 6, 7 }; /* syslog(3) */
    char text[LINE_MAX_LEN + 256];
    int n = snprintf(text, sizeof text,
                     "PRIORITY=%d\nSYSLOG_IDENTIFIER=%s\n%s%s%sMESSAGE=%s\n",
                     priorities[level], speaker,
                     cause == NULL ? "" : "TBC_ERROR=", cause == NULL ? "" : cause,
                     cause == NULL ? "" : "\n", line);

    return journal >= 0 && n > 0 && (size_t)n < sizeof text &&
           send(journal, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) == n;
}

/* One write for one line, so that lines of several processes do not mix. */
static void
say(enum tbc_log_level level, const char *said, const char *cause)
{
    char when[TBC_RFC3339_SIZE];
    char words[LINE_MAX_LEN];
    char line[LINE_MAX_LEN + 128];
    int n;

    join(words, said, cause);
    if (tell_journal(level, words, cause)) {
        return;
    }
    tbc_utc_format(tbc_clock_utc(), when);
    n = snprintf(line, sizeof line, "%s %s %s: %s\n", when, speaker,
                 tbc_log_level_word(level), words);
    if (n < 0 || write(STDERR_FILENO, line, strlen(line)) < 0) {
        return; /* nobody is left to tell */
    }
}

void
tbc_log(enum tbc_log_level level, const char *format, ...)
{
    char said[LINE_MAX_LEN - 128];
    va_list args;

    if (level > greatest) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(said, sizeof said, format, args);
    va_end(args);
    say(level, said, NULL);
}

enum tbc_err
tbc_log_err(enum tbc_err err, const char *format, ...)
{
    char said[LINE_MAX_LEN - 128];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(said, sizeof said, format, args);
    va_end(args);
    say(TBC_LOG_ERROR, said, tbc_err_text(err));
    return err;
}
