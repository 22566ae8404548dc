/* One line a thing, on standard error, for the operator at 3 a.m.:
 *
 *     2026-02-03T09:41:00Z tbc-gate warn: server does not answer, judging alone
 *
 * Whoever first knows a cause logs it, once.  Never a name, number, picture or template. */
#ifndef TBC_SYS_LOG_H
#define TBC_SYS_LOG_H

#include "base/err.h"

enum tbc_log_level {
    TBC_LOG_ERROR,
    TBC_LOG_WARN,
    TBC_LOG_INFO,
    TBC_LOG_DEBUG,
};

/* program: static text.  Lines above level are dropped. */
void tbc_log_init(const char *program, enum tbc_log_level level);

void tbc_log(enum tbc_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same with the sentence of an error behind a colon; returns err, so that one may write
 * return tbc_log_err(err, "%s: cannot read", path). */
enum tbc_err tbc_log_err(enum tbc_err err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
