#include "second_view.h"

#include <math.h>

/* Bilinear; places beyond an edge repeat it. */
static double
sample(const struct tbc_picture *p, double x, double y, int c)
{
    double sum = 0;

    x = fmin(fmax(x, 0), p->width - 1);
    y = fmin(fmax(y, 0), p->height - 1);
    for (int corner = 0; corner < 4; corner++) {
        double px = fmin(floor(x) + (corner & 1), p->width - 1);
        double py = fmin(floor(y) + (corner >> 1), p->height - 1);
        double weight = ((corner & 1) != 0 ? x - floor(x) : 1 - x + floor(x)) *
                        ((corner >> 1) != 0 ? y - floor(y) : 1 - y + floor(y));

        sum +=
            weight *
            p->px[((size_t)py * (size_t)p->width + (size_t)px) * (size_t)p->channels +
                  (size_t)c];
    }
    return sum;
}

static void
turn(const struct tbc_picture *from, const struct second_view *view,
     struct tbc_picture *to)
{
    double angle = view->degrees * 3.14159265358979 / 180;
    size_t at = 0;

    for (int y = 0; y < to->height; y++) {
        for (int x = 0; x < to->width; x++) {
            double dx = (x + 0.5 - to->width / 2.0) / view->zoom;
            double dy = (y + 0.5 - to->height / 2.0) / view->zoom;
            double sx = from->width / 2.0 + cos(angle) * dx + sin(angle) * dy - 0.5;
            double sy = from->height / 2.0 - sin(angle) * dx + cos(angle) * dy - 0.5;

            for (int c = 0; c < to->channels; c++) {
                double v = sample(from, sx, sy, c) / 255;

                to->px[at++] = (uint8_t)lround(255 * pow(v, view->gamma));
            }
        }
    }
}

/* One direction of a Gauss filter; step is the distance of neighbours along it. */
static void
blur_line(const uint8_t *from, uint8_t *to, int n, size_t step, double sigma)
{
    int reach = (int)lround(3 * sigma);

    for (int i = 0; i < n; i++) {
        double sum = 0;
        double weights = 0;

        for (int k = -reach; k <= reach; k++) {
            int at = i + k < 0 ? 0 : i + k;
            double w = exp(-k * k / (2 * sigma * sigma));

            at = at >= n ? n - 1 : at;
            sum += w * from[(size_t)at * step];
            weights += w;
        }
        to[(size_t)i * step] = (uint8_t)lround(sum / weights);
    }
}

static enum tbc_err
blur(struct tbc_picture *p, double sigma)
{
    size_t n = (size_t)p->channels;
    size_t row = (size_t)p->width * n;
    struct tbc_picture half = { 0 };
    enum tbc_err err = tbc_picture_init(&half, p->width, p->height, p->channels);

    if (err != TBC_OK) {
        return err;
    }
    for (size_t i = 0; i < (size_t)p->height * n; i++) {
        size_t at = i / n * row + i % n;

        blur_line(p->px + at, half.px + at, p->width, n, sigma);
    }
    for (size_t i = 0; i < row; i++) {
        blur_line(half.px + i, p->px + i, p->height, row, sigma);
    }
    tbc_picture_fini(&half);
    return TBC_OK;
}

enum tbc_err
second_view_make(const struct tbc_picture *from, const struct second_view *view,
                 struct tbc_picture *to)
{
    double left = (1 - 2 * view->cut) * view->zoom;
    enum tbc_err err =
        tbc_picture_init(to, (int)lround(from->width * left),
                         (int)lround(from->height * left), from->channels);

    if (err != TBC_OK) {
        return err;
    }
    turn(from, view, to);
    if (view->blur_px > 0 && (err = blur(to, view->blur_px)) != TBC_OK) {
        tbc_picture_fini(to);
    }
    return err;
}
