/* A child process of ours that does one narrow thing, spoken to over one socket.
 *
 * It starts with its socket as descriptor TBC_CHILD_FD, standard error, and nothing else open; it
 * ends when the socket does.  A message is a length (4 bytes, big-endian) and that many bytes; what
 * they mean is the two programs' affair.  The asking side is never held up by these functions; the
 * child's side waits for its work. */
#ifndef TBC_SYS_CHILD_H
#define TBC_SYS_CHILD_H

#include "base/buf.h"

#include <sys/types.h>

#define TBC_CHILD_FD   3
#define TBC_CHILD_HEAD 4 /* bytes of the length */

struct tbc_child {
    pid_t pid; /* -1: none runs */
    int fd;    /* our side, does not wait; -1: none */
};
#define TBC_CHILD_NONE ((struct tbc_child){ .pid = -1, .fd = -1 })

/* Start argv[0]; argv ends with NULL.
 *   environment   what it gets; NULL: none
 * Errors: ERR_NOT_FOUND (no such program), ERR_IO, ERR_NO_MEMORY; *child is none then. */
enum tbc_err tbc_child_start(struct tbc_child *child, char *const argv[],
                             char *const environment[]) TBC_MUST_CHECK;

/* Close its socket, give it patience_ms to end by itself, then kill it.  Returns its status as
 * waitpid(2) tells it; takes none. */
int tbc_child_end(struct tbc_child *child, int patience_ms);

/* The path of a program beside the running one, to be freed; NULL when there is no memory. */
char *tbc_child_beside(const char *program);

/* "signal 9", "exit 3": what a status says. */
#define TBC_CHILD_STATUS_SIZE 24
void tbc_child_status_text(int status, char text[static TBC_CHILD_STATUS_SIZE]);

/* Frame a message in out: leave room for its length, then fill it in.  Check tbc_buf_status. */
size_t tbc_child_begin(struct tbc_buf *out);
void tbc_child_finish(struct tbc_buf *out, size_t start);
/* The length that the first bytes of a message tell. */
size_t tbc_child_length(const uint8_t head[static TBC_CHILD_HEAD]);

/* Asking side.  Write from *at on what goes without waiting; false when the other side is gone. */
bool tbc_child_send(const struct tbc_child *child, struct tbc_span bytes, size_t *at);
/* Append some of what is there, at most at_most bytes, poll tells of more; false when the other side
 * is gone. */
bool
tbc_child_receive(const struct tbc_child *child, struct tbc_buf *in, size_t at_most);

/* Child's side: the next message without its length, of at most max bytes; false at the end of the
 * socket, and for a longer one: then the two are not of one build. */
bool tbc_child_read(int fd, size_t max, struct tbc_buf *in);
/* All of out, framed before; false when the other side is gone or out is not whole. */
bool tbc_child_write(int fd, const struct tbc_buf *out);

#endif
