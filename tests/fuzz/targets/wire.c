/* Messages of the bus, all three envelopes and every operation's body.  What is read is written again
 * to the same bytes; but a body may say an optional field that is empty, which we leave out: then
 * what was written is shorter, and stays as it is. */
#include "codec/wire.h"

#include "fuzz.h"

#include <stdlib.h>

/* Writes an envelope with the body that was read; replies and requests do it differently. */
typedef enum tbc_err (*put_fn)(struct tbc_buf *out, const void *envelope,
                               const void *msg);

static enum tbc_err
put_request(struct tbc_buf *out, const void *envelope, const void *msg)
{
    const struct tbc_request *request = envelope;

    return tbc_wire_put_request(out, request->id, request->op, msg);
}

static enum tbc_err
put_reply(struct tbc_buf *out, const void *envelope, const void *msg)
{
    const struct tbc_reply *reply = envelope;
    struct tbc_request to = { .op = reply->op };

    for (size_t i = 0; i < sizeof to.id; i++) {
        to.id[i] = reply->id[i];
    }
    return tbc_wire_put_reply(out, &to, reply->code, msg);
}

/* Read the body, write the message again; false when the body is none of the shape. */
static bool
copy(const struct tbc_wire_shape *shape, struct tbc_span body, const void *envelope,
     put_fn put, struct tbc_buf *out)
{
    struct tbc_fault fault = { 0 };
    void *msg = calloc(1, shape->size + 1);
    bool good = false;

    if (msg != NULL) {
        enum tbc_err err = tbc_wire_read(shape, body, msg, &fault);

        FUZZ_HOLDS(fuzz_is_told(err, &fault, body));
        good = err == TBC_OK;
        FUZZ_HOLDS(!good || put(out, envelope, msg) == TBC_OK);
    }
    free(msg);
    return good;
}

static void
check_copy(const struct tbc_buf *once, struct tbc_span in)
{
    FUZZ_HOLDS(once->len <= in.len);
    FUZZ_HOLDS(once->len < in.len || fuzz_equal(once, in));
}

static void
check_request(struct tbc_span in)
{
    struct tbc_buf once = { 0 };
    struct tbc_buf twice = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_request request;
    enum tbc_err err = tbc_wire_open_request(in, &request, &fault);

    FUZZ_HOLDS(fuzz_is_told(err, &fault, in));
    if (err == TBC_OK && copy(tbc_wire_request_shape(request.op), request.body,
                              &request, put_request, &once)) {
        check_copy(&once, in);
        FUZZ_HOLDS(tbc_wire_open_request(tbc_buf_span(&once), &request, NULL) ==
                   TBC_OK);
        FUZZ_HOLDS(copy(tbc_wire_request_shape(request.op), request.body, &request,
                        put_request, &twice));
        FUZZ_HOLDS(fuzz_equal(&twice, tbc_buf_span(&once)));
    }
    tbc_buf_fini(&once);
    tbc_buf_fini(&twice);
}

static const struct tbc_wire_shape *
reply_shape(const struct tbc_reply *reply)
{
    return reply->code == TBC_CODE_FINE ? tbc_wire_reply_shape(reply->op)
                                        : &tbc_wire_problem_shape;
}

static void
check_reply(struct tbc_span in)
{
    struct tbc_buf once = { 0 };
    struct tbc_buf twice = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_reply reply;
    enum tbc_err err = tbc_wire_open_reply(in, &reply, &fault);

    FUZZ_HOLDS(fuzz_is_told(err, &fault, in));
    if (err == TBC_OK && tbc_op_is_known(reply.op) &&
        copy(reply_shape(&reply), reply.body, &reply, put_reply, &once)) {
        check_copy(&once, in);
        FUZZ_HOLDS(tbc_wire_open_reply(tbc_buf_span(&once), &reply, NULL) == TBC_OK);
        FUZZ_HOLDS(copy(reply_shape(&reply), reply.body, &reply, put_reply, &twice));
        FUZZ_HOLDS(fuzz_equal(&twice, tbc_buf_span(&once)));
    }
    tbc_buf_fini(&once);
    tbc_buf_fini(&twice);
}

static void
check_notice(struct tbc_span in)
{
    struct tbc_buf again = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_notice notice;
    enum tbc_err err = tbc_wire_open_notice(in, &notice, &fault);

    FUZZ_HOLDS(fuzz_is_told(err, &fault, in));
    FUZZ_HOLDS(err != TBC_OK || (tbc_wire_put_notice(&again, &notice) == TBC_OK &&
                                 fuzz_equal(&again, in)));
    tbc_buf_fini(&again);
}

/* A list of peers is a body alone. */
static enum tbc_err
put_peers(struct tbc_buf *out, const void *envelope, const void *msg)
{
    (void)envelope;
    return tbc_wire_put(out, &tbc_wire_peers_shape, msg);
}

static void
check_peers(struct tbc_span in)
{
    struct tbc_buf once = { 0 };

    if (copy(&tbc_wire_peers_shape, in, NULL, put_peers, &once)) {
        check_copy(&once, in);
    }
    tbc_buf_fini(&once);
}

void
fuzz_target(struct tbc_span in)
{
    check_request(in);
    check_reply(in);
    check_notice(in);
    check_peers(in);
}
