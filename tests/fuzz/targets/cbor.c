/* CBOR of anybody: checker and diagnostic notation agree on what is well-formed; what the strict
 * reader takes is deterministic to the checker too, and is written again to the same bytes. */
#include "base/text.h"
#include "codec/cbor_any.h"
#include "fuzz.h"

static void
copy_number(struct tbc_cbor_in *r, struct tbc_buf *out)
{
    uint64_t large;
    int64_t number;

    if (tbc_cbor_peek(r) == TBC_CBOR_UINT) {
        tbc_cbor_read_uint(r, "uint", &large);
        tbc_cbor_put_uint(out, large);
    } else {
        tbc_cbor_read_int(r, "int", &number);
        tbc_cbor_put_int(out, number);
    }
}

static void
copy_simple(struct tbc_cbor_in *r, struct tbc_buf *out)
{
    bool value;

    if (r->in.ptr[r->at] == 0xf6) {
        /* Stepped over, but of no use in our grammars: there is no reader for it. */
        tbc_cbor_skip(r, "null", NULL);
        (void)tbc_buf_append_u8(out, 0xf6);
    } else {
        tbc_cbor_read_bool(r, "bool", &value);
        tbc_cbor_put_bool(out, value);
    }
}

/* Copy one head or leaf; returns how many items follow it. */
static size_t
copy_head(struct tbc_cbor_in *r, struct tbc_buf *out)
{
    struct tbc_cbor_map m = { 0 };
    struct tbc_span s;
    uint64_t tag;
    size_t n = 0;

    switch (tbc_cbor_peek(r)) {
    case TBC_CBOR_UINT:
    case TBC_CBOR_NINT:
        copy_number(r, out);
        return 0;
    case TBC_CBOR_BYTES:
        tbc_cbor_read_bytes(r, "bytes", SIZE_MAX, &s);
        tbc_cbor_put_bytes(out, s);
        return 0;
    case TBC_CBOR_TEXT:
        tbc_cbor_read_text(r, "text", SIZE_MAX, &s);
        tbc_cbor_put_text_span(out, s);
        return 0;
    case TBC_CBOR_ARRAY:
        tbc_cbor_read_array(r, "array", SIZE_MAX, &n);
        tbc_cbor_put_array(out, n);
        return n;
    case TBC_CBOR_MAP:
        tbc_cbor_read_map(r, "map", SIZE_MAX, &m);
        tbc_cbor_put_map(out, m.left);
        return 2 * m.left;
    case TBC_CBOR_TAG:
        tbc_cbor_read_tag(r, "tag", &tag);
        tbc_cbor_put_tag(out, tag);
        return 1;
    case TBC_CBOR_SIMPLE:
        copy_simple(r, out);
        return 0;
    case TBC_CBOR_END:
        break;
    }
    return 0;
}

static void
check_strict(struct tbc_span in, enum tbc_err check)
{
    struct tbc_buf copy = { 0 };
    struct tbc_span item;
    struct tbc_cbor_in r;
    size_t left = 1;

    tbc_cbor_open(&r, in);
    (void)tbc_cbor_skip(&r, "item", &item);
    FUZZ_HOLDS(fuzz_is_told(r.err, &r.fault, in));
    if (tbc_cbor_close(&r) != TBC_OK) {
        return;
    }
    FUZZ_HOLDS(item.len == in.len);
    FUZZ_HOLDS(check == TBC_OK);
    tbc_cbor_open(&r, in);
    for (; left > 0 && r.err == TBC_OK; left--) {
        left += copy_head(&r, &copy);
    }
    /* An integer below INT64_MIN is well-formed but more than we read. */
    FUZZ_HOLDS(r.err == TBC_ERR_LIMIT || fuzz_equal(&copy, in));
    tbc_buf_fini(&copy);
}

void
fuzz_target(struct tbc_span in)
{
    struct tbc_buf text = { 0 };
    struct tbc_fault fault = { 0 };
    enum tbc_err check = tbc_cbor_check(in, &fault);
    enum tbc_err diag = tbc_cbor_diag(in, &text, NULL);

    FUZZ_HOLDS(fuzz_is_told(check, &fault, in));
    FUZZ_HOLDS(check == TBC_ERR_CONFLICT ? diag == TBC_OK : diag == check);
    FUZZ_HOLDS(diag != TBC_OK ||
               (text.len > 0 && tbc_utf8_is_valid(tbc_buf_span(&text))));
    check_strict(in, check);
    tbc_buf_fini(&text);
}
