/* tbc-kiosk: the touch screen at which a passenger receives a certificate. */
#include "shell.h"
#include "sys/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum exit_code {
    EXIT_USAGE = 2,
    EXIT_NO_ANSWER = 3,
    EXIT_MALFORMED = 4,
};

/* No core file and no debugger may see a passenger. */
static void
hide_memory(void)
{
    const struct rlimit none = { 0, 0 };

    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
}

/* There is no desktop behind a kiosk: without this, the window library starts a session bus by
 * forking, and leaves its daemon behind. */
static void
leave_desktop(void)
{
    (void)setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:", 0);
}

static int
exit_code_of(enum tbc_err err)
{
    return err == TBC_ERR_MALFORMED || err == TBC_ERR_CORRUPT ? EXIT_MALFORMED
                                                              : EXIT_NO_ANSWER;
}

static int
run(const struct kiosk_options *options)
{
    struct kiosk_shell *shell = NULL;
    struct tbc_buf why = { 0 };
    enum tbc_err err = kiosk_shell_open(&shell, options, &why);
    int code = exit_code_of(err);

    if (err == TBC_OK) {
        code = kiosk_shell_run(shell);
    } else if (why.len > 0) {
        tbc_log(TBC_LOG_ERROR, "%s", tbc_buf_str(&why));
    }
    kiosk_shell_close(&shell);
    tbc_buf_fini(&why);
    return code;
}

int
main(int argc, char **argv)
{
    struct kiosk_options options;
    struct tbc_buf why = { 0 };
    int code = 0;

    hide_memory();
    leave_desktop();
    tbc_log_init("tbc-kiosk", TBC_LOG_INFO);
    if (kiosk_options_read(&options, argc, argv, &why) != TBC_OK) {
        tbc_log(TBC_LOG_ERROR, "%s", tbc_buf_str(&why));
        code = EXIT_USAGE;
    } else if (options.help) {
        (void)fputs(kiosk_options_help(), stdout);
    } else if (options.version) {
        (void)puts("tbc-kiosk " TBC_VERSION);
    } else {
        code = run(&options);
    }
    tbc_buf_fini(&why);
    return fflush(stdout) == 0 ? code : EXIT_NO_ANSWER;
}
