/* A socket that stands for the service manager: sd_notify(3). */
#ifndef TBC_TESTS_MANAGER_H
#define TBC_TESTS_MANAGER_H

#include <stdbool.h>

struct tbc_manager {
    int fd;
    char path[64];
};

/* Listens; a program that is started from now on tells it how it is, and each 200 ms that it turns.
 * What cannot be set up ends the test program. */
void tbc_manager_open(struct tbc_manager *m);
/* Programs that are started from now on are not managed any more. */
void tbc_manager_turn_away(void);
/* Whether a datagram that has that in it comes within ten seconds; others are passed over. */
bool tbc_manager_hears(struct tbc_manager *m, const char *what);
void tbc_manager_close(struct tbc_manager *m);

#endif
