#include "options.h"

#include "flow.h"
#include "sys/log.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEYS    TBC_CONF_KEYS_MAX
#define COLUMN  21 /* of --help, where the meaning begins */
#define LEADING 32 /* bytes of an option's name, with its end */

static const char help_head[] =
    "usage: tbc-gate --device FILE --data DIR [options]\n"
    "\n"
    "Reads boarding certificates, decides in milliseconds, moves the barrier.\n"
    "\n";

static const char help_tail[] =
    "  --config FILE      default " GATE_CONF_FILE ", which may be missing;\n"
    "                     conf.d/*.conf beside it is read too\n"
    "  --check-config     read the configuration, say what is wrong, end\n"
    "  --print-config     the same, and print what is in force and where it stands\n"
    "  --help, --version\n"
    "\n"
    "Each option but the last five is also a key of the file, fire_input, and a\n"
    "variable, " GATE_ENV "FIRE_INPUT; options win over variables, these over files.\n"
    "SIGHUP reads them anew; SIGTERM lets the passenger through and ends.\n"
    "\n"
    "One line an event on standard output:\n"
    "  ready gate=NAME mode=online|offline [direction=exit]\n"
    "                                          mode online|offline\n"
    "  verdict WORD trip=TRAIN ms=N mode=MODE  barrier open|shut\n"
    "  drained N conflicts=M                   fire on|off\n"
    "  out-of-order CAUSE, in-order            clock right|wrong|lost\n"
    "  passed N                                fire-input lost|back\n"
    "  annulled trip=TRAIN                     passage doubted|believed\n"
    "  journal full|has room                   (--full-disk open)\n"
    "  face same|other|nobody|unable           peers N: other gates that are heard\n"
    "  trust ageing|ended, status old|fresh    manifest old|fresh, http ADDRESS\n"
    "\n"
    "Exit: 0 ended on request, 2 wrong usage, 3 could not start or went out of\n"
    "service, 4 a malformed file, or the journal is damaged or another gate's.\n";

enum {
    OPT_KEY = 256, /* and its number in the table */
    OPT_CONFIG = OPT_KEY + KEYS,
    OPT_CHECK,
    OPT_PRINT,
    OPT_HELP,
    OPT_VERSION
};

static const struct option others[] = {
    { "config", required_argument, NULL, OPT_CONFIG },
    { "check-config", no_argument, NULL, OPT_CHECK },
    { "print-config", no_argument, NULL, OPT_PRINT },
    { "help", no_argument, NULL, OPT_HELP },
    { "version", no_argument, NULL, OPT_VERSION },
    { NULL, 0, NULL, 0 },
};

static void
init(struct gate_options *o)
{
    const char *assets = getenv("TBC_ASSETS");

    *o = (struct gate_options){
        .direction = "enter",
        .full_disk = "shut",
        .keep_days = 2,
        .wait_ms = 150,
        .scan = "-",
        .barrier = "log",
        .passage = "none",
        .hold = GATE_OPEN_MS,
        .face_camera = "none",
        .models = "/usr/share/tbc/models",
        .group = "none",
        .display = "none",
        .lamp = "none",
        .sound = "none",
        .volume = 80,
        .status_beyond = "refer",
        .http = "127.0.0.1:7790",
        .log_level = "info",
    };
    (void)snprintf(o->assets, sizeof o->assets, "%s",
                   assets != NULL ? assets : TBC_ASSETS_DIR);
}

/* "fire-input" of the key fire_input. */
static void
name_option(const struct tbc_conf_key *key, char name[static LEADING])
{
    (void)snprintf(name, LEADING, "%s", key->name);
    for (char *c = name; *c != '\0'; c++) {
        if (*c == '_') {
            *c = '-';
        }
    }
}

static void
print_help(void)
{
    struct tbc_buf preset = { 0 };
    struct gate_options o;

    init(&o);
    (void)fputs(help_head, stdout);
    for (size_t i = 0; i < gate_options_table.n; i++) {
        const struct tbc_conf_key *key = &gate_options_table.keys[i];
        char name[LEADING];
        const char *value;
        int len;

        name_option(key, name);
        tbc_buf_clear(&preset);
        tbc_conf_put(key, &o, &preset);
        value = tbc_buf_str(&preset);
        len = printf("  --%s %s", name, key->form);
        (void)printf("%*s %s", len < COLUMN - 1 ? COLUMN - 1 - len : 0, "", key->help);
        if (key->type == TBC_CONF_IS_NUMBER) {
            (void)printf(", %" PRId64 "..%" PRId64, key->least, key->most);
        }
        if (value != NULL && *value != '\0' && strchr(value, '/') == NULL) {
            (void)printf(" (default %s)", value);
        }
        (void)putchar('\n');
    }
    (void)fputs(help_tail, stdout);
    tbc_buf_fini(&preset);
}

/* getopt's table: an option for each key, then the others. */
static void
make_options(struct option options[static KEYS + 8], char names[static KEYS][LEADING])
{
    const size_t n = gate_options_table.n;

    for (size_t i = 0; i < n; i++) {
        name_option(&gate_options_table.keys[i], names[i]);
        options[i] =
            (struct option){ names[i], required_argument, NULL, OPT_KEY + (int)i };
    }
    memcpy(options + n, others, sizeof others);
}

static bool
take(struct gate_asked *a, int option)
{
    if (option >= OPT_KEY && option < OPT_KEY + (int)gate_options_table.n) {
        a->values[option - OPT_KEY] = optarg;
        return true;
    }
    switch (option) {
    case OPT_CONFIG:
        a->config = optarg;
        return true;
    case OPT_CHECK:
        a->check = true;
        return true;
    case OPT_PRINT:
        a->print = true;
        return true;
    default:
        return false; /* getopt has named it */
    }
}

enum gate_usage
gate_options_parse(struct gate_asked *asked, int argc, char **argv)
{
    static struct option options[KEYS + 8];
    static char names[KEYS][LEADING];
    int option;

    *asked = (struct gate_asked){ 0 };
    make_options(options, names);
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == OPT_HELP) {
            print_help();
            return GATE_USAGE_DONE;
        }
        if (option == OPT_VERSION) {
            (void)puts("tbc-gate " TBC_VERSION);
            return GATE_USAGE_DONE;
        }
        if (!take(asked, option)) {
            return GATE_USAGE_WRONG;
        }
    }
    if (optind < argc) {
        (void)fprintf(stderr, "tbc-gate: %s: not an option, see --help\n",
                      argv[optind]);
        return GATE_USAGE_WRONG;
    }
    return GATE_USAGE_RUN;
}

static enum tbc_err
apply_options(struct gate_options *o, const struct gate_asked *asked,
              struct tbc_conf_origins *from)
{
    for (size_t i = 0; i < gate_options_table.n; i++) {
        char option[LEADING + 2] = "--";
        enum tbc_err err;

        name_option(&gate_options_table.keys[i], option + 2);
        err = tbc_conf_set(&gate_options_table, o, from,
                           gate_options_table.keys[i].name, asked->values[i], option);
        if (err != TBC_OK) {
            return TBC_ERR_UNSUPPORTED;
        }
        if (asked->values[i] != NULL) {
            from->keys[i].where = "command line";
        }
    }
    return TBC_OK;
}

static enum tbc_err
check_presence(const struct gate_options *o)
{
    if (o->device[0] != '\0' && o->data[0] != '\0') {
        return TBC_OK;
    }
    tbc_log(TBC_LOG_ERROR, "%s is missing: an option, a variable or a key, see --help",
            o->device[0] == '\0' ? "--device FILE" : "--data DIR");
    return TBC_ERR_UNSUPPORTED;
}

static enum tbc_err
read_layers(struct gate_options *o, const struct gate_asked *asked,
            struct tbc_conf_origins *from)
{
    const char *path = asked->config == NULL ? GATE_CONF_FILE : asked->config;
    enum tbc_err err = tbc_conf_read_files(
        &gate_options_table, path,
        asked->config == NULL ? TBC_CONF_OPTIONAL : TBC_CONF_WANTED, o, from);

    if (err != TBC_OK) {
        return err;
    }
    if (tbc_conf_read_environment(&gate_options_table, GATE_ENV, environ, o, from) !=
        TBC_OK) {
        return TBC_ERR_UNSUPPORTED;
    }
    if ((err = apply_options(o, asked, from)) != TBC_OK ||
        (err = tbc_conf_check(&gate_options_table, path, o, from)) != TBC_OK) {
        return err;
    }
    return check_presence(o);
}

enum tbc_err
gate_options_read(struct gate_options *options, const struct gate_asked *asked,
                  struct tbc_conf_origins *from)
{
    struct tbc_conf_origins *own = from;
    enum tbc_err err;

    init(options);
    if (own == NULL && (own = malloc(sizeof *own)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = read_layers(options, asked, own)) != TBC_OK ||
        !gate_options_parse_display(options, options->display)) {
        init(options);
    }
    if (own != from) {
        free(own);
    }
    return err;
}

enum tbc_err
gate_options_print(const struct gate_options *options,
                   const struct tbc_conf_origins *from, struct tbc_buf *out)
{
    return tbc_conf_print(&gate_options_table, options, from, out);
}

void
gate_options_follow(struct gate_options *options, const struct gate_options *newer)
{
    tbc_conf_follow(&gate_options_table, options, newer);
}
