/* Where the face tests find models and photographs: the folders that TBC_MODELS and TBC_PEOPLE
 * name, or build/models and build/people of the source tree. */
#ifndef TBC_TESTS_PHOTOS_H
#define TBC_TESTS_PHOTOS_H

#include "base/buf.h"

/* NULL, and the running test is marked as skipped, when the folder lacks the file. */
const char *photos_models(void);
const char *photos_person(const char *file, char *path, size_t size);

/* A whole file, appended. */
void photos_load(const char *path, struct tbc_buf *out);

#endif
