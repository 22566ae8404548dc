#include "codec/live.h"

#define CLAIM_IAT         6
#define CLAIM_NONCE       10
#define CLAIM_CERTIFICATE (-70002)

enum tbc_err
tbc_live_encode(const struct tbc_live *live, struct tbc_buf *out)
{
    size_t from = out->len;

    if (live->time.s <= 0 || live->certificate.len == 0) {
        return TBC_ERR_RANGE;
    }
    tbc_cbor_put_map(out, live->has_challenge ? 3 : 2);
    tbc_cbor_put_uint(out, CLAIM_IAT);
    tbc_cbor_put_int(out, live->time.s);
    if (live->has_challenge) {
        tbc_cbor_put_uint(out, CLAIM_NONCE);
        tbc_cbor_put_bytes(out, tbc_span_of(live->challenge, sizeof live->challenge));
    }
    tbc_cbor_put_int(out, CLAIM_CERTIFICATE);
    tbc_cbor_put_bytes(out, live->certificate);
    return tbc_buf_whole(out, from, TBC_OK);
}

static void
read_claim(struct tbc_live *live, struct tbc_cbor_in *r, int64_t key)
{
    switch (key) {
    case CLAIM_IAT:
        tbc_cbor_read_time(r, "time of the proof", &live->time);
        return;
    case CLAIM_NONCE:
        tbc_cbor_read_fixed(r, "challenge", live->challenge, sizeof live->challenge);
        live->has_challenge = true;
        return;
    case CLAIM_CERTIFICATE:
        tbc_cbor_read_bytes(r, "certificate", TBC_LIVE_MAX, &live->certificate);
        return;
    default:
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "unknown claim");
    }
}

enum tbc_err
tbc_live_decode(struct tbc_live *live, struct tbc_span in, struct tbc_fault *fault)
{
    struct tbc_cbor_map m;
    struct tbc_cbor_in r;
    int64_t key;

    *live = (struct tbc_live){ 0 };
    tbc_cbor_open(&r, in);
    tbc_cbor_read_map(&r, "live proof", 3, &m);
    while (tbc_cbor_next_int(&r, &m, &key)) {
        read_claim(live, &r, key);
    }
    if (tbc_cbor_close(&r) == TBC_OK &&
        (live->time.s == 0 || live->certificate.len == 0)) {
        tbc_cbor_fail(&r, TBC_ERR_MALFORMED, "missing claim");
    }
    if (r.err != TBC_OK) {
        *live = (struct tbc_live){ 0 };
        if (fault != NULL) {
            *fault = r.fault;
        }
    }
    return r.err;
}
