#include "codec/leaf.h"

#include <string.h>

/* The keys of docs/journal.cddl. */
#define KEY_KIND   1
#define KEY_TIME   2
#define KEY_DEVICE 3
#define KEY_CTI    4
#define KEY_WORD   5
#define KEY_DIGEST 6
#define KEY_NOTE   7
#define KEY_COUNT  8
#define KEY_AT     9
#define KEYS_N     9

#define TIME_MAX INT64_C(253402300799) /* the end of the year 9999 */

#define BIT(key) (1u << (key))

#define BASE   (BIT(KEY_KIND) | BIT(KEY_TIME))
#define CTI    BIT(KEY_CTI)
#define DEVICE BIT(KEY_DEVICE)
#define WORD   BIT(KEY_WORD)
#define DIGEST BIT(KEY_DIGEST)
#define NOTE   BIT(KEY_NOTE)
#define AMOUNT BIT(KEY_COUNT)
#define AT     BIT(KEY_AT)

/* What a leaf of each kind must say, and what it may say besides. */
static const struct {
    const char *name;
    unsigned must;
    unsigned may;
} kinds[] = {
    [TBC_LEAF_ISSUE] = { "ISSUE", DEVICE | CTI | DIGEST, 0 },
    [TBC_LEAF_SHOW] = { "SHOW", DEVICE | CTI | WORD, 0 },
    [TBC_LEAF_ENTER] = { "ENTER", DEVICE | WORD, CTI | AT },
    [TBC_LEAF_EXIT] = { "EXIT", DEVICE | WORD, CTI | AT },
    [TBC_LEAF_ANNUL] = { "ANNUL", DEVICE | WORD, CTI | AT },
    [TBC_LEAF_LOOKUP] = { "LOOKUP", DEVICE | WORD, CTI | NOTE },
    [TBC_LEAF_ASSIST] = { "ASSIST", DEVICE | CTI | DIGEST | NOTE, 0 },
    [TBC_LEAF_REVOKE] = { "REVOKE", DEVICE | CTI | NOTE, 0 },
    [TBC_LEAF_DEVICE] = { "DEVICE", WORD | DIGEST, DEVICE },
    [TBC_LEAF_IMPORT] = { "IMPORT", DEVICE, AMOUNT },
    [TBC_LEAF_ERASE] = { "ERASE", 0, DEVICE | WORD | AMOUNT },
    [TBC_LEAF_TRUST] = { "TRUST", DIGEST | AMOUNT, DEVICE },
    [TBC_LEAF_START] = { "START", 0, WORD },
    [TBC_LEAF_KEY] = { "KEY", WORD, AT },
};

static bool
kind_is_known(uint64_t kind)
{
    return kind < sizeof kinds / sizeof *kinds && kinds[kind].name != NULL;
}

const char *
tbc_leaf_kind_name(enum tbc_leaf_kind kind)
{
    return kind_is_known(kind) ? kinds[kind].name : "?";
}

static bool
word_is_sound(const char *word)
{
    return word[0] != '\0' &&
           strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == strlen(word);
}

static unsigned
fields_of(const struct tbc_leaf *leaf)
{
    return BASE | (leaf->device[0] != '\0' ? DEVICE : 0) | (leaf->has_cti ? CTI : 0) |
           (leaf->word[0] != '\0' ? WORD : 0) | (leaf->has_digest ? DIGEST : 0) |
           (leaf->has_note ? NOTE : 0) | (leaf->count != 0 ? AMOUNT : 0) |
           (leaf->at.s != 0 ? AT : 0);
}

static bool
fields_fit(enum tbc_leaf_kind kind, unsigned fields)
{
    const unsigned must = kinds[kind].must | BASE;

    return (fields & must) == must && (fields & ~(must | kinds[kind].may)) == 0;
}

enum tbc_err
tbc_leaf_encode(const struct tbc_leaf *leaf, struct tbc_buf *out)
{
    const unsigned fields = fields_of(leaf);

    if (!kind_is_known(leaf->kind) || !fields_fit(leaf->kind, fields) ||
        leaf->time.s <= 0 || leaf->time.s > TIME_MAX || leaf->at.s < 0 ||
        leaf->at.s > TIME_MAX ||
        ((fields & DEVICE) != 0 && !tbc_device_name_is_valid(leaf->device)) ||
        ((fields & WORD) != 0 && !word_is_sound(leaf->word))) {
        return TBC_ERR_RANGE;
    }
    tbc_cbor_put_map(out, (size_t)__builtin_popcount(fields));
    tbc_cbor_put_uint(out, KEY_KIND);
    tbc_cbor_put_uint(out, leaf->kind);
    tbc_cbor_put_uint(out, KEY_TIME);
    tbc_cbor_put_int(out, leaf->time.s);
    if ((fields & DEVICE) != 0) {
        tbc_cbor_put_uint(out, KEY_DEVICE);
        tbc_cbor_put_text(out, leaf->device);
    }
    if ((fields & CTI) != 0) {
        tbc_cbor_put_uint(out, KEY_CTI);
        tbc_cbor_put_bytes(out, tbc_span_of(leaf->cti, sizeof leaf->cti));
    }
    if ((fields & WORD) != 0) {
        tbc_cbor_put_uint(out, KEY_WORD);
        tbc_cbor_put_text(out, leaf->word);
    }
    if ((fields & DIGEST) != 0) {
        tbc_cbor_put_uint(out, KEY_DIGEST);
        tbc_cbor_put_bytes(out, tbc_span_of(leaf->digest, sizeof leaf->digest));
    }
    if ((fields & NOTE) != 0) {
        tbc_cbor_put_uint(out, KEY_NOTE);
        tbc_cbor_put_bytes(out, tbc_span_of(leaf->note, sizeof leaf->note));
    }
    if ((fields & AMOUNT) != 0) {
        tbc_cbor_put_uint(out, KEY_COUNT);
        tbc_cbor_put_uint(out, leaf->count);
    }
    if ((fields & AT) != 0) {
        tbc_cbor_put_uint(out, KEY_AT);
        tbc_cbor_put_int(out, leaf->at.s);
    }
    return tbc_buf_status(out);
}

static void
read_kind(struct tbc_leaf *leaf, struct tbc_cbor_in *r)
{
    uint64_t kind;

    tbc_cbor_read_uint(r, "kind", &kind);
    if (r->err == TBC_OK && !kind_is_known(kind)) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "kind");
    } else if (r->err == TBC_OK) {
        leaf->kind = (enum tbc_leaf_kind)kind;
    }
}

static void
read_string(struct tbc_cbor_in *r, const char *what, char *out, size_t size,
            bool (*is_sound)(const char *))
{
    tbc_cbor_read_string(r, what, out, size);
    if (r->err == TBC_OK && !is_sound(out)) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, what);
    }
}

static void
read_field(struct tbc_leaf *leaf, struct tbc_cbor_in *r, int64_t key)
{
    switch (key) {
    case KEY_KIND:
        read_kind(leaf, r);
        break;
    case KEY_TIME:
        tbc_cbor_read_time(r, "time", &leaf->time);
        break;
    case KEY_DEVICE:
        read_string(r, "device", leaf->device, sizeof leaf->device,
                    tbc_device_name_is_valid);
        break;
    case KEY_CTI:
        tbc_cbor_read_fixed(r, "cti", leaf->cti, sizeof leaf->cti);
        leaf->has_cti = true;
        break;
    case KEY_WORD:
        read_string(r, "word", leaf->word, sizeof leaf->word, word_is_sound);
        break;
    case KEY_DIGEST:
        tbc_cbor_read_fixed(r, "digest", leaf->digest, sizeof leaf->digest);
        leaf->has_digest = true;
        break;
    case KEY_NOTE:
        tbc_cbor_read_fixed(r, "note", leaf->note, sizeof leaf->note);
        leaf->has_note = true;
        break;
    case KEY_COUNT:
        tbc_cbor_read_uint(r, "count", &leaf->count);
        break;
    case KEY_AT:
        tbc_cbor_read_time(r, "at", &leaf->at);
        break;
    default:
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "unknown field");
        break;
    }
}

enum tbc_err
tbc_leaf_decode(struct tbc_leaf *leaf, struct tbc_span in, struct tbc_fault *fault)
{
    struct tbc_cbor_in r;
    struct tbc_cbor_map m;
    unsigned fields = 0;
    int64_t key;

    memset(leaf, 0, sizeof *leaf);
    tbc_cbor_open(&r, in);
    tbc_cbor_read_map(&r, "leaf", KEYS_N, &m);
    while (tbc_cbor_next_int(&r, &m, &key)) {
        read_field(leaf, &r, key);
        fields |= key > 0 && key <= KEYS_N ? BIT((unsigned)key) : 0;
    }
    /* a count of 0 is no count: the two encodings of one leaf would be two leaves */
    if (tbc_cbor_close(&r) == TBC_OK &&
        (!fields_fit(leaf->kind, fields) || fields != fields_of(leaf))) {
        tbc_cbor_fail(&r, TBC_ERR_MALFORMED, "fields of its kind");
    }
    if (r.err != TBC_OK) {
        memset(leaf, 0, sizeof *leaf);
        if (fault != NULL) {
            *fault = r.fault;
        }
    }
    return r.err;
}
