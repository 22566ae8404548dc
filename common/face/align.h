/* Inside of the face floor: the arithmetic around the networks, without any network.  Pure. */
#ifndef TBC_FACE_ALIGN_H
#define TBC_FACE_ALIGN_H

#include "face/face.h"

/* From a pixel of the result to a place in the source: x' = xx x + xy y + x0, and so for y. */
struct tbc_affine {
    double xx;
    double xy;
    double x0;
    double yx;
    double yy;
    double y0;
};

/* What a network wants to see. */
struct tbc_tensor {
    int width;
    int height;
    enum {
        TBC_GREY,
        TBC_RGB,
        TBC_BGR
    } order;
    float mean[3]; /* of each plane; (value - mean) * scale */
    float scale[3];
    float outside; /* value of places beyond the picture, before mean and scale */
};

/* Fill planes, tensor->width * height * (1 or 3) numbers, from the places that map says.
 * Bilinear; where the source is finer than the result, several samples make one pixel. */
void tbc_sample(const struct tbc_picture *from, const struct tbc_affine *map,
                const struct tbc_tensor *tensor, float *planes);

/* The map that shows square (x, y, side) as width x height pixels; centres onto centres. */
struct tbc_affine
tbc_affine_square(double x, double y, double side, int width, int height);

/* The least-squares similarity that carries from onto to, inverted: a map for tbc_sample whose
 * result has the points where to says.  False when the points fall together. */
bool tbc_affine_similarity(const struct tbc_point *from, const struct tbc_point *to,
                           size_t n, struct tbc_affine *map) TBC_MUST_CHECK;

/* Eyes, nose and corners of the mouth from 68 iBUG points. */
void tbc_face_five(const struct tbc_point landmarks[static 68],
                   struct tbc_point five[static 5]);

/* Intersection over union of two boxes. */
double tbc_box_overlap(struct tbc_rect a, struct tbc_rect b);

/* Keep the best of what overlaps by more than limit.  faces fall by score before and after.
 * Returns how many are left, at most TBC_FACES_MAX. */
size_t tbc_face_suppress(struct tbc_face *faces, size_t n, double limit);

/* In place; the sum is 1. */
void tbc_softmax(float *v, size_t n);

/* The expected angle of 66 bins of 3 degrees, as logits; -99..99. */
double tbc_pose_angle(float bins[static 66]);

/* Variance of the Laplacian of a grey square, and its mean. */
double tbc_sharpness(const float *grey, int side);
double tbc_brightness(const float *grey, int side);

/* Length 1, or all 0 when there is no length. */
void tbc_normalise(float *v, size_t n);

/* The first reason of the list that holds.  others: heights of the other faces relative to the
 * dominant one,
 * the greatest of them.  width and height are of the picture. */
enum tbc_face_quality tbc_face_judge(const struct tbc_face_frame *frame, double others,
                                     int width, int height);

#endif
