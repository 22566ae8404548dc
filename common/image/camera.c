#include "image/camera.h"

#include "image/pgm.h"
#include "image/v4l2.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define STILLS_MAX 64 /* pictures of a folder; more are not a camera but an archive */

struct still {
    char *path;
    struct tbc_picture picture; /* empty until it is first shown */
};

struct tbc_camera {
    struct tbc_camera_wish wish;
    struct tbc_v4l2 *device;       /* NULL: a stream, or still pictures */
    struct tbc_pgm_stream *stream; /* NULL: a device, or still pictures */
    struct still stills[STILLS_MAX];
    size_t still_n;
    size_t next;
};

static bool
is_picture_name(const char *name)
{
    static const char *const endings[] = { ".jpg", ".jpeg", ".png", ".webp" };
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot != NULL && i < sizeof endings / sizeof *endings; i++) {
        if (strcasecmp(dot, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}

static enum tbc_err
add_still(struct tbc_camera *c, const char *folder, const char *name)
{
    char *path = NULL;

    if (c->still_n == STILLS_MAX) {
        return TBC_ERR_LIMIT;
    }
    if (asprintf(&path, "%s%s%s", folder, *folder != '\0' ? "/" : "", name) < 0) {
        return TBC_ERR_NO_MEMORY;
    }
    c->stills[c->still_n++].path = path;
    return TBC_OK;
}

static int
by_path(const void *a, const void *b)
{
    const struct still *left = a;
    const struct still *right = b;

    return strcmp(left->path, right->path);
}

static enum tbc_err
add_folder(struct tbc_camera *c, const char *path, const char **why)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    enum tbc_err err = TBC_OK;

    if (folder == NULL) {
        *why = "the folder of pictures may not be read";
        return TBC_ERR_IO;
    }
    while (err == TBC_OK && (entry = readdir(folder)) != NULL) {
        if (is_picture_name(entry->d_name)) {
            err = add_still(c, path, entry->d_name);
        }
    }
    (void)closedir(folder);
    if (err == TBC_ERR_LIMIT) {
        *why = "the folder holds more than 64 pictures";
    }
    qsort(c->stills, c->still_n, sizeof *c->stills, by_path);
    return err;
}

static enum tbc_err
open_stills(struct tbc_camera *c, const char *path, const char **why)
{
    struct stat st;
    enum tbc_err err;

    if (stat(path, &st) < 0) {
        *why = "there is no such folder or picture";
        return TBC_ERR_NOT_FOUND;
    }
    err = S_ISDIR(st.st_mode) ? add_folder(c, path, why) : add_still(c, "", path);
    if (err == TBC_OK && c->still_n == 0) {
        *why = "the folder holds no JPEG, PNG or WebP picture";
        err = TBC_ERR_NOT_FOUND;
    }
    return err;
}

static enum tbc_err
open_source(struct tbc_camera *c, const char *source, const char **why)
{
    if (strncmp(source, "dir:", 4) == 0) {
        return open_stills(c, source + 4, why);
    }
    if (strncmp(source, "pgm:", 4) == 0) {
        return tbc_pgm_open(&c->stream, source + 4, why);
    }
    if (source[0] == '/') {
        return tbc_v4l2_open(&c->device, source, &c->wish, why);
    }
    *why = "a camera is /dev/videoN, dir:PATH or pgm:PATH";
    return TBC_ERR_UNSUPPORTED;
}

enum tbc_err
tbc_camera_open(struct tbc_camera **camera, const char *source, const char **why)
{
    return tbc_camera_open_as(camera, source, &(struct tbc_camera_wish){ 0 }, why);
}

enum tbc_err
tbc_camera_open_as(struct tbc_camera **camera, const char *source,
                   const struct tbc_camera_wish *wish, const char **why)
{
    const char *unused;
    struct tbc_camera *c = calloc(1, sizeof *c);
    enum tbc_err err;

    *camera = NULL;
    why = why != NULL ? why : &unused;
    *why = "out of memory";
    if (c == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    c->wish = *wish;
    if ((err = open_source(c, source, why)) != TBC_OK) {
        tbc_camera_close(&c);
        return err;
    }
    *why = NULL;
    *camera = c;
    return TBC_OK;
}

void
tbc_camera_close(struct tbc_camera **camera)
{
    struct tbc_camera *c = *camera;

    if (c == NULL) {
        return;
    }
    tbc_v4l2_close(&c->device);
    tbc_pgm_close(&c->stream);
    for (size_t i = 0; i < c->still_n; i++) {
        tbc_picture_fini(&c->stills[i].picture);
        free(c->stills[i].path);
    }
    free(c);
    *camera = NULL;
}

/* From what a camera sees to what was wished: p is replaced. */
static enum tbc_err
turn(const struct tbc_camera *c, struct tbc_picture *p)
{
    struct tbc_picture other = { 0 };
    enum tbc_err err = TBC_OK;

    if (c->wish.grey && p->channels == 3) {
        err = tbc_picture_grey(p, &other);
    } else if (!c->wish.grey && p->channels == 1) {
        err = tbc_picture_colour(p, &other);
    }
    if (err == TBC_OK && other.px != NULL) {
        tbc_picture_fini(p);
        *p = other;
    }
    if (!c->wish.grey) {
        tbc_picture_mirror(p);
    }
    return err;
}

/* Each file is read and turned once; afterwards a frame costs one copy. */
static enum tbc_err
show_still(const struct tbc_camera *c, struct still *s, struct tbc_picture *p)
{
    struct tbc_rect all;
    enum tbc_err err;

    if (s->picture.px == NULL) {
        if ((err = tbc_picture_read(&s->picture, s->path)) != TBC_OK ||
            (err = turn(c, &s->picture)) != TBC_OK) {
            tbc_picture_fini(&s->picture);
            return err;
        }
    }
    all = (struct tbc_rect){ .w = s->picture.width, .h = s->picture.height };
    return tbc_picture_crop(&s->picture, all, p);
}

enum tbc_err
tbc_camera_frame(struct tbc_camera *camera, struct tbc_picture *picture)
{
    struct tbc_picture frame = { 0 };
    enum tbc_err err;

    if (camera->device == NULL && camera->stream == NULL) {
        err = show_still(camera, &camera->stills[camera->next], &frame);
        camera->next = (camera->next + 1) % camera->still_n;
    } else {
        err = camera->device != NULL ? tbc_v4l2_frame(camera->device, &frame)
                                     : tbc_pgm_frame(camera->stream, &frame);
        err = err == TBC_OK ? turn(camera, &frame) : err;
    }
    if (err != TBC_OK) {
        tbc_picture_fini(&frame);
    }
    tbc_picture_fini(picture);
    *picture = frame;
    return err;
}

int
tbc_camera_fd(const struct tbc_camera *camera)
{
    if (camera->stream != NULL) {
        return tbc_pgm_fd(camera->stream);
    }
    return camera->device != NULL ? tbc_v4l2_fd(camera->device) : -1;
}

bool
tbc_camera_is_live(const struct tbc_camera *camera)
{
    return camera->device != NULL;
}
