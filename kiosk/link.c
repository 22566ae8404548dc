#include "link.h"

#include "crypto/seal.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdio.h>
#include <string.h>

static const struct tbc_hello greeting = { .software = "tbc-kiosk " TBC_VERSION };

static enum tbc_err
begin(struct kiosk_call *call, enum tbc_op op, struct tbc_mono now)
{
    uint8_t id[TBC_WIRE_ID_LEN];
    enum tbc_err err = tbc_random(id, sizeof id);

    if (err != TBC_OK) {
        return tbc_log_err(err, "no random bytes for a request");
    }
    kiosk_call_begin(call, op, id, now);
    return TBC_OK;
}

static bool
take_hello(struct kiosk_link *link, const struct tbc_reply *reply)
{
    struct tbc_fault fault = { 0 };

    if (reply->code != TBC_CODE_FINE) {
        tbc_log(TBC_LOG_ERROR, "the station does not greet this device: %s",
                tbc_code_text(reply->code));
        return false;
    }
    if (tbc_wire_read(tbc_wire_reply_shape(TBC_OP_HELLO), reply->body, &link->place,
                      &fault) != TBC_OK) {
        tbc_log(TBC_LOG_ERROR, "the station's greeting is malformed: %s at byte %zu",
                fault.what != NULL ? fault.what : "envelope", fault.offset);
        return false;
    }
    if (link->place.role != TBC_ROLE_KIOSK) {
        tbc_log(TBC_LOG_ERROR,
                "the key of %s is not a kiosk's: tbc device add --role kiosk",
                link->place.device);
    }
    link->offset_s = link->place.now.s - tbc_clock_utc().s;
    return true;
}

enum tbc_err
kiosk_link_open(struct kiosk_link *link, const struct tbc_device_file *device,
                int wait_ms)
{
    struct tbc_reply reply;
    enum tbc_err err;

    *link = (struct kiosk_link){ 0 };
    if ((err = tbc_client_open(&link->client, device, false)) != TBC_OK) {
        return err;
    }
    err = tbc_client_call(link->client, TBC_OP_HELLO, &greeting, wait_ms, &reply);
    if (err == TBC_OK) {
        link->there = take_hello(link, &reply);
    } else {
        (void)tbc_log_err(err, "the station at %s does not answer", device->front);
    }
    link->next_hello.ms = tbc_clock_mono().ms + KIOSK_HELLO_AWAY_MS;
    return TBC_OK;
}

void
kiosk_link_close(struct kiosk_link *link)
{
    kiosk_link_hang_up(link);
    tbc_client_close(&link->client);
}

void
kiosk_link_hang_up(struct kiosk_link *link)
{
    link->call.open = false;
    tbc_wipe(&link->apply, sizeof link->apply);
    tbc_wipe(&link->issue, sizeof link->issue);
}

enum tbc_err
kiosk_link_apply(struct kiosk_link *link, const struct kiosk_session *session,
                 struct tbc_mono now)
{
    kiosk_link_hang_up(link);
    kiosk_session_apply(session, &link->apply);
    return begin(&link->call, TBC_OP_APPLY, now);
}

enum tbc_err
kiosk_link_issue(struct kiosk_link *link, const struct kiosk_session *session,
                 struct tbc_mono now)
{
    kiosk_link_hang_up(link);
    memcpy(link->issue.handle, session->applied.handle, sizeof link->issue.handle);
    link->issue.medium = TBC_MEDIUM_PAPER;
    return begin(&link->call, TBC_OP_ISSUE, now);
}

static enum tbc_err
read_answer(struct kiosk_session *session, const struct tbc_reply *reply)
{
    struct tbc_issue_reply issued;
    struct tbc_fault fault = { 0 };
    enum tbc_err err;

    if (reply->op == TBC_OP_APPLY) {
        err = tbc_wire_read(tbc_wire_reply_shape(TBC_OP_APPLY), reply->body,
                            &session->applied, &fault);
        session->score = session->applied.score;
    } else {
        err = tbc_wire_read(tbc_wire_reply_shape(TBC_OP_ISSUE), reply->body, &issued,
                            &fault);
        err = err != TBC_OK ? err : kiosk_session_take(session, &issued);
    }
    if (err != TBC_OK) {
        tbc_log(TBC_LOG_ERROR,
                "the station's answer to %s is malformed: %s at byte %zu",
                tbc_op_name(reply->op), fault.what != NULL ? fault.what : "certificate",
                fault.offset);
    }
    return err;
}

static enum kiosk_event
take_answer(struct kiosk_link *link, struct kiosk_session *session,
            const struct tbc_reply *reply, int *tries_left, struct tbc_mono now)
{
    struct tbc_problem problem = { 0 };
    enum kiosk_event event = kiosk_call_event(reply->op, reply->code);

    if (reply->code == TBC_CODE_FINE) {
        event = read_answer(session, reply) == TBC_OK ? event : KIOSK_EV_FAILED;
    } else if (reply->body.len > 0 &&
               tbc_wire_read(&tbc_wire_problem_shape, reply->body, &problem, NULL) !=
                   TBC_OK) {
        event = KIOSK_EV_FAILED;
    }
    if (event == KIOSK_EV_NONE) { /* BUSY */
        kiosk_call_sent(&link->call, (int64_t)(problem.wait_ms % INT32_MAX), now);
        return event;
    }
    if (reply->code != TBC_CODE_FINE) {
        session->score = problem.score;
        tbc_log(TBC_LOG_INFO, "%s: %s %s", tbc_op_name(reply->op),
                tbc_code_text(reply->code), problem.what);
    }
    if ((event == KIOSK_EV_FACE_AGAIN) && problem.tries_left < (uint64_t)*tries_left) {
        *tries_left = (int)problem.tries_left + 1; /* this one is still to be counted */
    }
    kiosk_link_hang_up(link);
    return event;
}

/* Any answer shows that the station is there. */
static enum kiosk_event
note_there(struct kiosk_link *link)
{
    if (link->there) {
        return KIOSK_EV_NONE;
    }
    link->there = true;
    tbc_log(TBC_LOG_INFO, "the station answers again");
    return KIOSK_EV_REACHABLE;
}

static enum kiosk_event
note_away(struct kiosk_link *link, struct tbc_mono now)
{
    bool news = link->there || link->call.open;

    if (link->there) {
        tbc_log(TBC_LOG_WARN, "the station does not answer");
    }
    link->there = false;
    link->hello.open = false;
    link->next_hello.ms = now.ms + KIOSK_HELLO_AWAY_MS;
    kiosk_link_hang_up(link);
    return news ? KIOSK_EV_UNREACHABLE : KIOSK_EV_NONE;
}

static enum kiosk_event
receive(struct kiosk_link *link, struct kiosk_session *session, int *tries_left,
        struct tbc_mono now)
{
    struct tbc_reply reply;

    while (tbc_client_recv(link->client, &reply) == TBC_OK) {
        enum kiosk_event event = KIOSK_EV_NONE;

        if (kiosk_call_is_answer(&link->hello, &reply)) {
            link->hello.open = false;
            link->next_hello.ms = now.ms + KIOSK_HELLO_THERE_MS;
            event = take_hello(link, &reply) ? note_there(link) : KIOSK_EV_NONE;
        } else if (kiosk_call_is_answer(&link->call, &reply)) {
            event = take_answer(link, session, &reply, tries_left, now);
            link->there = true;
        }
        if (event != KIOSK_EV_NONE) {
            return event;
        }
    }
    return KIOSK_EV_NONE;
}

/* Send what is due.  UNREACHABLE when a call got no answer in its time. */
static enum kiosk_event
serve(struct kiosk_link *link, struct kiosk_call *call, const void *msg,
      int64_t give_up_ms, struct tbc_mono now)
{
    enum tbc_err err;

    switch (kiosk_call_due(call, give_up_ms, now)) {
    case KIOSK_CALL_WAIT:
        break;
    case KIOSK_CALL_GIVE_UP:
        return note_away(link, now);
    case KIOSK_CALL_SEND:
        kiosk_call_sent(call, 0, now);
        err = tbc_client_send(link->client, call->id, call->op, msg);
        if (err != TBC_OK && err != TBC_ERR_BUSY) {
            (void)tbc_log_err(err, "cannot send %s", tbc_op_name(call->op));
        }
        break;
    }
    return KIOSK_EV_NONE;
}

enum kiosk_event
kiosk_link_step(struct kiosk_link *link, struct kiosk_session *session, int *tries_left,
                struct tbc_mono now)
{
    const void *msg = link->call.op == TBC_OP_ISSUE ? (const void *)&link->issue
                                                    : (const void *)&link->apply;
    enum kiosk_event event = receive(link, session, tries_left, now);

    if (event != KIOSK_EV_NONE) {
        return event;
    }
    if (!link->hello.open && !link->call.open && now.ms >= link->next_hello.ms) {
        link->next_hello.ms = now.ms + KIOSK_HELLO_THERE_MS;
        if (begin(&link->hello, TBC_OP_HELLO, now) != TBC_OK) {
            return KIOSK_EV_NONE;
        }
    }
    /* A station that is busy with the passenger's request may greet late. */
    event =
        serve(link, &link->hello, &greeting,
              link->call.open ? KIOSK_CALL_GIVE_UP_MS : KIOSK_HELLO_GIVE_UP_MS, now);
    if (event != KIOSK_EV_NONE) {
        return event;
    }
    return serve(link, &link->call, msg, KIOSK_CALL_GIVE_UP_MS, now);
}
