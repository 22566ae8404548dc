/* tbc-gate: reads a code, decides in milliseconds, moves the barrier, remembers. */
#include "gate.h"
#include "sys/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/* --check-config, and --print-config, which says besides what it read. */
static enum tbc_err
show_config(const struct gate_asked *asked)
{
    static struct tbc_conf_origins from;
    struct gate_options options;
    struct tbc_buf text = { 0 };
    enum tbc_err err = gate_options_read(&options, asked, &from);

    if (err == TBC_OK && asked->print &&
        (err = gate_options_print(&options, &from, &text)) == TBC_OK &&
        (fwrite(text.ptr, 1, text.len, stdout) != text.len || fflush(stdout) != 0)) {
        err = tbc_log_err(TBC_ERR_IO, "standard output");
    }
    tbc_buf_fini(&text);
    return err;
}

static int
run(const struct gate_asked *asked)
{
    static const struct rlimit no_core = { 0 }; /* passengers do not belong in a dump */
    struct gate *g = calloc(1, sizeof *g);
    int code;

    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)signal(SIGPIPE,
                 SIG_IGN); /* both are errors of a call, told and lived through */
    (void)signal(SIGXFSZ, SIG_IGN);
    if (g == NULL) {
        return gate_exit_of(TBC_ERR_NO_MEMORY);
    }
    code = gate_open(g, asked);
    if (code == 0) {
        code = gate_run(g);
    }
    gate_close(g);
    free(g);
    return code;
}

int
main(int argc, char **argv)
{
    struct gate_asked asked;

    tbc_log_init("tbc-gate", TBC_LOG_INFO);
    tbc_log_to_journal(getenv("JOURNAL_STREAM"), NULL);
    switch (gate_options_parse(&asked, argc, argv)) {
    case GATE_USAGE_DONE:
        return 0;
    case GATE_USAGE_WRONG:
        return gate_exit_of(TBC_ERR_UNSUPPORTED);
    case GATE_USAGE_RUN:
        break;
    }
    return asked.check || asked.print ? gate_exit_of(show_config(&asked)) : run(&asked);
}
