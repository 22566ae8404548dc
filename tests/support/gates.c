#include "gates.h"

#include "codec/token.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

bool
gates_start(const struct stage *s, struct gates_gate *g, const char *const *more,
            void (*prepare)(void *arg), void *arg)
{
    const char *args[TBC_PROCESS_ARGS] = { "--device", NULL,     "--data",
                                           NULL,       "--http", "off" };
    char device[STAGE_PATH + 64];
    char data[STAGE_PATH + 64];
    size_t n = 6;

    (void)snprintf(device, sizeof device, "%s/%s.device", s->data, g->name);
    (void)snprintf(data, sizeof data, "%s/%s", s->data, g->name);
    args[1] = device;
    args[3] = data;
    while (more != NULL && *more != NULL && n + 1 < TBC_PROCESS_ARGS) {
        args[n++] = *more++;
    }
    return tbc_process_start_after(&g->process, "tbc-gate", args, prepare, arg);
}

bool
gates_line(struct gates_gate *g)
{
    if (!tbc_process_line(&g->process, g->line, GATES_WAIT_MS)) {
        return false;
    }
    g->opened += strcmp(g->line, "barrier open") == 0 ? 1 : 0;
    return true;
}

bool
gates_until(struct gates_gate *g, const char *start)
{
    while (gates_line(g)) {
        if (strncmp(g->line, start, strlen(start)) == 0) {
            return true;
        }
    }
    (void)fprintf(stderr, "%s never said \"%s\", its last line is \"%s\"\n", g->name,
                  start, g->line);
    return false;
}

bool
gates_present(struct gates_gate *g, const char *text)
{
    return tbc_process_send(&g->process, text);
}

int
gates_end(struct gates_gate *g)
{
    if (g->process.pid <= 0) {
        return 0;
    }
    tbc_process_end_input(&g->process);
    while (gates_line(g)) {
    }
    return tbc_process_wait(&g->process, GATES_WAIT_MS, NULL, 0);
}

void
gates_kill(struct gates_gate *g)
{
    if (tbc_process_signal(&g->process, SIGKILL)) {
        while (gates_line(g)) {
        }
        (void)tbc_process_wait(&g->process, GATES_WAIT_MS, NULL, 0);
    }
}

bool
gates_issue(struct stage *s, unsigned passenger, char text[static GATES_TEXT],
            uint8_t cti[static TBC_CTI_LEN])
{
    const struct tbc_assist in = stage_assistance(passenger);
    struct tbc_issue_reply out;
    struct tbc_buf encoded = { 0 };
    bool ok = stage_is(stage_ask(s->client, TBC_OP_ASSIST, &in, &out), TBC_CODE_FINE) &&
              tbc_token_encode(out.certificate, &encoded) == TBC_OK;

    if (ok) {
        (void)snprintf(text, GATES_TEXT, "%s\n", tbc_buf_str(&encoded));
        memcpy(cti, out.cti, TBC_CTI_LEN);
    }
    tbc_buf_fini(&encoded);
    return ok;
}
