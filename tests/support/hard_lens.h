/* Inside of hard_view: what lens, hand and sensor do to the light of a scene. */
#ifndef TBC_TESTS_HARD_LENS_H
#define TBC_TESTS_HARD_LENS_H

#include "image/picture.h"

/* Even numbers from a seed (SplitMix64). */
struct hard_random {
    uint64_t state;
};

uint64_t hard_random_next(struct hard_random *r);
double hard_random_between(struct hard_random *r, double low, double high);
bool hard_random_is(struct hard_random *r, double share);

/* Light on the sensor; 1 is what white paper sends in full light. */
struct hard_light {
    float *px; /* owned */
    int width;
    int height;
};

enum tbc_err
hard_light_init(struct hard_light *l, int width, int height) TBC_MUST_CHECK;
void hard_light_fini(struct hard_light *l);

/* A Gauss filter of that standard deviation. */
enum tbc_err hard_blur(struct hard_light *l, double px) TBC_MUST_CHECK;
/* A hand that moved that far while the shutter was open. */
enum tbc_err hard_move(struct hard_light *l, double px, double radians) TBC_MUST_CHECK;

struct hard_sensor {
    double gain;     /* grey levels of white */
    double black;    /* grey levels of no light */
    double noise;    /* standard deviation in grey levels, of dark places */
    double vignette; /* how much darker the corners are, 0..1 */
    int quality;     /* of JPEG; 0: none */
};

enum tbc_err hard_expose(const struct hard_light *l, const struct hard_sensor *sensor,
                         struct hard_random *r, struct tbc_picture *to) TBC_MUST_CHECK;

#endif
