#include "authority.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START_MS 20000
#define TOLD_MS  20

bool
authority_start(struct authority *a, const char *port)
{
    const char *args[] = { NULL, port, NULL };
    char line[TBC_PROCESS_LINE];

    if (a->folder[0] == '\0') {
        const char *tmp = getenv("TMPDIR");

        (void)snprintf(a->folder, sizeof a->folder, "%s/authority-XXXXXX",
                       tmp == NULL ? "/tmp" : tmp);
        if (mkdtemp(a->folder) == NULL) {
            return false;
        }
    }
    args[0] = a->folder;
    if (!tbc_process_start(&a->process, "authority_fake", args) ||
        !tbc_process_until(&a->process, "ready ", line, START_MS)) {
        return false;
    }
    (void)snprintf(a->port, sizeof a->port, "%.7s", line + strlen("ready "));
    (void)snprintf(a->url, sizeof a->url, "https://127.0.0.1:%s/find", a->port);
    (void)snprintf(a->ca, sizeof a->ca, "%s/ca.pem", a->folder);
    (void)snprintf(a->other, sizeof a->other, "%s/other.pem", a->folder);
    return true;
}

unsigned
authority_asked(struct authority *a)
{
    char line[TBC_PROCESS_LINE];

    while (tbc_process_line(&a->process, line, TOLD_MS)) {
        a->asked++;
    }
    return a->asked;
}

void
authority_stop(struct authority *a)
{
    tbc_process_stop(&a->process);
}

void
authority_fini(struct authority *a)
{
    static const char *const names[] = { "ca.pem",     "ca.key",     "other.pem",
                                         "other.key",  "server.key", "server.csr",
                                         "server.pem", "san",        "ca.srl",
                                         "photo.jpg" };

    authority_stop(a);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512];

        (void)snprintf(path, sizeof path, "%s/%s", a->folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(a->folder);
}
