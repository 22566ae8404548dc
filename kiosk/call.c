#include "call.h"

#include <string.h>

#define WAIT_MAX_MS 5000

void
kiosk_call_begin(struct kiosk_call *call, enum tbc_op op,
                 const uint8_t id[static TBC_WIRE_ID_LEN], struct tbc_mono now)
{
    *call = (struct kiosk_call){ .open = true, .op = op, .began = now, .again = now };
    memcpy(call->id, id, sizeof call->id);
}

enum kiosk_call_due
kiosk_call_due(const struct kiosk_call *call, int64_t give_up_ms, struct tbc_mono now)
{
    if (!call->open) {
        return KIOSK_CALL_WAIT;
    }
    if (now.ms - call->began.ms >= give_up_ms) {
        return KIOSK_CALL_GIVE_UP;
    }
    return now.ms >= call->again.ms ? KIOSK_CALL_SEND : KIOSK_CALL_WAIT;
}

void
kiosk_call_sent(struct kiosk_call *call, int64_t wait_ms, struct tbc_mono now)
{
    if (wait_ms > WAIT_MAX_MS) {
        wait_ms = WAIT_MAX_MS;
    }
    call->again.ms = now.ms + (wait_ms > 0 ? wait_ms : KIOSK_CALL_AGAIN_MS);
}

bool
kiosk_call_is_answer(const struct kiosk_call *call, const struct tbc_reply *reply)
{
    return call->open && call->op == reply->op &&
           memcmp(call->id, reply->id, sizeof call->id) == 0;
}

enum kiosk_event
kiosk_call_event(enum tbc_op op, enum tbc_code code)
{
    switch (code) {
    case TBC_CODE_FINE:
        return op == TBC_OP_ISSUE ? KIOSK_EV_ISSUED : KIOSK_EV_APPLIED;
    case TBC_CODE_BUSY:
        return KIOSK_EV_NONE;
    case TBC_CODE_NOT_FOUND: /* an unknown handle is one that the station has forgotten */
        return op == TBC_OP_ISSUE ? KIOSK_EV_LAPSED : KIOSK_EV_NUMBER_UNKNOWN;
    case TBC_CODE_LAPSED:
        return KIOSK_EV_LAPSED;
    case TBC_CODE_FACE_AGAIN:
    case TBC_CODE_BAD_PICTURE:
        return KIOSK_EV_FACE_AGAIN;
    case TBC_CODE_FACE_REFUSED:
        return KIOSK_EV_FACE_REFUSED;
    case TBC_CODE_QUOTA:
        return KIOSK_EV_QUOTA;
    case TBC_CODE_GUARDIAN:
        return KIOSK_EV_GUARDIAN;
    case TBC_CODE_BAD_REQUEST:
    case TBC_CODE_UNSUPPORTED:
    case TBC_CODE_DENIED:
    case TBC_CODE_CONFLICT:
    case TBC_CODE_EXISTS:
    case TBC_CODE_TROUBLE:
        break;
    }
    return KIOSK_EV_FAILED;
}
