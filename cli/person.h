/* Commands about one person: whose document it is. */
#ifndef CLI_PERSON_H
#define CLI_PERSON_H

#include "cli.h"
#include "codec/wire.h"

/* The options kind, number and reason into a request's fields, the last two of TBC_NUMBER_MAX + 1 and
 * TBC_WIRE_WORD_MAX + 1 bytes.  Number "-" is read from standard input: on the command line it would
 * stand in the list of processes. */
struct cli_person {
    const char *kind;
    const char *number;
    const char *reason;
};

enum cli_exit
cli_person_take(const struct cli_person *p, uint64_t *kind, char *number, char *reason);

#endif
