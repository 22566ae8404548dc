/* Health pages of a program under test. */
#ifndef TBC_TESTS_PAGES_H
#define TBC_TESTS_PAGES_H

#include <stdbool.h>
#include <stddef.h>

/* The status of a page, 0 without an answer; its whole reply in text.
 *   http  ADDRESS:PORT, as the program said */
int pages_get(const char *http, const char *path, char *text, size_t size);

/* Whether a page has that status and that text in it, at the latest after ten seconds; prints it when
 * not. */
bool pages_say(const char *http, const char *path, int status, const char *what);

#endif
