#include "station.h"

#include "base/text.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_DEVICE "/var/lib/tbc/operator.device"
#define CALL_MS        20000

enum cli_exit
cli_station_open(struct cli_station *s, const char *path)
{
    enum tbc_err err;

    *s = (struct cli_station){ 0 };
    tbc_log_init("tbc", TBC_LOG_INFO);
    if (path == NULL && (path = getenv("TBC_DEVICE")) == NULL) {
        path = DEFAULT_DEVICE;
    }
    if ((err = tbc_device_read(&s->device, path)) == TBC_OK &&
        (err = tbc_client_open(&s->client, &s->device, false)) == TBC_OK) {
        return CLI_YES;
    }
    cli_station_close(s);
    cli_say(
        "%s: no way to the station with this device file; --device FILE or TBC_DEVICE "
        "names another",
        path);
    return err == TBC_ERR_MALFORMED ? CLI_MALFORMED : CLI_UNKNOWN;
}

void
cli_station_close(struct cli_station *s)
{
    tbc_client_close(&s->client);
    tbc_device_fini(&s->device);
}

static enum cli_exit
exit_of(enum tbc_code code)
{
    switch (code) {
    case TBC_CODE_FINE:
        return CLI_YES;
    case TBC_CODE_BAD_REQUEST:
    case TBC_CODE_UNSUPPORTED:
    case TBC_CODE_CONFLICT:
        return CLI_MALFORMED;
    case TBC_CODE_BUSY:
    case TBC_CODE_TROUBLE:
        return CLI_UNKNOWN;
    case TBC_CODE_DENIED:
    case TBC_CODE_NOT_FOUND:
    case TBC_CODE_QUOTA:
    case TBC_CODE_FACE_AGAIN:
    case TBC_CODE_FACE_REFUSED:
    case TBC_CODE_BAD_PICTURE:
    case TBC_CODE_LAPSED:
    case TBC_CODE_GUARDIAN:
    case TBC_CODE_EXISTS:
        return CLI_NO;
    }
    return CLI_UNKNOWN;
}

static enum cli_exit
say_silence(const struct cli_station *s, enum tbc_err err)
{
    if (err == TBC_ERR_DENIED) {
        cli_say("%s: the station does not know the device %s, or has revoked it",
                s->device.front, s->device.name);
    } else {
        cli_say("%s: %s; is tbc-station running?", s->device.front, tbc_err_text(err));
    }
    return CLI_UNKNOWN;
}

/* The station is well but asked too much: nothing was done, and asking again is right. */
static bool
may_ask_again(const struct tbc_reply *reply, const struct tbc_problem *problem)
{
    return reply->code == TBC_CODE_BUSY && (strcmp(problem->what, "budget") == 0 ||
                                            strcmp(problem->what, "queue") == 0);
}

/* Call, and read what a station says that is not fine; when it is busy, come back as it says. */
static enum tbc_err
call(struct cli_station *s, enum tbc_op op, const void *msg, struct tbc_reply *reply,
     struct tbc_problem *problem)
{
    const int64_t end = tbc_clock_mono().ms + CALL_MS;
    enum tbc_err err;

    for (;;) {
        *problem = (struct tbc_problem){ 0 };
        err = tbc_client_call(s->client, op, msg, CALL_MS, reply);
        if (err == TBC_OK && reply->code != TBC_CODE_FINE) {
            err = tbc_wire_read(&tbc_wire_problem_shape, reply->body, problem, NULL);
            if (err != TBC_OK) {
                return TBC_ERR_MALFORMED;
            }
        }
        if (err != TBC_OK || !may_ask_again(reply, problem) ||
            tbc_clock_mono().ms + (int64_t)problem->wait_ms >= end) {
            return err;
        }
        (void)poll(NULL, 0, (int)problem->wait_ms);
    }
}

enum cli_exit
cli_station_call(struct cli_station *s, enum tbc_op op, const void *msg, void *out,
                 struct tbc_problem *problem)
{
    const struct tbc_wire_shape *shape = tbc_wire_reply_shape(op);
    struct tbc_problem own = { 0 };
    struct tbc_reply reply;
    enum tbc_err err = call(s, op, msg, &reply, &own);

    if (err != TBC_OK && err != TBC_ERR_MALFORMED) {
        return say_silence(s, err);
    }
    if (err == TBC_OK && reply.code == TBC_CODE_FINE && shape->size != 0) {
        err = tbc_wire_read(shape, reply.body, out, NULL);
    }
    if (err != TBC_OK) {
        cli_say("%s: the station's answer: %s", tbc_op_name(op), tbc_err_text(err));
        return CLI_UNKNOWN;
    }
    if (problem != NULL) {
        *problem = own;
    } else if (reply.code != TBC_CODE_FINE) {
        cli_say("%s%s%s", tbc_code_text(reply.code), own.what[0] == '\0' ? "" : ": ",
                own.what);
    }
    return exit_of(reply.code);
}

bool
cli_parse_cti(const char *text, uint8_t cti[static TBC_CTI_LEN])
{
    if (!tbc_hex_fixed(tbc_span_str(text), cti, TBC_CTI_LEN)) {
        (void)cli_misuse("%s: a certificate's id is %d hexadecimal digits", text,
                         2 * TBC_CTI_LEN);
        return false;
    }
    return true;
}
