#include "face/align.h"

#include <math.h>

#define SAMPLES_MAX 3 /* along one axis of one pixel: enough against moire, and quick */

/* One bilinear sample of one channel plane order.  rgb has three numbers also for grey. */
static void
sample_at(const struct tbc_picture *from, double x, double y, float outside,
          float rgb[static 3])
{
    double left = floor(x);
    double top = floor(y);
    float fx = (float)(x - left);
    float fy = (float)(y - top);

    rgb[0] = rgb[1] = rgb[2] = 0;
    for (int corner = 0; corner < 4; corner++) {
        double px = left + (corner & 1);
        double py = top + (corner >> 1);
        float weight =
            ((corner & 1) != 0 ? fx : 1 - fx) * ((corner >> 1) != 0 ? fy : 1 - fy);
        bool inside = px >= 0 && py >= 0 && px < from->width && py < from->height;

        for (int c = 0; c < 3; c++) {
            float v = outside;

            if (inside) {
                size_t at = ((size_t)py * (size_t)from->width + (size_t)px) *
                            (size_t)from->channels;

                v = from->px[at + (from->channels == 3 ? (size_t)c : 0)];
            }
            rgb[c] += weight * v;
        }
    }
}

/* One pixel of the result: steps x steps samples spread evenly over it. */
static void
sample_pixel(const struct tbc_picture *from, const struct tbc_affine *map,
             const double at[static 2], int steps, const struct tbc_tensor *tensor,
             float rgb[static 3])
{
    float share = 1.0F / (float)(steps * steps);

    rgb[0] = rgb[1] = rgb[2] = 0;
    for (int i = 0; i < steps * steps; i++) {
        int row = i / steps;
        double x = at[0] + (i % steps + 0.5) / steps - 0.5;
        double y = at[1] + (row + 0.5) / steps - 0.5;
        float one[3];

        sample_at(from, map->xx * x + map->xy * y + map->x0,
                  map->yx * x + map->yy * y + map->y0, tensor->outside, one);
        for (int c = 0; c < 3; c++) {
            rgb[c] += share * one[c];
        }
    }
}

void
tbc_sample(const struct tbc_picture *from, const struct tbc_affine *map,
           const struct tbc_tensor *tensor, float *planes)
{
    size_t plane = (size_t)tensor->width * (size_t)tensor->height;
    double zoom = fmax(hypot(map->xx, map->yx), hypot(map->xy, map->yy));
    int steps = 1;

    while (steps < SAMPLES_MAX && steps < zoom - 0.25) {
        steps++;
    }
    for (size_t i = 0; i < plane; i++) {
        size_t row = i / (size_t)tensor->width;
        const double at[2] = { (double)(i % (size_t)tensor->width), (double)row };
        float rgb[3];

        sample_pixel(from, map, at, steps, tensor, rgb);
        if (tensor->order == TBC_GREY) {
            float grey = 0.299F * rgb[0] + 0.587F * rgb[1] + 0.114F * rgb[2];

            planes[i] = (grey - tensor->mean[0]) * tensor->scale[0];
            continue;
        }
        for (size_t c = 0; c < 3; c++) {
            float v = rgb[tensor->order == TBC_BGR ? 2 - c : c];

            planes[c * plane + i] = (v - tensor->mean[c]) * tensor->scale[c];
        }
    }
}

struct tbc_affine
tbc_affine_square(double x, double y, double side, int width, int height)
{
    double sx = side / width;
    double sy = side / height;

    return (struct tbc_affine){
        .xx = sx, .x0 = x + 0.5 * sx - 0.5, .yy = sy, .y0 = y + 0.5 * sy - 0.5
    };
}

static struct tbc_point
centre(const struct tbc_point *p, size_t n)
{
    struct tbc_point c = { 0 };

    for (size_t i = 0; i < n; i++) {
        c.x += p[i].x / (double)n;
        c.y += p[i].y / (double)n;
    }
    return c;
}

bool
tbc_affine_similarity(const struct tbc_point *from, const struct tbc_point *to,
                      size_t n, struct tbc_affine *map)
{
    struct tbc_point cf = centre(from, n);
    struct tbc_point ct = centre(to, n);
    double norm = 0;
    double a = 0;
    double b = 0;
    double square;

    *map = (struct tbc_affine){ 0 };
    for (size_t i = 0; i < n; i++) {
        double fx = from[i].x - cf.x;
        double fy = from[i].y - cf.y;
        double tx = to[i].x - ct.x;
        double ty = to[i].y - ct.y;

        norm += fx * fx + fy * fy;
        a += fx * tx + fy * ty;
        b += fx * ty - fy * tx;
    }
    square = a * a + b * b;
    if (!(norm > 1e-9) || !(square > 1e-9)) {
        return false;
    }
    /* to = (a -b; b a) / norm * from; the inverse is its transpose over its square. */
    map->xx = a * norm / square;
    map->xy = b * norm / square;
    map->yx = -map->xy;
    map->yy = map->xx;
    map->x0 = cf.x - map->xx * ct.x - map->xy * ct.y;
    map->y0 = cf.y - map->yx * ct.x - map->yy * ct.y;
    return true;
}

static struct tbc_point
mean_of(const struct tbc_point *p, const int *which, size_t n)
{
    struct tbc_point m = { 0 };

    for (size_t i = 0; i < n; i++) {
        m.x += p[which[i]].x / (double)n;
        m.y += p[which[i]].y / (double)n;
    }
    return m;
}

void
tbc_face_five(const struct tbc_point landmarks[static 68],
              struct tbc_point five[static 5])
{
    five[0] = mean_of(landmarks, (const int[]){ 37, 38, 40, 41 }, 4);
    five[1] = mean_of(landmarks, (const int[]){ 43, 44, 46, 47 }, 4);
    five[2] = landmarks[30];
    five[3] = mean_of(landmarks, (const int[]){ 48, 60 }, 2);
    five[4] = mean_of(landmarks, (const int[]){ 54, 64 }, 2);
}

double
tbc_box_overlap(struct tbc_rect a, struct tbc_rect b)
{
    double w = fmin(a.x + a.w, b.x + b.w) - fmax(a.x, b.x);
    double h = fmin(a.y + a.h, b.y + b.h) - fmax(a.y, b.y);
    double both = w > 0 && h > 0 ? w * h : 0;
    double either = a.w * a.h + b.w * b.h - both;

    return either > 0 ? both / either : 0;
}

size_t
tbc_face_suppress(struct tbc_face *faces, size_t n, double limit)
{
    size_t kept = 0;

    for (size_t i = 0; i < n && kept < TBC_FACES_MAX; i++) {
        bool hidden = false;

        for (size_t k = 0; k < kept && !hidden; k++) {
            hidden = tbc_box_overlap(faces[k].box, faces[i].box) > limit;
        }
        if (!hidden) {
            faces[kept++] = faces[i];
        }
    }
    return kept;
}

void
tbc_softmax(float *v, size_t n)
{
    float top = v[0];
    float sum = 0;

    for (size_t i = 1; i < n; i++) {
        top = fmaxf(top, v[i]);
    }
    for (size_t i = 0; i < n; i++) {
        v[i] = expf(v[i] - top);
        sum += v[i];
    }
    for (size_t i = 0; i < n; i++) {
        v[i] /= sum;
    }
}

double
tbc_pose_angle(float bins[static 66])
{
    double sum = 0;

    tbc_softmax(bins, 66);
    for (int i = 0; i < 66; i++) {
        sum += (double)bins[i] * i;
    }
    return sum * 3 - 99;
}

double
tbc_sharpness(const float *grey, int side)
{
    double sum = 0;
    double squares = 0;
    int n = (side - 2) * (side - 2);

    for (int i = 0; i < n; i++) {
        int at = (i / (side - 2) + 1) * side + i % (side - 2) + 1;
        double l = (double)(grey[at - 1] + grey[at + 1] + grey[at - side] +
                            grey[at + side] - 4 * grey[at]);

        sum += l;
        squares += l * l;
    }
    return squares / n - sum / n * (sum / n);
}

double
tbc_brightness(const float *grey, int side)
{
    double sum = 0;

    for (int i = 0; i < side * side; i++) {
        sum += (double)grey[i];
    }
    return sum / (side * side);
}

void
tbc_normalise(float *v, size_t n)
{
    double square = 0;

    for (size_t i = 0; i < n; i++) {
        square += (double)v[i] * (double)v[i];
    }
    for (size_t i = 0; i < n; i++) {
        v[i] = square > 0 ? (float)((double)v[i] / sqrt(square)) : 0;
    }
}
