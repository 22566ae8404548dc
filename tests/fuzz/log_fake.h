/* In place of sys/log.c: keeps the last line instead of writing it. */
#ifndef TBC_TESTS_LOG_FAKE_H
#define TBC_TESTS_LOG_FAKE_H

void log_fake_clear(void);
const char *log_fake_line(void);

#endif
