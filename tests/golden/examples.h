/* Views with invented people, for the gallery and for the tests that walk every screen. */
#ifndef TBC_TESTS_GOLDEN_EXAMPLES_H
#define TBC_TESTS_GOLDEN_EXAMPLES_H

#include "display.h"
#include "kiosk_screens.h"

struct example {
    const char *name; /* "number-error" */
    enum kiosk_screen screen;
    void (*dress)(
        struct kiosk_view *view); /* sets what this screen shows; NULL: nothing */
};

const struct example *example_kiosk(size_t *n);
void example_view(const struct example *e, enum kiosk_language language,
                  struct kiosk_view *view);

struct gate_example {
    const char *name;
    enum gate_face face;
    enum tbc_verdict verdict;
    const char *language; /* "zh", "en" */
};

const struct gate_example *example_gate(size_t *n);
void example_gate_view(const struct gate_example *e, struct gate_view *view);

#endif
