/* The corpora, made: one function a family of targets.  Each runs as a test, so that a step that
 * fails is told; what is written goes to tests/fuzz/corpus of TBC_SOURCE_DIR. */
#ifndef TBC_TESTS_FUZZ_SEEDS_H
#define TBC_TESTS_FUZZ_SEEDS_H

#include "base/buf.h"

/* Write corpus/TARGET/NAME. */
void seeds_put(const char *target, const char *name, struct tbc_span bytes);
void seeds_put_text(const char *target, const char *name, const char *text);
void seeds_put_hex(const char *target, const char *name, const char *hex);

/* n edited forms of in (mutate.h), with pieces of donor, named after their edits. */
void seeds_put_edits(const char *target, struct tbc_span in, struct tbc_span donor,
                     size_t n);

/* seeds_signed.c: cose, claims, live, token, trustlist, statuslist, manifest, checkpoint. */
void signed_objects(void);

#endif
