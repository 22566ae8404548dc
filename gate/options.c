#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_MIN 64
#define SIDE_MAX 8192

static const char help[] =
    "usage: tbc-gate --device FILE --data DIR [options]\n"
    "\n"
    "Reads boarding certificates, decides in milliseconds, moves the barrier.\n"
    "\n"
    "  --device FILE      who this gate is, from tbc device add\n"
    "  --data DIR         its journal; made when missing\n"
    "  --scan SOURCE      - | serial:DEVICE[,BAUD] | evdev:DEVICE[,LAYOUT] |\n"
    "                     pictures:DIR                                    (default -)\n"
    "  --barrier KIND     log | serial:DEVICE                             (default log)\n"
    "  --passage KIND     none | file:PATH | gpio:CHIP,LINE[,active-low]; who walked\n"
    "                     through                                         (default none)\n"
    "  --display WHAT     WIDTHxHEIGHT | full | none                      (default none)\n"
    "  --front ADDRESS    of the station, in place of the device file's\n"
    "  --feed ADDRESS     the same for its feed\n"
    "  --fire-input PATH  a file or GPIO value; 1 opens the barrier until it is 0\n"
    "  --shots DIR        save a PNG of the display for each outcome\n"
    "  --assets DIR       theme, icons and texts\n"
    "  --help, --version\n"
    "\n"
    "One line an event on standard output:\n"
    "  ready gate=NAME mode=online|offline     mode online|offline\n"
    "  verdict WORD trip=TRAIN ms=N mode=MODE  barrier open|shut\n"
    "  drained N conflicts=M                   fire on|off\n"
    "  out-of-order CAUSE, in-order            clock right|wrong|lost\n"
    "  passed                                  somebody walked through\n"
    "\n"
    "Exit: 0 ended on request, 2 wrong usage, 3 could not start or went out of\n"
    "service, 4 the journal is damaged or another gate's.\n";

enum {
    OPT_DEVICE = 256,
    OPT_DATA,
    OPT_SCAN,
    OPT_BARRIER,
    OPT_PASSAGE,
    OPT_DISPLAY,
    OPT_FRONT,
    OPT_FEED,
    OPT_FIRE,
    OPT_SHOTS,
    OPT_ASSETS,
    OPT_HELP,
    OPT_VERSION
};

static const struct option table[] = {
    { "device", required_argument, NULL, OPT_DEVICE },
    { "data", required_argument, NULL, OPT_DATA },
    { "scan", required_argument, NULL, OPT_SCAN },
    { "barrier", required_argument, NULL, OPT_BARRIER },
    { "passage", required_argument, NULL, OPT_PASSAGE },
    { "display", required_argument, NULL, OPT_DISPLAY },
    { "front", required_argument, NULL, OPT_FRONT },
    { "feed", required_argument, NULL, OPT_FEED },
    { "fire-input", required_argument, NULL, OPT_FIRE },
    { "shots", required_argument, NULL, OPT_SHOTS },
    { "assets", required_argument, NULL, OPT_ASSETS },
    { "help", no_argument, NULL, OPT_HELP },
    { "version", no_argument, NULL, OPT_VERSION },
    { NULL, 0, NULL, 0 },
};

static bool
parse_side(const char *text, char **end, int *side)
{
    long value;

    if (*text < '0' || *text > '9') {
        return false;
    }
    value = strtol(text, end, 10);
    *side = (int)value;
    return value >= SIDE_MIN && value <= SIDE_MAX;
}

static bool
parse_display(struct gate_options *o, const char *text)
{
    char *end = NULL;

    o->screen = GATE_SCREEN_NONE;
    if (strcmp(text, "none") == 0) {
        return true;
    }
    if (strcmp(text, "full") == 0) {
        o->screen = GATE_SCREEN_FULL;
        return true;
    }
    o->screen = GATE_SCREEN_WINDOW;
    return parse_side(text, &end, &o->width_px) && *end == 'x' &&
           parse_side(end + 1, &end, &o->height_px) && *end == '\0';
}

/* Options that only keep their text; NULL for the others. */
static const char **
text_of(struct gate_options *o, int option)
{
    switch (option) {
    case OPT_DEVICE:
        return &o->device;
    case OPT_DATA:
        return &o->data;
    case OPT_SCAN:
        return &o->scan;
    case OPT_BARRIER:
        return &o->barrier;
    case OPT_PASSAGE:
        return &o->passage;
    case OPT_FRONT:
        return &o->front;
    case OPT_FEED:
        return &o->feed;
    case OPT_FIRE:
        return &o->fire_input;
    case OPT_SHOTS:
        return &o->shots;
    case OPT_ASSETS:
        return &o->assets;
    default:
        return NULL;
    }
}

static enum gate_usage
check(const struct gate_options *o, int argc, char **argv)
{
    if (optind < argc) {
        (void)fprintf(stderr, "tbc-gate: %s: not an option, see --help\n",
                      argv[optind]);
        return GATE_USAGE_WRONG;
    }
    if (o->device == NULL || o->data == NULL) {
        (void)fprintf(stderr, "tbc-gate: %s is missing, see --help\n",
                      o->device == NULL ? "--device FILE" : "--data DIR");
        return GATE_USAGE_WRONG;
    }
    return GATE_USAGE_RUN;
}

enum gate_usage
gate_options_parse(struct gate_options *options, int argc, char **argv)
{
    const char *assets = getenv("TBC_ASSETS");
    const char **text;
    int option;

    *options = (struct gate_options){
        .scan = "-",
        .barrier = "log",
        .passage = "none",
        .assets = assets != NULL ? assets : TBC_ASSETS_DIR,
    };
    while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if ((text = text_of(options, option)) != NULL) {
            *text = optarg;
        } else if (option == OPT_HELP || option == OPT_VERSION) {
            (void)fputs(option == OPT_HELP ? help : "tbc-gate " TBC_VERSION "\n",
                        stdout);
            return GATE_USAGE_DONE;
        } else if (option != OPT_DISPLAY) { /* getopt has named it */
            return GATE_USAGE_WRONG;
        } else if (!parse_display(options, optarg)) {
            (void)fprintf(stderr,
                          "tbc-gate: --display %s: not WIDTHxHEIGHT, full or none\n",
                          optarg);
            return GATE_USAGE_WRONG;
        }
    }
    return check(options, argc, argv);
}
