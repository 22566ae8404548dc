/* One line a thing, on standard error, for the operator at 3 a.m.:
 *
 *     2026-02-03T09:41:00Z tbc-gate warn: server does not answer, judging alone
 *
 * Whoever first knows a cause logs it, once.  Never a name, number, picture or template. */
#ifndef TBC_SYS_LOG_H
#define TBC_SYS_LOG_H

#include "base/err.h"

#include <stdbool.h>

enum tbc_log_level {
    TBC_LOG_ERROR,
    TBC_LOG_WARN,
    TBC_LOG_INFO,
    TBC_LOG_DEBUG,
};

/* program: static text.  Lines above level are dropped. */
void tbc_log_init(const char *program, enum tbc_log_level level);
void tbc_log_set_level(enum tbc_log_level level);
/* "error", "warn", "info", "debug", and back. */
const char *tbc_log_level_word(enum tbc_log_level level);
bool tbc_log_level_parse(const char *word, enum tbc_log_level *level);

/* To the system's journal, with its own fields PRIORITY, SYSLOG_IDENTIFIER and, for errors with a
 * code, TBC_ERROR, when standard error goes there (systemd.exec(5), JOURNAL_STREAM); the lines on
 * standard error stop then.  stream: the variable's value, or NULL; socket: where the journal
 * listens, NULL: where it always does.  A journal that does not take a line gets it as before. */
void tbc_log_to_journal(const char *stream, const char *socket);

void tbc_log(enum tbc_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same with the sentence of an error behind a colon; returns err, so that one may write
 * return tbc_log_err(err, "%s: cannot read", path). */
enum tbc_err tbc_log_err(enum tbc_err err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
