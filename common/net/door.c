#include "net/door.h"

#include "net/client.h"
#include "sys/log.h"

#include <errno.h>
#include <string.h>

/* libzmq 4.3.4 lets everybody in when no handler answers, unless this is set; its header hides
 * the name behind its drafts. */
#define ZAP_ENFORCE_DOMAIN 93

#define ZAP_ADDRESS "inproc://zeromq.zap.01"
#define ZAP_DOMAIN  "tbc"
#define ZAP_FRAMES \
    7 /* version, request id, domain, address, identity, mechanism, key */
#define BACKLOG 512

static const struct tbc_socket_option both[] = {
    { ZMQ_LINGER, 500 },
    { ZMQ_BACKLOG, BACKLOG },
    { ZMQ_CURVE_SERVER, 1 },
    { ZAP_ENFORCE_DOMAIN, 1 },
    { ZMQ_HANDSHAKE_IVL, TBC_SOCKET_HANDSHAKE_MS },
    { ZMQ_HEARTBEAT_IVL, TBC_SOCKET_BEAT_MS },
    { ZMQ_HEARTBEAT_TIMEOUT, TBC_SOCKET_SILENCE_MS },
};

enum tbc_err
tbc_door_open(struct tbc_door *door, void *context, tbc_server_admit admit, void *arg)
{
    *door = (struct tbc_door){ .admit = admit, .arg = arg };
    door->zap = tbc_socket_open(context, ZMQ_REP);
    return door->zap != NULL && zmq_bind(door->zap, ZAP_ADDRESS) == 0 ? TBC_OK
                                                                      : TBC_ERR_NETWORK;
}

void
tbc_door_close(struct tbc_door *door)
{
    if (door->zap != NULL) {
        (void)zmq_close(door->zap);
        door->zap = NULL;
    }
}

enum tbc_err
tbc_door_bind(void *s, const char *secret, const char *address, int64_t max,
              char real[static TBC_ADDRESS_MAX + 1])
{
    const struct tbc_socket_option v6 = { ZMQ_IPV6, strchr(address, '[') != NULL };
    size_t len = TBC_ADDRESS_MAX + 1;

    if (!tbc_address_is_valid(address)) {
        return tbc_log_err(TBC_ERR_MALFORMED,
                           "%s: not an address of the form tcp://HOST:PORT", address);
    }
    if (s == NULL || !tbc_socket_set(s, &v6, 1) ||
        !tbc_socket_set(s, both, sizeof both / sizeof *both) ||
        !tbc_socket_limit(s, max) ||
        zmq_setsockopt(s, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN)) != 0 ||
        zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, secret, TBC_Z85_LEN + 1) != 0) {
        return tbc_log_err(TBC_ERR_NETWORK, "%s: %s", address, zmq_strerror(errno));
    }
    if (zmq_bind(s, address) != 0) {
        int number = errno;

        if (number == EADDRINUSE) {
            return TBC_ERR_EXISTS;
        }
        tbc_log(TBC_LOG_ERROR, "%s: %s", address, zmq_strerror(number));
        switch (number) {
        case EINVAL:
        case EPROTONOSUPPORT:
        case ENOCOMPATPROTO:
            return TBC_ERR_MALFORMED;
        default:
            return TBC_ERR_NETWORK;
        }
    }
    return zmq_getsockopt(s, ZMQ_LAST_ENDPOINT, real, &len) == 0 ? TBC_OK
                                                                 : TBC_ERR_NETWORK;
}

/* One request to the handler (ZeroMQ RFC 27). */
struct zap_request {
    char id[64];
    size_t id_len;
    uint8_t key[32];
    bool is_curve; /* seven frames, mechanism CURVE, our domain, a key of 32 bytes */
};

static void
take_zap_frame(struct zap_request *z, size_t i, zmq_msg_t *frame)
{
    struct tbc_span s = tbc_span_of(zmq_msg_data(frame), zmq_msg_size(frame));

    switch (i) {
    case 1:
        z->id_len = s.len < sizeof z->id ? s.len : sizeof z->id;
        memcpy(z->id, s.ptr, z->id_len);
        break;
    case 2:
        z->is_curve = tbc_span_equal(s, tbc_span_str(ZAP_DOMAIN));
        break;
    case 5:
        z->is_curve = z->is_curve && tbc_span_equal(s, tbc_span_str("CURVE"));
        break;
    case 6:
        z->is_curve = z->is_curve && s.len == sizeof z->key;
        memcpy(z->key, s.ptr, s.len < sizeof z->key ? s.len : sizeof z->key);
        break;
    default:
        break;
    }
}

static bool
read_zap(struct tbc_door *d, struct zap_request *z)
{
    zmq_msg_t frame;
    size_t n = 0;
    bool more = true;

    *z = (struct zap_request){ 0 };
    (void)zmq_msg_init(&frame);
    while (more && zmq_msg_recv(&frame, d->zap, ZMQ_DONTWAIT) >= 0) {
        take_zap_frame(z, n++, &frame);
        more = zmq_msg_more(&frame) != 0;
    }
    (void)zmq_msg_close(&frame);
    z->is_curve = z->is_curve && n == ZAP_FRAMES;
    return n > 0;
}

static void
answer_zap(struct tbc_door *d, const struct zap_request *z)
{
    char user[TBC_Z85_LEN + 1] = "";
    bool in = z->is_curve && d->admit(d->arg, z->key) && tbc_z85_encode(z->key, user);
    const struct tbc_span frames[] = {
        tbc_span_str("1.0"),
        tbc_span_of(z->id, z->id_len),
        tbc_span_str(in ? "200" : "400"),
        tbc_span_str(in ? "OK" : "unknown or revoked key"),
        tbc_span_str(in ? user : ""),
        tbc_span_str(""),
    };
    const size_t n = sizeof frames / sizeof *frames;

    d->refused += in ? 0 : 1;
    for (size_t i = 0; i < n; i++) {
        if (zmq_send(d->zap, frames[i].ptr, frames[i].len,
                     i + 1 < n ? ZMQ_SNDMORE : 0) < 0) {
            tbc_log(TBC_LOG_WARN, "handshake: %s", zmq_strerror(errno));
            return;
        }
    }
}

void
tbc_door_answer(struct tbc_door *door)
{
    struct zap_request z;

    while (read_zap(door, &z)) {
        answer_zap(door, &z);
    }
}

bool
tbc_door_key(zmq_msg_t *message, uint8_t key[static 32])
{
    const char *user = zmq_msg_gets(message, "User-Id");

    return user != NULL && tbc_z85_decode(user, key);
}
