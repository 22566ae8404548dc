/* Real gates before a station of the stage: started, fed with codes, listened to line by line.  What
 * a gate's barrier has done is counted from its lines, also from those that a test passes over. */
#ifndef TBC_TESTS_GATES_H
#define TBC_TESTS_GATES_H

#include "stage.h"

#define GATES_TEXT    768
#define GATES_WAIT_MS 20000 /* bounded, and generous: the machine may be loaded */

struct gates_gate {
    char name[16]; /* of the device; its file is NAME.device, its data NAME */
    struct tbc_process process;
    size_t opened;               /* times the barrier opened, over all its lives */
    char line[TBC_PROCESS_LINE]; /* the last one read */
};

/* Start it with these options (NULL-terminated, or NULL); prepare (or NULL) runs in the child. */
bool gates_start(const struct stage *s, struct gates_gate *g, const char *const *more,
                 void (*prepare)(void *arg), void *arg);
/* The next line; false at its end or after the time. */
bool gates_line(struct gates_gate *g);
/* The next line that begins so, passing over others; says what came last when there is none. */
bool gates_until(struct gates_gate *g, const char *start);
/* One code, with its newline. */
bool gates_present(struct gates_gate *g, const char *text);
/* No more codes: it tells the station and ends.  All its lines are read; its exit code. */
int gates_end(struct gates_gate *g);
/* SIGKILL; its last lines are read. */
void gates_kill(struct gates_gate *g);

/* The desk issues for a passenger of stage_import: the text of the code with a newline. */
bool gates_issue(struct stage *s, unsigned passenger, char text[static GATES_TEXT],
                 uint8_t cti[static TBC_CTI_LEN]);

#endif
