/* A keyboard-wedge scanner on a US keyboard: a text as the kernel's events. */
#ifndef TBC_TESTS_TYPIST_H
#define TBC_TESTS_TYPIST_H

#include <linux/input.h>
#include <stddef.h>

#define TYPIST_EVENTS 8 /* of one letter at most */

/* The key of an ASCII letter, '\n' is Enter; *shift when it wants Shift.  0: no key types it. */
unsigned short typist_key(char letter, int *shift);

/* Press and release, with Shift around where it is wanted, a report after each: how many events.
 * 0: no key types it. */
size_t typist_type(char letter, struct input_event events[static TYPIST_EVENTS]);

#endif
