#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(a)   (sizeof(a) / sizeof *(a))
#define SIDE_LEAST 160
#define SIDE_MOST  16384

enum option_key {
    OPT_DEVICE = 256,
    OPT_CAMERA,
    OPT_MODELS,
    OPT_ASSETS,
    OPT_PANEL,
    OPT_SIZE,
    OPT_LIVENESS,
    OPT_PRINTER,
    OPT_SCRIPT,
    OPT_SHOTS,
    OPT_FRONT,
    OPT_HELP,
    OPT_VERSION,
};

static const struct option table[] = {
    { "device", required_argument, NULL, OPT_DEVICE },
    { "camera", required_argument, NULL, OPT_CAMERA },
    { "models", required_argument, NULL, OPT_MODELS },
    { "assets", required_argument, NULL, OPT_ASSETS },
    { "panel", required_argument, NULL, OPT_PANEL },
    { "size", required_argument, NULL, OPT_SIZE },
    { "liveness", required_argument, NULL, OPT_LIVENESS },
    { "printer", required_argument, NULL, OPT_PRINTER },
    { "script", required_argument, NULL, OPT_SCRIPT },
    { "shots", required_argument, NULL, OPT_SHOTS },
    { "front", required_argument, NULL, OPT_FRONT },
    { "help", no_argument, NULL, OPT_HELP },
    { "version", no_argument, NULL, OPT_VERSION },
    { NULL, 0, NULL, 0 },
};

const char *
kiosk_options_help(void)
{
    return "usage: tbc-kiosk --device FILE --camera SOURCE [option]...\n"
           "A passenger's way to a temporary boarding certificate, on a touch screen.\n"
           "\n"
           "  --device FILE      the kiosk's key and its station (tbc device add)\n"
           "  --camera SOURCE    /dev/video0, or dir:PATH for pictures of a folder\n"
           "  --models DIR       face models (build/models; ./dev deps fetches them)\n"
           "  --assets DIR       theme, icons, sentences\n"
           "  --panel NAME       portrait_21 (default), landscape_15, landscape_10\n"
           "  --size WxH|full    of the window, in pixels; default: the panel's\n"
           "  --liveness passive how a living face is told from a picture\n"
           "  --printer NAME     file:DIR writes slips as pictures; none (default)\n"
           "  --front ADDRESS    tcp://HOST:PORT instead of the device file's\n"
           "  --script FILE      touch the screen as the file says, for tests\n"
           "  --shots DIR        where the script's pictures of the window go\n"
           "  --help, --version\n"
           "\n"
           "On standard output: a line for each event (screen NAME, applied score=N,\n"
           "refused CODE score=N, shot PATH; with --script also certificate TEXT).\n"
           "Exit: 0 done, 1 the script failed, 2 wrong usage, 3 a device or file is\n"
           "missing, 4 a file is malformed.\n";
}

/* "WIDTHxHEIGHT" */
static bool
read_size(const char *text, struct kiosk_options *o)
{
    char *end;
    long width = strtol(text, &end, 10);
    long height = *end == 'x' ? strtol(end + 1, &end, 10) : 0;

    if (*end != '\0' || width < SIDE_LEAST || height < SIDE_LEAST ||
        width > SIDE_MOST || height > SIDE_MOST) {
        return false;
    }
    o->width_px = (int)width;
    o->height_px = (int)height;
    return true;
}

static const char *
check_panel(const char *name)
{
    static const char *const panels[] = { "portrait_21", "landscape_15",
                                          "landscape_10" };

    for (size_t i = 0; i < COUNT(panels); i++) {
        if (strcmp(panels[i], name) == 0) {
            return NULL;
        }
    }
    return "the panels are portrait_21, landscape_15 and landscape_10";
}

static const char *
check_liveness(const char *name)
{
    if (strcmp(name, "active") == 0) {
        return "active liveness (head turns) is not built yet; passive is";
    }
    return strcmp(name, "passive") == 0 ? NULL : "it is passive";
}

static const char *
read_size_option(const char *text, struct kiosk_options *o)
{
    if (strcmp(text, "full") == 0) {
        o->full_screen = true;
        return NULL;
    }
    return read_size(text, o) ? NULL
                              : "it is WIDTHxHEIGHT in pixels (160 to 16384) or full";
}

/* NULL, or what is wrong with the value. */
static const char *
take(struct kiosk_options *o, int key, const char *value)
{
    const char **place = NULL;

    switch (key) {
    case OPT_DEVICE:
        place = &o->device;
        break;
    case OPT_CAMERA:
        place = &o->camera;
        break;
    case OPT_MODELS:
        place = &o->models;
        break;
    case OPT_ASSETS:
        place = &o->assets;
        break;
    case OPT_PANEL:
        o->panel = value;
        return check_panel(value);
    case OPT_SIZE:
        return read_size_option(value, o);
    case OPT_LIVENESS:
        return check_liveness(value);
    case OPT_PRINTER:
        place = &o->printer;
        break;
    case OPT_SCRIPT:
        place = &o->script;
        break;
    case OPT_SHOTS:
        place = &o->shots;
        break;
    case OPT_FRONT:
        place = &o->front;
        break;
    case OPT_HELP:
        o->help = true;
        return NULL;
    default: /* the only other one of the table */
        o->version = true;
        return NULL;
    }
    *place = value;
    return *value == '\0' ? "it is empty" : NULL;
}

static const char *
name_of(int key)
{
    size_t i = 0;

    while (table[i].name != NULL && table[i].val != key) {
        i++;
    }
    return table[i].name != NULL ? table[i].name : "";
}

enum tbc_err
kiosk_options_read(struct kiosk_options *options, int argc, char **argv,
                   struct tbc_buf *why)
{
    int key;

    *options = (struct kiosk_options){ .panel = "portrait_21", .printer = "none" };
    opterr = 0;
    optind = 1;
    while ((key = getopt_long(argc, argv, "", table, NULL)) != -1) {
        const char *fault;

        if (key == '?' || key == ':') {
            (void)tbc_buf_printf(why,
                                 "%s: unknown, or its value is missing; see --help",
                                 argv[optind - 1]);
            return TBC_ERR_MALFORMED;
        }
        if ((fault = take(options, key, optarg)) != NULL) {
            (void)tbc_buf_printf(why, "--%s %s: %s", name_of(key), optarg, fault);
            return TBC_ERR_MALFORMED;
        }
    }
    if (options->help || options->version) {
        return TBC_OK;
    }
    if (optind < argc) {
        (void)tbc_buf_printf(why, "%s: nothing is expected here; see --help",
                             argv[optind]);
        return TBC_ERR_MALFORMED;
    }
    if (options->device == NULL || options->camera == NULL) {
        (void)tbc_buf_printf(why, "--%s is missing; see --help",
                             options->device == NULL ? "device" : "camera");
        return TBC_ERR_MALFORMED;
    }
    return TBC_OK;
}

void
kiosk_find_folder(const char *named, const char *variable, const char *in_tree,
                  const char *installed, char path[static KIOSK_PATH_MAX + 1])
{
    ssize_t len;
    int n = -1;

    if (named == NULL) {
        named = getenv(variable);
    }
    if (named != NULL) {
        (void)snprintf(path, KIOSK_PATH_MAX + 1, "%s", named);
        return;
    }
    len = readlink("/proc/self/exe", path, KIOSK_PATH_MAX);
    if (len > 0) { /* TREE/build/PRESET/bin/tbc-kiosk */
        char self[KIOSK_PATH_MAX + 1];

        path[len] = '\0';
        for (int up = 0; up < 4 && strrchr(path, '/') != NULL; up++) {
            *strrchr(path, '/') = '\0';
        }
        memcpy(self, path, KIOSK_PATH_MAX + 1);
        n = snprintf(path, KIOSK_PATH_MAX + 1, "%s/%s", self, in_tree);
    }
    if (n < 0 || n > KIOSK_PATH_MAX || access(path, R_OK) != 0) {
        (void)snprintf(path, KIOSK_PATH_MAX + 1, "%s", installed);
    }
}
