/* Pictures as a gate's camera sees codes on a bad day: 1280 x 720, grey, one trouble in the
 * foreground and some of the others mildly.  Made from numbers alone: the same seed and index give
 * the same picture.
 *
 * A code lies on paper or on a phone, somewhere in a hall; it is seen through a lens that blurs,
 * moves and saturates, by a sensor that is dark and noisy, and is coded as JPEG.  What is drawn stays
 * readable to a patient eye: glare and fingers leave the three finder patterns alone and hide less
 * than error correction M mends, modules of 3.4 px and more, no blur as wide as half a module. */
#ifndef TBC_TESTS_HARD_VIEW_H
#define TBC_TESTS_HARD_VIEW_H

#include "base/buf.h"
#include "image/picture.h"

#define HARD_VIEW_WIDTH  1280
#define HARD_VIEW_HEIGHT 720
#define HARD_VIEW_CODES  2
#define HARD_TEXTS_MAX   64

#define HARD_VIEW_TROUBLES(X) \
    X(BLUR, "blur")           \
    X(MOTION, "motion")       \
    X(TILT, "tilt")           \
    X(TURN, "turn")           \
    X(GLARE, "glare")         \
    X(FAINT, "faint")         \
    X(DARK, "dark")           \
    X(NOISE, "noise")         \
    X(MOIRE, "moire")         \
    X(JPEG, "jpeg")           \
    X(SHADE, "shade")         \
    X(TWO, "two")

enum hard_trouble {
#define X(name, word) HARD_##name,
    HARD_VIEW_TROUBLES(X)
#undef X
    HARD_TROUBLE_N
};

const char *hard_trouble_name(enum hard_trouble trouble);

/* Real certificates: the files whose names begin with "issued" in a folder, by name. */
struct hard_texts {
    struct tbc_buf list[HARD_TEXTS_MAX];
    bool is_live[HARD_TEXTS_MAX]; /* shown by a phone */
    size_t n;
};

/* False when the folder cannot be read or holds none of one kind. */
bool hard_texts_load(struct hard_texts *texts, const char *folder);
void hard_texts_fini(struct hard_texts *texts);

struct hard_view {
    enum hard_trouble trouble;
    struct tbc_picture picture;             /* owned */
    struct tbc_span texts[HARD_VIEW_CODES]; /* borrowed of hard_texts */
    size_t text_n;
    double module_px; /* how large a module is, about */
};

/* Errors: ERR_NO_MEMORY, ERR_LIMIT (no symbol holds a text). */
enum tbc_err hard_view_make(const struct hard_texts *texts, uint64_t seed,
                            unsigned index, struct hard_view *view) TBC_MUST_CHECK;
/* A hall without a code: what a gate sees most of the day. */
enum tbc_err
hard_view_empty(uint64_t seed, unsigned index, struct hard_view *view) TBC_MUST_CHECK;
void hard_view_fini(struct hard_view *view);

#endif
