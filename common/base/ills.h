/* What may be wrong with a running program: one bit each, with its name, a sentence and the way out,
 * as health pages and tools say it.  Pure. */
#ifndef TBC_BASE_ILLS_H
#define TBC_BASE_ILLS_H

#include "base/buf.h"

struct tbc_ill {
    const char *name;    /* "STORE" */
    const char *what;    /* what is wrong */
    const char *way_out; /* what to do */
};

/* {"ready":false,"problems":[{"name":"STORE","what":"...","way_out":"..."}]} and a line end.
 *   list   n of them, in the order of their bits in ills */
void tbc_ills_put(const struct tbc_ill *list, size_t n, uint64_t ills, bool ready,
                  struct tbc_buf *out);
/* Append "; " and the sentence of each. */
void
tbc_ills_tell(const struct tbc_ill *list, size_t n, uint64_t ills, struct tbc_buf *out);

#endif
