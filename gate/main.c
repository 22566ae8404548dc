/* tbc-gate: reads a code, decides in milliseconds, moves the barrier, remembers. */
#include "gate.h"
#include "sys/log.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

int
main(int argc, char **argv)
{
    static const struct rlimit no_core = { 0 }; /* passengers do not belong in a dump */
    struct gate_options options;
    struct gate *g;
    int code;

    switch (gate_options_parse(&options, argc, argv)) {
    case GATE_USAGE_DONE:
        return 0;
    case GATE_USAGE_WRONG:
        return 2;
    case GATE_USAGE_RUN:
        break;
    }
    tbc_log_init("tbc-gate", TBC_LOG_INFO);
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)signal(SIGPIPE,
                 SIG_IGN); /* both are errors of a call, told and lived through */
    (void)signal(SIGXFSZ, SIG_IGN);
    g = calloc(1, sizeof *g);
    if (g == NULL) {
        return 3;
    }
    code = gate_open(g, &options);
    if (code == 0) {
        code = gate_run(g);
    }
    gate_close(g);
    free(g);
    return code;
}
