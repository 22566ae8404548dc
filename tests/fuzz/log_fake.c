#include "log_fake.h"

#include "sys/log.h"

#include <stdarg.h>
#include <stdio.h>

static char line[1024];

void
log_fake_clear(void)
{
    line[0] = '\0';
}

const char *
log_fake_line(void)
{
    return line;
}

void
tbc_log_init(const char *program, enum tbc_log_level level)
{
    (void)program;
    (void)level;
}

void
tbc_log(enum tbc_log_level level, const char *format, ...)
{
    va_list args;

    (void)level;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
}

enum tbc_err
tbc_log_err(enum tbc_err err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    return err;
}
