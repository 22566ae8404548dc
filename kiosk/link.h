/* The kiosk's line to its station: greets it, carries one request of the passenger at a time,
 * sends it again under the same id, and tells when the station is away or back. */
#ifndef KIOSK_LINK_H
#define KIOSK_LINK_H

#include "call.h"
#include "net/client.h"
#include "session.h"

struct kiosk_link {
    struct tbc_client *client;
    struct kiosk_call hello;
    struct kiosk_call call;
    struct tbc_mono next_hello;
    bool there; /* the station answers */

    struct tbc_hello_reply place; /* names, policy; known when device[0] is set */
    int64_t offset_s;             /* the station's clock minus ours */

    struct tbc_apply apply; /* borrows the session's pictures */
    struct tbc_issue issue;
};

/* Connect and wait at most wait_ms for the first greeting; a station that is away is no error.
 * Errors: ERR_MALFORMED (address, key), ERR_NETWORK, ERR_CRYPTO. */
enum tbc_err
kiosk_link_open(struct kiosk_link *link, const struct tbc_device_file *device,
                int wait_ms) TBC_MUST_CHECK;
void kiosk_link_close(struct kiosk_link *link);

/* Begin a request with a fresh id.  The session must stay as it is until the answer or
 * kiosk_link_hang_up. */
enum tbc_err
kiosk_link_apply(struct kiosk_link *link, const struct kiosk_session *session,
                 struct tbc_mono now) TBC_MUST_CHECK;
enum tbc_err
kiosk_link_issue(struct kiosk_link *link, const struct kiosk_session *session,
                 struct tbc_mono now) TBC_MUST_CHECK;
void kiosk_link_hang_up(struct kiosk_link *link);

/* The next event that the line brings about; NONE when there is no more.  Answers are written
 * into the session; tries_left (may be lowered) is what the station says of face checks. */
enum kiosk_event kiosk_link_step(struct kiosk_link *link, struct kiosk_session *session,
                                 int *tries_left, struct tbc_mono now);

#endif
