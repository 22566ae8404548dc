/* What the tests of the station's journal share: tbc as a process, and a database to meddle with. */
#ifndef TBC_TESTS_JOURNAL_RIG_H
#define TBC_TESTS_JOURNAL_RIG_H

#include "stage.h"

/* What tbc printed last: standard output, then standard error. */
extern char journal_printed[32768];

/* Run tbc to its end: its exit code. */
int journal_run(const char *const argv[]);
/* tbc audit verify of the station's folder, with a witness's checkpoint unless NULL. */
int journal_audit(struct stage *s, const char *old);
/* tbc history by that device with the station's trust list. */
int journal_history(struct stage *s, const char *device, const char *what);
/* Whether the words stand in what was printed, in this order; says which does not. */
bool journal_prints(const char *const *words, size_t n);

/* The desk issues for a passenger. */
bool journal_issue(struct stage *s, unsigned passenger, struct tbc_issue_reply *out);
void journal_put_hex(const uint8_t *cti, char hex[static 2 * TBC_CTI_LEN + 1]);

void journal_copy(const char *from, const char *to);
/* Change the database of a station that is not running, as an insider can. */
void journal_alter(struct stage *s, const char *sql);

#endif
