#include "crypto/statusdelta.h"

#include "codec/cose.h"
#include "crypto/digest.h"

#include <stdlib.h>
#include <string.h>

static enum tbc_err
fail(struct tbc_fault *fault, enum tbc_err err, const char *what)
{
    if (fault != NULL) {
        *fault = (struct tbc_fault){ .what = what };
    }
    return err;
}

/* A message taken apart. */
struct version {
    struct tbc_cose msg;
    struct tbc_statuslist list;
    uint8_t hash[TBC_SHA256_LEN];
};

static enum tbc_err
open_version(struct version *v, struct tbc_span message, struct tbc_fault *fault)
{
    enum tbc_err err;

    *v = (struct version){ .msg = { .typ = TBC_TYP_N } };
    if ((err = tbc_cose_open(&v->msg, message, fault)) != TBC_OK) {
        return err;
    }
    if (v->msg.typ != TBC_TYP_STATUS) {
        return fail(fault, TBC_ERR_MALFORMED, "typ");
    }
    if ((err = tbc_statuslist_decode(&v->list, v->msg.payload, fault)) != TBC_OK) {
        return err;
    }
    return tbc_sha256(message, v->hash);
}

/* The list with everything as the delta says; the bits are changed in place. */
static enum tbc_err
change_list(struct tbc_statuslist *list, const struct tbc_statusdelta *d,
            struct tbc_fault *fault)
{
    size_t grown = d->size - list->lst.len;
    enum tbc_err err;

    if (d->size < list->lst.len) {
        return fail(fault, TBC_ERR_MALFORMED, "size");
    }
    if ((err = tbc_buf_reserve(&list->lst, grown)) != TBC_OK) {
        return err;
    }
    if (grown > 0) {
        memset(list->lst.ptr + list->lst.len, 0, grown);
    }
    list->lst.len = d->size;
    for (size_t i = 0; i < d->changes_n; i++) {
        unsigned was;

        if (tbc_statuslist_get(list, d->changes[i].idx, &was) != TBC_OK ||
            was == d->changes[i].value ||
            tbc_statuslist_set(list, d->changes[i].idx, d->changes[i].value) !=
                TBC_OK) {
            return fail(fault, TBC_ERR_MALFORMED, "a change that changes nothing");
        }
    }
    list->iat = d->iat;
    list->exp = d->exp;
    list->ttl_s = d->ttl_s;
    return TBC_OK;
}

/* The next message from the present one, which is used up. */
static enum tbc_err
make_message(struct version *v, const struct tbc_statusdelta *d, struct tbc_buf *out,
             struct tbc_fault *fault)
{
    struct tbc_buf payload = { 0 };
    size_t before = out->len;
    uint8_t hash[TBC_SHA256_LEN];
    enum tbc_err err;

    if ((err = change_list(&v->list, d, fault)) == TBC_OK &&
        (err = tbc_statuslist_encode(&v->list, &payload)) == TBC_OK &&
        (err = tbc_cose_put(out, d->body_protected, tbc_buf_span(&payload),
                            d->signature)) == TBC_OK) {
        err = tbc_sha256(tbc_span_of(out->ptr + before, out->len - before), hash);
    }
    if (err == TBC_OK && memcmp(hash, d->hash, sizeof hash) != 0) {
        err = fail(fault, TBC_ERR_MALFORMED, "another list than the delta promises");
    }
    if (err != TBC_OK && out->len > before) {
        tbc_buf_cut(out, before);
    }
    tbc_buf_fini(&payload);
    return err;
}

/* Does the delta begin where we are? */
static enum tbc_err
check_fit(const struct version *have, const struct tbc_statusdelta *d,
          struct tbc_fault *fault)
{
    if (strcmp(have->list.sub, d->sub) != 0) {
        return fail(fault, TBC_ERR_CONFLICT, "delta of another list");
    }
    if (memcmp(have->hash, d->hash, sizeof have->hash) == 0) {
        return fail(fault, TBC_ERR_EXISTS, "delta applied already");
    }
    if (d->iat.s <= have->list.iat.s) {
        return fail(fault, TBC_ERR_RANGE, "delta back to an older list");
    }
    if (d->base_iat.s > have->list.iat.s) {
        return fail(fault, TBC_ERR_NOT_FOUND, "delta of a later list, one is missing");
    }
    if (d->base_iat.s != have->list.iat.s ||
        memcmp(have->hash, d->base_hash, sizeof have->hash) != 0) {
        return fail(fault, TBC_ERR_CONFLICT, "delta of another base");
    }
    return TBC_OK;
}

enum tbc_err
tbc_statusdelta_apply(struct tbc_span have, struct tbc_span delta, struct tbc_buf *out,
                      struct tbc_fault *fault)
{
    struct tbc_statusdelta d = { 0 };
    struct version v = { .msg = { .typ = TBC_TYP_N } };
    enum tbc_err err;

    if ((err = tbc_statusdelta_decode(&d, delta, fault)) == TBC_OK &&
        (err = open_version(&v, have, fault)) == TBC_OK &&
        (err = check_fit(&v, &d, fault)) == TBC_OK) {
        err = make_message(&v, &d, out, fault);
    }
    tbc_statusdelta_fini(&d);
    tbc_statuslist_fini(&v.list);
    return err;
}

static enum tbc_err
check_pair(const struct version *from, const struct version *to,
           struct tbc_fault *fault)
{
    if (strcmp(from->list.sub, to->list.sub) != 0) {
        return fail(fault, TBC_ERR_CONFLICT, "two lists of different addresses");
    }
    if (from->list.bits != to->list.bits) {
        return fail(fault, TBC_ERR_CONFLICT, "two lists of different widths");
    }
    if (to->list.iat.s <= from->list.iat.s) {
        return fail(fault, TBC_ERR_RANGE, "the second list is not newer");
    }
    if (to->list.lst.len < from->list.lst.len) {
        return fail(fault, TBC_ERR_RANGE, "the second list is shorter");
    }
    return TBC_OK;
}

/* The value at an index; beyond the end of the older list everything was VALID. */
static unsigned
value_at(const struct tbc_statuslist *list, uint64_t idx)
{
    unsigned value;

    return tbc_statuslist_get(list, idx, &value) == TBC_OK ? value : TBC_STATUS_VALID;
}

/* The differences within one byte of the two lists. */
static enum tbc_err
collect_byte(struct tbc_statusdelta *d, const struct version *from,
             const struct version *to, size_t byte)
{
    const unsigned each = 8 / to->list.bits;

    for (unsigned i = 0; i < each; i++) {
        uint64_t idx = (uint64_t)byte * each + i;
        unsigned value = value_at(&to->list, idx);

        if (value_at(&from->list, idx) == value) {
            continue;
        }
        if (d->changes_n == TBC_STATUSDELTA_CHANGES_MAX) {
            return TBC_ERR_LIMIT;
        }
        d->changes[d->changes_n++] =
            (struct tbc_status_change){ .idx = idx, .value = value };
    }
    return TBC_OK;
}

static enum tbc_err
collect_changes(struct tbc_statusdelta *d, const struct version *from,
                const struct version *to, struct tbc_fault *fault)
{
    enum tbc_err err = TBC_OK;

    d->changes = calloc(TBC_STATUSDELTA_CHANGES_MAX, sizeof *d->changes);
    if (d->changes == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < to->list.lst.len && err == TBC_OK; i++) {
        uint8_t was = i < from->list.lst.len ? from->list.lst.ptr[i] : 0;

        if (was != to->list.lst.ptr[i]) {
            err = collect_byte(d, from, to, i);
        }
    }
    return err == TBC_OK ? err : fail(fault, err, "too many changes for a delta");
}

static enum tbc_err
describe(struct tbc_statusdelta *d, const struct version *from,
         const struct version *to, struct tbc_fault *fault)
{
    *d = (struct tbc_statusdelta){
        .base_iat = from->list.iat,
        .iat = to->list.iat,
        .exp = to->list.exp,
        .ttl_s = to->list.ttl_s,
        .size = to->list.lst.len,
        .body_protected = to->msg.body_protected,
        .signature = to->msg.signature,
    };
    memcpy(d->sub, to->list.sub, sizeof d->sub);
    memcpy(d->base_hash, from->hash, sizeof d->base_hash);
    memcpy(d->hash, to->hash, sizeof d->hash);
    return collect_changes(d, from, to, fault);
}

/* A delta that does not work here works nowhere. */
static enum tbc_err
try_out(struct tbc_span from, struct tbc_span delta, struct tbc_fault *fault)
{
    struct tbc_buf message = { 0 };
    enum tbc_err err = tbc_statusdelta_apply(from, delta, &message, NULL);

    tbc_buf_fini(&message);
    return err == TBC_ERR_MALFORMED ? fail(fault, TBC_ERR_UNSUPPORTED,
                                           "the second list is compressed otherwise")
                                    : err;
}

enum tbc_err
tbc_statusdelta_make(struct tbc_span from, struct tbc_span to, struct tbc_buf *out,
                     struct tbc_fault *fault)
{
    struct tbc_statusdelta d = { 0 };
    struct tbc_buf delta = { 0 };
    struct version a;
    struct version b = { .msg = { .typ = TBC_TYP_N } };
    enum tbc_err err;

    if ((err = open_version(&a, from, fault)) == TBC_OK &&
        (err = open_version(&b, to, fault)) == TBC_OK &&
        (err = check_pair(&a, &b, fault)) == TBC_OK &&
        (err = describe(&d, &a, &b, fault)) == TBC_OK &&
        (err = tbc_statusdelta_encode(&d, &delta)) == TBC_OK &&
        (err = try_out(from, tbc_buf_span(&delta), fault)) == TBC_OK) {
        err = tbc_buf_append_span(out, tbc_buf_span(&delta));
    }
    tbc_statusdelta_fini(&d);
    tbc_statuslist_fini(&a.list);
    tbc_statuslist_fini(&b.list);
    tbc_buf_fini(&delta);
    return err;
}
