#include "sys/log.h"

#include "sys/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_LEN 1024

/* The one state of this module: who speaks, and how much. */
static const char *speaker = "tbc";
static enum tbc_log_level greatest = TBC_LOG_INFO;

void
tbc_log_init(const char *program, enum tbc_log_level level)
{
    speaker = program;
    greatest = level;
}

static const char *
level_word(enum tbc_log_level level)
{
    switch (level) {
    case TBC_LOG_ERROR:
        return "error";
    case TBC_LOG_WARN:
        return "warn";
    case TBC_LOG_INFO:
        return "info";
    case TBC_LOG_DEBUG:
        return "debug";
    }
    return "?";
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

/* One write for one line, so that lines of several processes do not mix. */
static void
say(enum tbc_log_level level, const char *said, const char *cause)
{
    char when[TBC_RFC3339_SIZE];
    char line[LINE_MAX_LEN];
    size_t len;

    tbc_utc_format(tbc_clock_utc(), when);
    (void)snprintf(line, sizeof line - 1, "%s %s %s: %s%s%s", when, speaker,
                   level_word(level), said, cause == NULL ? "" : ": ",
                   cause == NULL ? "" : cause);
    flatten(line);
    len = strlen(line);
    line[len] = '\n';
    if (write(STDERR_FILENO, line, len + 1) < 0) {
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
