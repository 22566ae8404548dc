#include "codec/wire.h"

#include <string.h>

/* version, id, operation, code, body */
#define REQUEST_ITEMS 4
#define REPLY_ITEMS   5
#define NOTICE_ITEMS  4

static const struct {
    const char *name;
    uint64_t number;
    unsigned roles;
    bool mutates;
} ops[] = {
#define X(name, number, roles, mutates) { #name, number, TBC_ROLE_##roles, mutates },
    TBC_OP_LIST(X)
#undef X
};

static const struct {
    const char *name;
    uint64_t number;
    const char *text;
} codes[] = {
#define X(name, number, text) { #name, number, text },
    TBC_CODE_LIST(X)
#undef X
};

static const struct {
    enum tbc_role role;
    const char *word;
} roles[] = {
    { TBC_ROLE_KIOSK, "kiosk" },
    { TBC_ROLE_GATE, "gate" },
    { TBC_ROLE_PATROL, "patrol" },
    { TBC_ROLE_OPERATOR, "operator" },
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

const char *
tbc_role_word(enum tbc_role role)
{
    for (size_t i = 0; i < COUNT(roles); i++) {
        if (roles[i].role == role) {
            return roles[i].word;
        }
    }
    return "none";
}

bool
tbc_role_parse(struct tbc_span word, enum tbc_role *role)
{
    *role = TBC_ROLE_NONE;
    for (size_t i = 0; i < COUNT(roles); i++) {
        if (tbc_span_equal(word, tbc_span_str(roles[i].word))) {
            *role = roles[i].role;
        }
    }
    return *role != TBC_ROLE_NONE;
}

bool
tbc_device_name_is_valid(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const size_t len = strnlen(name, TBC_WIRE_WORD_MAX + 1);

    return len > 0 && len <= TBC_WIRE_WORD_MAX && name[0] != '-' && name[0] != '.' &&
           strspn(name, allowed) == len;
}

/* The row of an operation; COUNT(ops) when there is none. */
static size_t
op_row(uint64_t number)
{
    size_t i = 0;

    while (i < COUNT(ops) && ops[i].number != number) {
        i++;
    }
    return i;
}

bool
tbc_op_is_known(uint64_t number)
{
    return op_row(number) < COUNT(ops);
}

const char *
tbc_op_name(enum tbc_op op)
{
    size_t i = op_row(op);

    return i < COUNT(ops) ? ops[i].name : "?";
}

bool
tbc_op_permits(enum tbc_op op, enum tbc_role role)
{
    size_t i = op_row(op);

    return i < COUNT(ops) && (ops[i].roles & (unsigned)role) != 0;
}

bool
tbc_op_mutates(enum tbc_op op)
{
    size_t i = op_row(op);

    return i < COUNT(ops) && ops[i].mutates;
}

const char *
tbc_code_name(enum tbc_code code)
{
    return (unsigned)code < COUNT(codes) ? codes[code].name : "?";
}

const char *
tbc_code_text(enum tbc_code code)
{
    return (unsigned)code < COUNT(codes) ? codes[code].text : "an unknown answer";
}

/* Typed access to a field of a message. */
static const void *
at(const void *msg, size_t offset)
{
    return (const uint8_t *)msg + offset;
}

static void *
at_mut(void *msg, size_t offset)
{
    return (uint8_t *)msg + offset;
}

static size_t
count_of(const struct tbc_wire_field *f, const void *msg)
{
    return *(const size_t *)at(msg, f->count);
}

static bool
is_zero(const uint8_t *bytes, size_t len)
{
    while (len > 0 && bytes[len - 1] == 0) {
        len--;
    }
    return len == 0;
}

/* Whether an optional field has nothing to say. */
static bool
is_empty(const struct tbc_wire_field *f, const void *msg)
{
    const void *v = at(msg, f->offset);

    switch (f->type) {
    case TBC_WIRE_UINT:
        return *(const uint64_t *)v == 0;
    case TBC_WIRE_COUNT:
        return *(const int64_t *)v == 0;
    case TBC_WIRE_TIME:
        return ((const struct tbc_utc *)v)->s == 0;
    case TBC_WIRE_BOOL:
        return !*(const bool *)v;
    case TBC_WIRE_TEXT:
        return *(const char *)v == '\0';
    case TBC_WIRE_FIXED:
        return is_zero(v, f->size);
    case TBC_WIRE_BYTES:
        return ((const struct tbc_span *)v)->len == 0;
    case TBC_WIRE_SPANS:
    case TBC_WIRE_LIST:
        return count_of(f, msg) == 0;
    }
    return true;
}

/* One value that is no list. */
static void
put_flat(struct tbc_buf *out, const struct tbc_wire_field *f, const void *msg)
{
    const void *v = at(msg, f->offset);

    switch (f->type) {
    case TBC_WIRE_UINT:
        tbc_cbor_put_uint(out, *(const uint64_t *)v);
        break;
    case TBC_WIRE_COUNT:
        tbc_cbor_put_int(out, *(const int64_t *)v);
        break;
    case TBC_WIRE_TIME:
        tbc_cbor_put_int(out, ((const struct tbc_utc *)v)->s);
        break;
    case TBC_WIRE_BOOL:
        tbc_cbor_put_bool(out, *(const bool *)v);
        break;
    case TBC_WIRE_TEXT:
        tbc_cbor_put_text(out, v);
        break;
    case TBC_WIRE_FIXED:
        tbc_cbor_put_bytes(out, tbc_span_of(v, f->size));
        break;
    case TBC_WIRE_BYTES:
        tbc_cbor_put_bytes(out, *(const struct tbc_span *)v);
        break;
    case TBC_WIRE_SPANS:
        tbc_cbor_put_array(out, count_of(f, msg));
        for (size_t i = 0; i < count_of(f, msg); i++) {
            tbc_cbor_put_bytes(out, ((const struct tbc_span *)v)[i]);
        }
        break;
    case TBC_WIRE_LIST: /* put_body's */
        break;
    }
}

static bool
is_sent(const struct tbc_wire_field *f, const void *msg)
{
    return !f->optional || !is_empty(f, msg);
}

static void
put_map_head(struct tbc_buf *out, const struct tbc_wire_shape *shape, const void *msg)
{
    size_t n = 0;

    for (size_t i = 0; i < shape->n; i++) {
        n += is_sent(&shape->fields[i], msg) ? 1 : 0;
    }
    tbc_cbor_put_map(out, n);
}

/* An item of a list: a struct without lists of its own. */
static void
put_item(struct tbc_buf *out, const struct tbc_wire_shape *shape, const void *msg)
{
    put_map_head(out, shape, msg);
    for (size_t i = 0; i < shape->n; i++) {
        if (is_sent(&shape->fields[i], msg)) {
            tbc_cbor_put_uint(out, shape->fields[i].key);
            put_flat(out, &shape->fields[i], msg);
        }
    }
}

static void
put_list(struct tbc_buf *out, const struct tbc_wire_field *f, const void *msg)
{
    size_t n = count_of(f, msg);

    tbc_cbor_put_array(out, n);
    for (size_t i = 0; i < n; i++) {
        put_item(out, f->item, at(msg, f->offset + i * f->item->size));
    }
}

static void
put_body(struct tbc_buf *out, const struct tbc_wire_shape *shape, const void *msg)
{
    if (msg == NULL) {
        tbc_cbor_put_map(out, 0);
        return;
    }
    put_map_head(out, shape, msg);
    for (size_t i = 0; i < shape->n; i++) {
        const struct tbc_wire_field *f = &shape->fields[i];

        if (!is_sent(f, msg)) {
            continue;
        }
        tbc_cbor_put_uint(out, f->key);
        if (f->type == TBC_WIRE_LIST) {
            put_list(out, f, msg);
        } else {
            put_flat(out, f, msg);
        }
    }
}

static void
read_count(struct tbc_cbor_in *r, const struct tbc_wire_field *f, int64_t *value)
{
    tbc_cbor_read_int(r, f->name, value);
    if (r->err == TBC_OK && *value < 0) {
        tbc_cbor_fail(r, TBC_ERR_RANGE, f->name);
    }
}

static void
read_spans(struct tbc_cbor_in *r, const struct tbc_wire_field *f, void *msg)
{
    struct tbc_span *to = at_mut(msg, f->offset);
    size_t n = 0;

    tbc_cbor_read_array(r, f->name, f->size, &n);
    for (size_t i = 0; i < n && r->err == TBC_OK; i++) {
        tbc_cbor_read_bytes(r, f->name, TBC_WIRE_FRAME_MAX, &to[i]);
    }
    *(size_t *)at_mut(msg, f->count) = n;
}

static void
read_flat(struct tbc_cbor_in *r, const struct tbc_wire_field *f, void *msg)
{
    void *v = at_mut(msg, f->offset);

    switch (f->type) {
    case TBC_WIRE_UINT:
        tbc_cbor_read_uint(r, f->name, v);
        break;
    case TBC_WIRE_COUNT:
        read_count(r, f, v);
        break;
    case TBC_WIRE_TIME:
        read_count(r, f, &((struct tbc_utc *)v)->s);
        break;
    case TBC_WIRE_BOOL:
        tbc_cbor_read_bool(r, f->name, v);
        break;
    case TBC_WIRE_TEXT:
        tbc_cbor_read_string(r, f->name, v, f->size);
        break;
    case TBC_WIRE_FIXED:
        tbc_cbor_read_fixed(r, f->name, v, f->size);
        break;
    case TBC_WIRE_BYTES:
        tbc_cbor_read_bytes(r, f->name, f->size, v);
        break;
    case TBC_WIRE_SPANS:
        read_spans(r, f, msg);
        break;
    case TBC_WIRE_LIST: /* read_body's */
        break;
    }
}

/* The field of the map's next key, or NULL at its end and on error.  *next walks the table, whose
 * keys rise as the map's do; what is stepped over must be optional. */
static const struct tbc_wire_field *
next_field(struct tbc_cbor_in *r, const struct tbc_wire_shape *shape,
           struct tbc_cbor_map *m, size_t *next)
{
    int64_t key = INT64_MAX;
    bool more = tbc_cbor_next_int(r, m, &key);

    if (r->err != TBC_OK) {
        return NULL;
    }
    while (*next < shape->n && (!more || shape->fields[*next].key != key)) {
        if (!shape->fields[*next].optional) {
            tbc_cbor_fail(r, TBC_ERR_MALFORMED, shape->fields[*next].name);
            return NULL;
        }
        (*next)++;
    }
    if (more && *next == shape->n) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "unknown field");
        return NULL;
    }
    return more ? &shape->fields[(*next)++] : NULL;
}

static void
read_item(struct tbc_cbor_in *r, const struct tbc_wire_shape *shape, void *msg)
{
    const struct tbc_wire_field *f;
    struct tbc_cbor_map m;
    size_t next = 0;

    tbc_cbor_read_map(r, shape->name, shape->n, &m);
    while ((f = next_field(r, shape, &m, &next)) != NULL) {
        read_flat(r, f, msg);
    }
}

static void
read_list(struct tbc_cbor_in *r, const struct tbc_wire_field *f, void *msg)
{
    size_t n = 0;

    tbc_cbor_read_array(r, f->name, f->size, &n);
    for (size_t i = 0; i < n && r->err == TBC_OK; i++) {
        read_item(r, f->item, at_mut(msg, f->offset + i * f->item->size));
    }
    *(size_t *)at_mut(msg, f->count) = n;
}

static enum tbc_err
finish(struct tbc_cbor_in *r, struct tbc_fault *fault)
{
    enum tbc_err err = tbc_cbor_close(r);

    if (err != TBC_OK && fault != NULL) {
        *fault = r->fault;
    }
    return err;
}

enum tbc_err
tbc_wire_read(const struct tbc_wire_shape *shape, struct tbc_span body, void *msg,
              struct tbc_fault *fault)
{
    const struct tbc_wire_field *f;
    struct tbc_cbor_in r;
    struct tbc_cbor_map m;
    size_t next = 0;
    enum tbc_err err;

    if (shape->size > 0) {
        memset(msg, 0, shape->size);
    }
    tbc_cbor_open(&r, body);
    tbc_cbor_read_map(&r, shape->name, shape->n, &m);
    while ((f = next_field(&r, shape, &m, &next)) != NULL) {
        if (f->type == TBC_WIRE_LIST) {
            read_list(&r, f, msg);
        } else {
            read_flat(&r, f, msg);
        }
    }
    err = finish(&r, fault);
    if (err != TBC_OK && shape->size > 0) {
        memset(msg, 0, shape->size);
    }
    return err;
}

enum tbc_err
tbc_wire_put(struct tbc_buf *out, const struct tbc_wire_shape *shape, const void *msg)
{
    size_t from = out->len;

    put_body(out, shape, msg);
    return tbc_buf_whole(out, from, TBC_OK);
}

enum tbc_err
tbc_wire_put_request(struct tbc_buf *out, const uint8_t id[static TBC_WIRE_ID_LEN],
                     enum tbc_op op, const void *msg)
{
    size_t from = out->len;

    tbc_cbor_put_array(out, REQUEST_ITEMS);
    tbc_cbor_put_uint(out, TBC_WIRE_VERSION);
    tbc_cbor_put_bytes(out, tbc_span_of(id, TBC_WIRE_ID_LEN));
    tbc_cbor_put_uint(out, op);
    put_body(out, tbc_wire_request_shape(op), msg);
    return tbc_buf_whole(out, from, TBC_OK);
}

enum tbc_err
tbc_wire_put_reply(struct tbc_buf *out, const struct tbc_request *to,
                   enum tbc_code code, const void *msg)
{
    size_t from = out->len;

    tbc_cbor_put_array(out, REPLY_ITEMS);
    tbc_cbor_put_uint(out, TBC_WIRE_VERSION);
    tbc_cbor_put_bytes(out, tbc_span_of(to->id, TBC_WIRE_ID_LEN));
    tbc_cbor_put_uint(out, to->op);
    tbc_cbor_put_uint(out, code);
    put_body(out,
             code == TBC_CODE_FINE ? tbc_wire_reply_shape(to->op)
                                   : &tbc_wire_problem_shape,
             msg);
    return tbc_buf_whole(out, from, TBC_OK);
}

/* [ version, then n - 1 items ]: every message of ours begins so. */
static void
read_version(struct tbc_cbor_in *r, size_t items)
{
    uint64_t version;
    size_t n;

    tbc_cbor_read_array(r, "envelope", REPLY_ITEMS, &n);
    if (r->err == TBC_OK && n != items) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "envelope");
    }
    tbc_cbor_read_uint(r, "version", &version);
    if (r->err == TBC_OK && version != TBC_WIRE_VERSION) {
        tbc_cbor_fail(r, TBC_ERR_UNSUPPORTED, "version");
    }
}

enum tbc_err
tbc_wire_open_request(struct tbc_span in, struct tbc_request *request,
                      struct tbc_fault *fault)
{
    struct tbc_cbor_in r;
    uint64_t op;
    enum tbc_err err;

    *request = (struct tbc_request){ 0 };
    tbc_cbor_open(&r, in);
    read_version(&r, REQUEST_ITEMS);
    tbc_cbor_read_fixed(&r, "id", request->id, TBC_WIRE_ID_LEN);
    tbc_cbor_read_uint(&r, "operation", &op);
    tbc_cbor_skip(&r, "body", &request->body);
    err = finish(&r, fault);
    request->op = op <= UINT8_MAX ? (enum tbc_op)op : 0;
    if (err == TBC_OK && !tbc_op_is_known(op)) {
        err = TBC_ERR_UNSUPPORTED;
        if (fault != NULL) {
            *fault = (struct tbc_fault){ .what = "operation" };
        }
    }
    return err;
}

enum tbc_err
tbc_wire_open_reply(struct tbc_span in, struct tbc_reply *reply,
                    struct tbc_fault *fault)
{
    struct tbc_cbor_in r;
    uint64_t op;
    uint64_t code;
    enum tbc_err err;

    *reply = (struct tbc_reply){ 0 };
    tbc_cbor_open(&r, in);
    read_version(&r, REPLY_ITEMS);
    tbc_cbor_read_fixed(&r, "id", reply->id, TBC_WIRE_ID_LEN);
    tbc_cbor_read_uint(&r, "operation", &op);
    tbc_cbor_read_uint(&r, "code", &code);
    if (r.err == TBC_OK && code >= COUNT(codes)) {
        tbc_cbor_fail(&r, TBC_ERR_UNSUPPORTED, "code");
    }
    tbc_cbor_skip(&r, "body", &reply->body);
    err = finish(&r, fault);
    reply->op = op <= UINT8_MAX ? (enum tbc_op)op : 0;
    reply->code = err == TBC_OK ? (enum tbc_code)code : TBC_CODE_TROUBLE;
    return err;
}

enum tbc_err
tbc_wire_put_notice(struct tbc_buf *out, const struct tbc_notice *notice)
{
    size_t from = out->len;

    tbc_cbor_put_array(out, NOTICE_ITEMS);
    tbc_cbor_put_uint(out, TBC_WIRE_VERSION);
    tbc_cbor_put_uint(out, notice->number);
    tbc_cbor_put_uint(out, notice->kind);
    tbc_cbor_put_bytes(out, notice->body);
    return tbc_buf_whole(out, from, TBC_OK);
}

enum tbc_err
tbc_wire_open_notice(struct tbc_span in, struct tbc_notice *notice,
                     struct tbc_fault *fault)
{
    struct tbc_cbor_in r;
    uint64_t kind;
    enum tbc_err err;

    *notice = (struct tbc_notice){ 0 };
    tbc_cbor_open(&r, in);
    read_version(&r, NOTICE_ITEMS);
    tbc_cbor_read_uint(&r, "number", &notice->number);
    tbc_cbor_read_uint(&r, "kind", &kind);
    if (r.err == TBC_OK && (kind < TBC_NOTICE_STATUS || kind > TBC_NOTICE_DELTA)) {
        tbc_cbor_fail(&r, TBC_ERR_UNSUPPORTED, "kind");
    }
    tbc_cbor_read_bytes(&r, "body", TBC_WIRE_REPLY_MAX, &notice->body);
    err = finish(&r, fault);
    if (err != TBC_OK) {
        *notice = (struct tbc_notice){ 0 };
        return err;
    }
    notice->kind = (enum tbc_notice_kind)kind;
    return TBC_OK;
}
