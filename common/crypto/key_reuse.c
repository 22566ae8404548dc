/* A public key that changes with every holder who comes along. */
#include "crypto/digest.h"
#include "crypto/key_openssl.h"

#include <openssl/err.h>

#include <string.h>

/* The label -3 and the head of the byte string between x and y: every field of ours is 32 to 66
 * bytes long, so that its head takes two. */
#define BETWEEN 3

/* SEC 1 sec. 2.3.3, uncompressed: 04, x, y. */
struct sec1 {
    uint8_t bytes[1 + 2 * TBC_KEY_FIELD_MAX];
    size_t len;
};

/* Take the coordinates of a COSE_Key from where they must stand, and see that a key of them would
 * be written with just these bytes. */
static bool
read_point(const struct tbc_key_kind *kind, struct tbc_span in, struct sec1 *point)
{
    uint8_t storage[TBC_COSE_KEY_MAX * 2];
    size_t field = kind->field_len;
    struct tbc_buf again;

    if (in.len < 2 * field + BETWEEN) {
        return false;
    }
    *point = (struct sec1){ .bytes = { 0x04 }, .len = 1 + 2 * field };
    memcpy(point->bytes + 1, in.ptr + in.len - 2 * field - BETWEEN, field);
    memcpy(point->bytes + 1 + field, in.ptr + in.len - field, field);
    tbc_buf_init_fixed(&again, storage, sizeof storage);
    return tbc_key_put_point(kind, point->bytes + 1, &again) == TBC_OK &&
           tbc_span_equal(tbc_buf_span(&again), in);
}

/* True when the key now is the one of in. */
static bool
change_point(struct tbc_key *key, struct tbc_span in)
{
    uint8_t hash[TBC_SHA256_LEN];
    struct sec1 point;

    if (key->is_private || tbc_key_kind(key->alg)->kty == 1 ||
        !read_point(tbc_key_kind(key->alg), in, &point)) {
        return false;
    }
    /* OpenSSL checks that the point lies on the curve. */
    if (EVP_PKEY_set1_encoded_public_key(key->pkey, point.bytes, point.len) != 1 ||
        tbc_sha256(in, hash) != TBC_OK) {
        ERR_clear_error();
        return false;
    }
    memcpy(key->thumbprint, hash, sizeof key->thumbprint);
    memcpy(key->kid, hash, TBC_KID_LEN);
    return true;
}

enum tbc_err
tbc_key_reuse_strict(struct tbc_key **key, struct tbc_span in)
{
    if (*key != NULL && change_point(*key, in)) {
        return TBC_OK;
    }
    /* Another algorithm, or no key: a fresh start tells which. */
    tbc_key_free(key);
    return tbc_key_parse_strict(key, in);
}
