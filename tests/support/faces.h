/* People with faces before a station of the stage: the demo's roster, its photographs, and other
 * pictures of them as a camera would take them.  TBC_MODELS and TBC_PEOPLE name the folders. */
#ifndef TBC_TESTS_FACES_H
#define TBC_TESTS_FACES_H

#include "stage.h"

/* Whether models and photographs are there; else a test says so and is skipped. */
bool faces_are_here(void);
/* The demo's people with their photographs, in the order of assets/demo/people.csv. */
bool faces_import(struct stage *s);

/* Another picture of the person on that photograph, into the file. */
bool faces_see(const char *photo, const char *path);

/* What a person on the roster asks for with such a picture of that photograph. */
struct faces_wish {
    enum tbc_doc_kind kind;
    const char *number;
    const char *photo;
    bool gate_face; /* and is told that gates compare too */
};
struct answer faces_apply(const struct stage *s, struct tbc_client *kiosk,
                          const struct faces_wish *wish, struct tbc_apply_reply *out);

#endif
