#include "image/camera.h"

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
    struct tbc_v4l2 *device; /* NULL: still pictures */
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

enum tbc_err
tbc_camera_open(struct tbc_camera **camera, const char *source, const char **why)
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
    if (strncmp(source, "dir:", 4) == 0) {
        err = open_stills(c, source + 4, why);
    } else if (source[0] == '/') {
        err = tbc_v4l2_open(&c->device, source, why);
    } else {
        *why = "a camera is /dev/videoN or dir:PATH";
        err = TBC_ERR_UNSUPPORTED;
    }
    if (err != TBC_OK) {
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
    for (size_t i = 0; i < c->still_n; i++) {
        tbc_picture_fini(&c->stills[i].picture);
        free(c->stills[i].path);
    }
    free(c);
    *camera = NULL;
}

/* Each file is read and turned once; afterwards a frame costs one copy. */
static enum tbc_err
show_still(struct still *s, struct tbc_picture *p)
{
    struct tbc_rect all;
    enum tbc_err err;

    if (s->picture.px == NULL) {
        if ((err = tbc_picture_read(&s->picture, s->path)) != TBC_OK) {
            return err;
        }
        tbc_picture_mirror(&s->picture);
    }
    all = (struct tbc_rect){ .w = s->picture.width, .h = s->picture.height };
    return tbc_picture_crop(&s->picture, all, p);
}

enum tbc_err
tbc_camera_frame(struct tbc_camera *camera, struct tbc_picture *picture)
{
    struct tbc_picture frame = { 0 };
    enum tbc_err err;

    if (camera->device != NULL) {
        err = tbc_v4l2_frame(camera->device, &frame);
        if (err == TBC_OK) {
            tbc_picture_mirror(&frame);
        }
    } else {
        err = show_still(&camera->stills[camera->next], &frame);
        camera->next = (camera->next + 1) % camera->still_n;
    }
    tbc_picture_fini(picture);
    *picture = frame;
    return err;
}

int
tbc_camera_fd(const struct tbc_camera *camera)
{
    return camera->device != NULL ? tbc_v4l2_fd(camera->device) : -1;
}

bool
tbc_camera_is_live(const struct tbc_camera *camera)
{
    return camera->device != NULL;
}
