#include "face/examiner.h"

#include "face/examine.h"
#include "sys/child.h"
#include "sys/clock.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_MAX  (64u << 20)
#define ANSWER_MAX (64u << 10)
#define START_TIMEOUT \
    30000 /* ms; loading takes a tenth of a second, a busy machine more */

struct tbc_examiner {
    char *program;
    char *models;
    char *manifest; /* NULL: models/manifest */
    struct tbc_child child;
    bool is_ready; /* it has said so; one that dies before is not replaced at once */
    struct tbc_buf out;
    size_t out_at; /* of out, what is written */
    struct tbc_buf in;
    uint64_t last_id;
    uint64_t pending[TBC_EXAMINER_PENDING_MAX];
    size_t pending_n;
    size_t lost_n; /* the first lost_n of pending will get no answer but ERR_IO */
    unsigned deaths;
    enum tbc_err failure; /* why the last examiner did not get ready */
    char why[TBC_EXAMINE_WHY_SIZE];
};

static enum tbc_err
fail_with(struct tbc_examiner *e, enum tbc_err err, const char *why)
{
    (void)snprintf(e->why, sizeof e->why, "%s", why);
    e->failure = err;
    return err;
}

static enum tbc_err
launch(struct tbc_examiner *e)
{
    char *const argv[] = { e->program, e->models, e->manifest, NULL };
    enum tbc_err err = tbc_child_start(&e->child, argv, NULL);

    if (err != TBC_OK) {
        return fail_with(e, err,
                         err == TBC_ERR_NOT_FOUND
                             ? "the program tbc-examiner is not beside this one"
                             : "the program tbc-examiner could not be started");
    }
    e->is_ready = false;
    e->failure = TBC_OK;
    return TBC_OK;
}

/* End the process, whatever it does, and mark what it was asked as lost. */
static void
bury(struct tbc_examiner *e)
{
    (void)tbc_child_end(&e->child, 0);
    tbc_buf_clear(&e->out);
    tbc_buf_clear(&e->in);
    e->out_at = 0;
    e->lost_n = e->pending_n;
}

/* It died or spoke nonsense.  One that had worked is replaced at once; another is tried by the
 * next request, so that a broken installation does not spin. */
static void
replace(struct tbc_examiner *e)
{
    bool worked = e->is_ready;

    bury(e);
    e->deaths++;
    e->is_ready = false;
    if (worked) {
        (void)launch(e); /* e->failure keeps the reason; the next send tries again */
    }
}

static bool
flush(struct tbc_examiner *e)
{
    if (!tbc_child_send(&e->child, tbc_buf_span(&e->out), &e->out_at)) {
        return false;
    }
    if (e->out_at == e->out.len) {
        tbc_buf_clear(&e->out);
        e->out_at = 0;
    }
    return true;
}

/* Read what is there: a whole answer fits.  False when the other side is gone. */
static bool
fill(struct tbc_examiner *e)
{
    return tbc_child_receive(&e->child, &e->in, ANSWER_MAX);
}

static void
drop_front(struct tbc_buf *b, size_t n)
{
    memmove(b->ptr, b->ptr + n, b->len - n);
    tbc_wipe(b->ptr + b->len - n, n);
    b->len -= n;
}

static bool
forget_pending(struct tbc_examiner *e, uint64_t id)
{
    for (size_t i = 0; i < e->pending_n; i++) {
        if (e->pending[i] == id) {
            memmove(&e->pending[i], &e->pending[i + 1],
                    (e->pending_n - i - 1) * sizeof *e->pending);
            e->pending_n--;
            return true;
        }
    }
    return false;
}

/* The first whole message, if there is one: ERR_BUSY when not, ERR_MALFORMED for nonsense. */
static enum tbc_err
take_message(struct tbc_examiner *e, struct tbc_examiner_answer *answer)
{
    size_t len;
    enum tbc_err err;

    if (e->in.len < TBC_CHILD_HEAD) {
        return TBC_ERR_BUSY;
    }
    len = tbc_child_length(e->in.ptr);
    if (len > ANSWER_MAX) {
        return TBC_ERR_MALFORMED;
    }
    if (e->in.len - TBC_CHILD_HEAD < len) {
        return TBC_ERR_BUSY;
    }
    err = tbc_examine_read_answer(tbc_span_of(e->in.ptr + TBC_CHILD_HEAD, len), answer,
                                  e->why);
    drop_front(&e->in, TBC_CHILD_HEAD + len);
    return err;
}

static enum tbc_err
take_answer(struct tbc_examiner *e, struct tbc_examiner_answer *answer)
{
    enum tbc_err err;

    while ((err = take_message(e, answer)) == TBC_OK) {
        if (answer->id != 0) {
            return forget_pending(e, answer->id) ? TBC_OK : TBC_ERR_MALFORMED;
        }
        e->failure = answer->err;
        e->is_ready = answer->err == TBC_OK;
    }
    return err;
}

enum tbc_err
tbc_examiner_recv(struct tbc_examiner *examiner, struct tbc_examiner_answer *answer)
{
    enum tbc_err err = TBC_ERR_BUSY;

    memset(answer, 0, sizeof *answer);
    if (examiner->lost_n == 0 && examiner->child.fd >= 0) {
        bool alive = flush(examiner) && fill(examiner);

        err = take_answer(examiner, answer);
        if (err == TBC_OK) {
            return TBC_OK;
        }
        if (!alive || err != TBC_ERR_BUSY) {
            replace(examiner);
            memset(answer, 0, sizeof *answer);
            err = TBC_ERR_BUSY;
        }
    }
    if (examiner->lost_n > 0) {
        answer->id = examiner->pending[0];
        answer->err = TBC_ERR_IO;
        examiner->lost_n--;
        (void)forget_pending(examiner, answer->id);
        err = TBC_OK;
    }
    return err;
}

static enum tbc_err
check_request(const struct tbc_examiner *e, const struct tbc_examiner_request *r)
{
    size_t total = 0;

    if (r->frame_n == 0 || (r->kind == TBC_EXAMINER_TEMPLATE && r->frame_n != 1) ||
        (r->kind == TBC_EXAMINER_COMPARE &&
         r->reference.len != TBC_FACE_TEMPLATE_BYTES)) {
        return TBC_ERR_RANGE;
    }
    if (r->frame_n > TBC_EXAMINER_FRAMES_MAX) {
        return TBC_ERR_LIMIT;
    }
    for (size_t i = 0; i < r->frame_n; i++) {
        if (r->frames[i].len > TBC_EXAMINER_MESSAGE_MAX - total) {
            return TBC_ERR_LIMIT;
        }
        total += r->frames[i].len;
    }
    if (e->pending_n == TBC_EXAMINER_PENDING_MAX ||
        e->out.len - e->out_at + total > QUEUE_MAX) {
        return TBC_ERR_BUSY;
    }
    return TBC_OK;
}

enum tbc_err
tbc_examiner_send(struct tbc_examiner *examiner,
                  const struct tbc_examiner_request *request, uint64_t *id)
{
    size_t before = examiner->out.len;
    enum tbc_err err;

    *id = 0;
    if ((err = check_request(examiner, request)) != TBC_OK) {
        return err;
    }
    if (examiner->child.fd < 0 && launch(examiner) != TBC_OK) {
        return TBC_ERR_IO;
    }
    tbc_examine_put_request(&examiner->out, examiner->last_id + 1, request);
    if (tbc_buf_status(&examiner->out) != TBC_OK) {
        examiner->out.len = before;
        examiner->out.err = TBC_OK;
        return TBC_ERR_NO_MEMORY;
    }
    *id = ++examiner->last_id;
    examiner->pending[examiner->pending_n++] = *id;
    (void)flush(
        examiner); /* a dead examiner is noticed by recv, which answers for it */
    return TBC_OK;
}

/* Until the fd is ready or the deadline has passed; then false. */
static bool
wait_for(const struct tbc_examiner *e, int64_t deadline)
{
    struct pollfd p = { .fd = e->child.fd, .events = tbc_examiner_events(e) };
    int64_t left = deadline - tbc_clock_mono().ms;

    if (left <= 0) {
        return false;
    }
    (void)poll(&p, 1,
               left > 1000 ? 1000 : (int)left); /* an interrupted wait is a short one */
    return true;
}

enum tbc_err
tbc_examiner_ask(struct tbc_examiner *examiner,
                 const struct tbc_examiner_request *request, int timeout_ms,
                 struct tbc_examiner_answer *answer)
{
    int64_t deadline = tbc_clock_mono().ms + timeout_ms;
    uint64_t id;
    enum tbc_err err = tbc_examiner_send(examiner, request, &id);

    memset(answer, 0, sizeof *answer);
    if (err != TBC_OK) {
        return err;
    }
    for (;;) {
        err = tbc_examiner_recv(examiner, answer);
        if (err == TBC_OK && answer->id == id) {
            return TBC_OK;
        }
        if (err != TBC_OK && !wait_for(examiner, deadline)) {
            return TBC_ERR_TIMEOUT;
        }
    }
}

/* The first message of a new examiner says whether its models are good. */
static enum tbc_err
await_ready(struct tbc_examiner *e)
{
    int64_t deadline = tbc_clock_mono().ms + START_TIMEOUT;
    struct tbc_examiner_answer unused;

    while (!e->is_ready && e->failure == TBC_OK) {
        bool alive = fill(e);
        enum tbc_err err = take_answer(e, &unused);

        if (e->is_ready || e->failure != TBC_OK) {
            break;
        }
        if (err != TBC_ERR_BUSY || !alive) {
            return fail_with(e, TBC_ERR_IO, "tbc-examiner ended before it was ready");
        }
        if (!wait_for(e, deadline)) {
            return fail_with(e, TBC_ERR_TIMEOUT, "tbc-examiner did not get ready");
        }
    }
    return e->failure;
}

static enum tbc_err
prepare(struct tbc_examiner *e, const char *program, const char *models,
        const char *manifest)
{
    e->child = TBC_CHILD_NONE;
    e->program = program != NULL ? strdup(program) : tbc_child_beside("tbc-examiner");
    e->models = strdup(models);
    e->manifest = manifest != NULL ? strdup(manifest) : NULL;
    if (e->program == NULL || e->models == NULL ||
        (manifest != NULL && e->manifest == NULL)) {
        return TBC_ERR_NO_MEMORY;
    }
    return TBC_OK;
}

enum tbc_err
tbc_examiner_start(struct tbc_examiner **examiner, const char *program,
                   const char *models, const char *manifest, const char **why)
{
    static _Thread_local char
        sentence[TBC_EXAMINE_WHY_SIZE]; /* outlives a failed start */
    struct tbc_examiner *e = calloc(1, sizeof *e);
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    *examiner = NULL;
    if (e != NULL && (err = prepare(e, program, models, manifest)) == TBC_OK &&
        (err = launch(e)) == TBC_OK) {
        err = await_ready(e);
    }
    (void)snprintf(sentence, sizeof sentence, "%s",
                   e != NULL && e->why[0] != '\0' ? e->why : tbc_err_text(err));
    if (why != NULL) {
        *why = err == TBC_OK ? NULL : sentence;
    }
    if (err != TBC_OK) {
        tbc_examiner_stop(&e);
        return err;
    }
    *examiner = e;
    return TBC_OK;
}

void
tbc_examiner_stop(struct tbc_examiner **examiner)
{
    struct tbc_examiner *e = *examiner;

    if (e == NULL) {
        return;
    }
    bury(e);
    tbc_buf_fini(&e->out);
    tbc_buf_fini(&e->in);
    free(e->program);
    free(e->models);
    free(e->manifest);
    free(e);
    *examiner = NULL;
}

int
tbc_examiner_fd(const struct tbc_examiner *examiner)
{
    return examiner->child.fd;
}

short
tbc_examiner_events(const struct tbc_examiner *examiner)
{
    return examiner->out_at < examiner->out.len ? POLLIN | POLLOUT : POLLIN;
}

pid_t
tbc_examiner_pid(const struct tbc_examiner *examiner)
{
    return examiner->child.pid;
}

unsigned
tbc_examiner_deaths(const struct tbc_examiner *examiner)
{
    return examiner->deaths;
}
