/* tbc: finds the subcommand and runs it. */
#include "commands.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <string.h>

static void
print_commands(FILE *to)
{
    fputs("usage: tbc COMMAND [OPTION]... [FILE]; FILE may be -\n", to);
    for (const struct cli_command *c = cli_commands; c->name != NULL; c++) {
        fprintf(to, "  %-23s %s\n", c->name, c->what);
    }
    fputs(
        "tbc COMMAND --help tells a command's options.  Exit code: 0 yes, 1 no, 2 wrong\n"
        "usage, 3 could not find out, 4 malformed input.\n",
        to);
}

/* How many words of argv name the command: 0, 1 or 2. */
static int
words_matched(const struct cli_command *c, int argc, char **argv)
{
    const char *space = strchr(c->name, ' ');
    size_t first = space == NULL ? strlen(c->name) : (size_t)(space - c->name);

    if (strlen(argv[1]) != first || strncmp(argv[1], c->name, first) != 0) {
        return 0;
    }
    if (space == NULL) {
        return 1;
    }
    return argc > 2 && strcmp(argv[2], space + 1) == 0 ? 2 : 0;
}

/* An option anywhere among a command's words. */
static bool
is_given(const char *option, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], option) == 0) {
            return true;
        }
    }
    return false;
}

/* "cose" alone: which commands begin with it. */
static enum cli_exit
refuse_command(const char *word)
{
    char names[256] = "";
    size_t len = strlen(word);
    size_t at = 0;

    for (const struct cli_command *c = cli_commands; c->name != NULL; c++) {
        if (len > 0 && strncmp(c->name, word, len) == 0 && c->name[len] == ' ' &&
            at < sizeof names) {
            at += (size_t)snprintf(names + at, sizeof names - at, "%s%s",
                                   at == 0 ? "" : ", ", c->name);
        }
    }
    return at == 0 ? cli_misuse("%s: no such command", word)
                   : cli_misuse("%s: one of: %s", word, names);
}

static enum cli_exit
run(const struct cli_command *c, int argc, char **argv)
{
    if (is_given("--help", argc, argv)) {
        printf("tbc %s: %s\n  tbc %s %s\n", c->name, c->what, c->name, c->usage);
        return CLI_YES;
    }
    return c->run(argc, argv);
}

static enum cli_exit
dispatch(int argc, char **argv)
{
    if (argc < 2) {
        print_commands(stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_commands(stdout);
        return CLI_YES;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("tbc " TBC_VERSION);
        return CLI_YES;
    }
    for (const struct cli_command *c = cli_commands; c->name != NULL; c++) {
        int words = words_matched(c, argc, argv);

        if (words > 0) {
            return run(c, argc - words, argv + words);
        }
    }
    return refuse_command(argv[1]);
}

int
main(int argc, char **argv)
{
    enum cli_exit rc;

    tbc_secret_forbid_dumps(); /* keys, names and numbers pass through here */
    rc = dispatch(argc, argv);
    if (is_given("--json", argc, argv)) {
        cli_owe_json(rc);
    }
    rc = cli_done(rc);
    return (int)rc;
}
