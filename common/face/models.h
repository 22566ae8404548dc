/* Inside of the face floor: the files of the models, checked against their manifest. */
#ifndef TBC_FACE_MODELS_H
#define TBC_FACE_MODELS_H

#include "base/buf.h"

#define TBC_MODEL_BYTES_MAX (64u << 20)

/* Read the file that the manifest names for a model and compare its sha256.
 *   manifest   its text, borrowed     why   receives one sentence on error
 * Errors: ERR_NOT_FOUND, ERR_MALFORMED (the manifest), ERR_CORRUPT, ERR_LIMIT, ERR_IO. */
enum tbc_err tbc_model_read(const char *dir, struct tbc_span manifest, const char *name,
                            struct tbc_buf *model, struct tbc_buf *why) TBC_MUST_CHECK;

/* A whole file of at most max bytes, appended. */
enum tbc_err tbc_model_file(const char *path, size_t max, struct tbc_buf *out,
                            struct tbc_buf *why) TBC_MUST_CHECK;

#endif
