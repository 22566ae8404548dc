/* tbc-station: the authority of one station. */
#include "crypto/secret.h"
#include "station.h"
#include "sys/log.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define EXIT_USAGE     2
#define EXIT_TROUBLE   3
#define EXIT_MALFORMED 4

static const char help[] =
    "usage: tbc-station --data DIR [--front ADDR] [--feed ADDR] [--http ADDR]\n"
    "                   [--models DIR]\n"
    "                   [--manifest FILE] [--issuer KEY] [--next-issuer KEY]\n"
    "                   [--pass-file FILE] [--trust FILE] [--config FILE]\n"
    "                   [--store URL]\n"
    "       tbc-station --data DIR --init --station CODE [--name-zh TEXT]\n"
    "                   [--name-en TEXT] [--desk-zh TEXT] [--desk-en TEXT]\n"
    "                   [--store URL]\n"
    "\n"
    "The authority of one station: checks, issues, revokes, answers, records.\n"
    "\n"
    "  --data DIR       its folder: database, keys, station.conf, operator.device\n"
    "  --init           make the folder and everything in it, then end\n"
    "  --station CODE   telecode, capital letters; --name-* --desk-*: as screens say it\n"
    "  --front ADDR     requests; default tcp://127.0.0.1:7710, port * picks one\n"
    "  --feed ADDR      lists for gates; default tcp://127.0.0.1:7711\n"
    "  --http ADDR      health and metrics; default 127.0.0.1:7780, port 0 picks one, or off\n"
    "  --models DIR     face models; without it no face is compared\n"
    "  --manifest FILE  of the models; default DIR/manifest\n"
    "  --issuer KEY     private key that signs: a file, or pkcs11:token=T;object=NAME\n"
    "                   ?pin-source=FILE; default DIR/issuer.pem\n"
    "  --next-issuer    the key after it; signs from when the trust list says; default\n"
    "                   DIR/issuer-next.pem, when it is there\n"
    "  --pass-file FILE pass phrase of encrypted keys, or PIN; 0600, no pipe\n"
    "  --trust FILE     signed trust list that names it; default DIR/trust.cose\n"
    "  --config FILE    default DIR/station.conf; conf.d/*.conf beside it is read too\n"
    "  --store URL      postgresql://HOST/DATABASE; default DIR/station.db\n"
    "  --check-config   read the configuration, say what is wrong, end\n"
    "  --print-config   the same, and print what is in force and where it stands\n"
    "  --help  --version\n"
    "\n"
    "Prints one line, ready front=ADDR feed=ADDR http=ADDR, when it answers.  SIGTERM\n"
    "ends it, SIGHUP reads configuration, trust list and keys anew.\n"
    "Exit: 0 fine, 2 wrong usage, 3 could not start or go on, 4 malformed file.\n";

struct asked {
    struct station_options options;
    struct station_conf conf; /* --init */
    bool init;
    bool check;
    bool print;
    bool wants_text; /* --help, --version: said already */
};

enum option_id {
    OPT_DATA = 256,
    OPT_FRONT,
    OPT_FEED,
    OPT_HTTP,
    OPT_MODELS,
    OPT_MANIFEST,
    OPT_ISSUER,
    OPT_NEXT_ISSUER,
    OPT_PASS_FILE,
    OPT_TRUST,
    OPT_CONFIG,
    OPT_STORE,
    OPT_INIT,
    OPT_STATION,
    OPT_NAME_ZH,
    OPT_NAME_EN,
    OPT_DESK_ZH,
    OPT_DESK_EN,
    OPT_CHECK,
    OPT_PRINT,
    OPT_WITHOUT_FACE,
    OPT_HELP,
    OPT_VERSION,
};

static const struct option options[] = {
    { "data", required_argument, NULL, OPT_DATA },
    { "front", required_argument, NULL, OPT_FRONT },
    { "feed", required_argument, NULL, OPT_FEED },
    { "http", required_argument, NULL, OPT_HTTP },
    { "models", required_argument, NULL, OPT_MODELS },
    { "manifest", required_argument, NULL, OPT_MANIFEST },
    { "issuer", required_argument, NULL, OPT_ISSUER },
    { "next-issuer", required_argument, NULL, OPT_NEXT_ISSUER },
    { "pass-file", required_argument, NULL, OPT_PASS_FILE },
    { "trust", required_argument, NULL, OPT_TRUST },
    { "config", required_argument, NULL, OPT_CONFIG },
    { "store", required_argument, NULL, OPT_STORE },
    { "init", no_argument, NULL, OPT_INIT },
    { "station", required_argument, NULL, OPT_STATION },
    { "name-zh", required_argument, NULL, OPT_NAME_ZH },
    { "name-en", required_argument, NULL, OPT_NAME_EN },
    { "desk-zh", required_argument, NULL, OPT_DESK_ZH },
    { "desk-en", required_argument, NULL, OPT_DESK_EN },
    { "check-config", no_argument, NULL, OPT_CHECK },
    { "print-config", no_argument, NULL, OPT_PRINT },
    { "without-face", no_argument, NULL, OPT_WITHOUT_FACE },
    { "help", no_argument, NULL, OPT_HELP },
    { "version", no_argument, NULL, OPT_VERSION },
    { NULL, 0, NULL, 0 },
};

/* What --init writes into station.conf. */
static bool
take_name(struct asked *a, int id)
{
    static const struct {
        int id;
        const char *key;
        const char *option;
    } names[] = {
        { OPT_STATION, "code", "--station" },
        { OPT_NAME_ZH, "name_zh", "--name-zh" },
        { OPT_NAME_EN, "name_en", "--name-en" },
        { OPT_DESK_ZH, "desk_zh", "--desk-zh" },
        { OPT_DESK_EN, "desk_en", "--desk-en" },
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].id == id) {
            return station_conf_set(&a->conf, NULL, names[i].key, optarg,
                                    names[i].option) == TBC_OK;
        }
    }
    return false; /* getopt has said why */
}

/* Not in --help: nobody who runs a station wants it. */
static bool
take_without_face(struct asked *a)
{
    a->options.without_face = station_is_benchmark();
    if (!a->options.without_face) {
        (void)fputs("tbc-station: --without-face: this build always compares faces\n",
                    stderr);
    }
    return a->options.without_face;
}

static bool
take_key(struct asked *a, int id)
{
    struct station_options *o = &a->options;

    switch (id) {
    case OPT_ISSUER:
        o->issuer = optarg;
        return true;
    case OPT_NEXT_ISSUER:
        o->next_issuer = optarg;
        return true;
    case OPT_PASS_FILE:
        o->pass_file = optarg;
        return true;
    default:
        return take_name(a, id);
    }
}

static bool
take(struct asked *a, int id)
{
    struct station_options *o = &a->options;

    switch (id) {
    case OPT_DATA:
        o->data = optarg;
        return true;
    case OPT_FRONT:
        o->front = optarg;
        return true;
    case OPT_FEED:
        o->feed = optarg;
        return true;
    case OPT_HTTP:
        o->http = optarg;
        return true;
    case OPT_MODELS:
        o->models = optarg;
        return true;
    case OPT_MANIFEST:
        o->manifest = optarg;
        return true;
    case OPT_TRUST:
        o->trust = optarg;
        return true;
    case OPT_CONFIG:
        o->config = optarg;
        return true;
    case OPT_STORE:
        o->store = optarg;
        return true;
    case OPT_INIT:
        a->init = true;
        return true;
    case OPT_CHECK:
        a->check = true;
        return true;
    case OPT_PRINT:
        a->print = true;
        return true;
    case OPT_WITHOUT_FACE:
        return take_without_face(a);
    case OPT_HELP:
    case OPT_VERSION:
        a->wants_text = true;
        (void)fputs(id == OPT_HELP ? help : "tbc-station " TBC_VERSION "\n", stdout);
        return true;
    default:
        return take_key(a, id);
    }
}

static bool
read_options(int argc, char **argv, struct asked *a)
{
    int id;

    station_conf_init(&a->conf);
    while ((id = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (!take(a, id)) {
            return false;
        }
        if (a->wants_text) {
            return true;
        }
    }
    if (optind < argc) {
        (void)fprintf(stderr, "tbc-station: unexpected argument: %s\n", argv[optind]);
        return false;
    }
    if (a->options.data == NULL || strlen(a->options.data) >= STATION_PATH_MAX) {
        (void)fprintf(stderr, "tbc-station: --data DIR is wanted; see --help\n");
        return false;
    }
    return true;
}

static int
exit_code(enum tbc_err err)
{
    switch (err) {
    case TBC_OK:
        return 0;
    case TBC_ERR_MALFORMED:
    case TBC_ERR_CORRUPT:
        return EXIT_MALFORMED;
    default:
        return EXIT_TROUBLE;
    }
}

static int
init(struct asked *a)
{
    const char *fault;

    if (station_options_apply(&a->options, &a->conf, NULL) != TBC_OK) {
        return EXIT_USAGE;
    }
    if ((fault = station_conf_fault(&a->conf)) != NULL) {
        (void)fprintf(stderr, "tbc-station: --init: %s\n", fault);
        return EXIT_USAGE;
    }
    return exit_code(station_setup(a->options.data, &a->conf));
}

/* --check-config, and --print-config, which says besides what it read. */
static int
show_config(const struct station_options *o, bool print)
{
    static struct tbc_conf_origins from;
    struct station_conf conf;
    struct tbc_buf text = { 0 };
    enum tbc_err err = station_options_read(o, &conf, &from);

    if (err == TBC_OK && print &&
        (err = station_conf_print(&conf, &from, &text)) == TBC_OK &&
        (fwrite(text.ptr, 1, text.len, stdout) != text.len || fflush(stdout) != 0)) {
        err = tbc_log_err(TBC_ERR_IO, "standard output");
    }
    tbc_buf_fini(&text);
    return exit_code(err);
}

static int
run(const struct station_options *o)
{
    struct station *st = NULL;
    enum tbc_err err = station_open(&st, o);

    if (err == TBC_OK) {
        err = station_run(st);
    }
    station_close(&st);
    return exit_code(err);
}

int
main(int argc, char **argv)
{
    struct asked a = { 0 };

    tbc_log_init("tbc-station", TBC_LOG_INFO);
    tbc_log_to_journal(getenv("JOURNAL_STREAM"), NULL);
    if (!read_options(argc, argv, &a)) {
        return EXIT_USAGE;
    }
    if (a.wants_text) {
        return 0;
    }
    (void)umask(S_IRWXG | S_IRWXO);
    tbc_secret_forbid_dumps();
    if (a.init) {
        return init(&a);
    }
    return a.check || a.print ? show_config(&a.options, a.print) : run(&a.options);
}
