/* One request to the station and what its answer means.  Pure; link.c has the sockets. */
#ifndef KIOSK_CALL_H
#define KIOSK_CALL_H

#include "codec/wire.h"
#include "event.h"

#define KIOSK_CALL_AGAIN_MS    3000 /* without an answer the same request is sent again */
#define KIOSK_CALL_GIVE_UP_MS  10000 /* and then the station counts as away */
#define KIOSK_HELLO_GIVE_UP_MS 4000
#define KIOSK_HELLO_AWAY_MS    2000 /* between two greetings while the station is away */
#define KIOSK_HELLO_THERE_MS   15000 /* and while it answers */

struct kiosk_call {
    bool open;
    uint8_t id[TBC_WIRE_ID_LEN]; /* one for each intent of the passenger */
    enum tbc_op op;
    struct tbc_mono began;
    struct tbc_mono again; /* to be sent then, with the same id */
};

enum kiosk_call_due {
    KIOSK_CALL_WAIT,
    KIOSK_CALL_SEND,
    KIOSK_CALL_GIVE_UP,
};

/* Open a call that is due at once. */
void kiosk_call_begin(struct kiosk_call *call, enum tbc_op op,
                      const uint8_t id[static TBC_WIRE_ID_LEN], struct tbc_mono now);

enum kiosk_call_due
kiosk_call_due(const struct kiosk_call *call, int64_t give_up_ms, struct tbc_mono now);

/* It was sent; or the station asked for wait_ms. */
void kiosk_call_sent(struct kiosk_call *call, int64_t wait_ms, struct tbc_mono now);

bool kiosk_call_is_answer(const struct kiosk_call *call, const struct tbc_reply *reply);

/* The event of an answer; NONE for BUSY: wait and send again. */
enum kiosk_event kiosk_call_event(enum tbc_op op, enum tbc_code code);

#endif
