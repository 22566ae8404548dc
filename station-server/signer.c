#include "signer.h"

#include "sys/child.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START_MS       30000 /* a pass phrase's half second on a very busy machine */
#define SOON_MS        250 /* what a request waits for a signer that is just starting */
#define FILE_ANSWER_MS 3000
#define TOKEN_ANSWER_MS \
    10000 /* a card that was pulled, a network that is slow: its module waits for them */
#define BACK_OFF_MS     250
#define BACK_OFF_MAX_MS 30000
#define STEADY_MS       10000 /* one that worked that long is started again at once */
#define STOP_MS         500
#define CHUNK           65536

enum state {
    GONE,
    STARTING,
    READY,
};

struct station_signer {
    char *program;
    struct tbc_buf setup; /* framed, said to each that is started */
    struct tbc_child child;
    enum state state;
    struct tbc_mono started;
    struct tbc_mono again; /* GONE: not before that */
    unsigned failures;     /* in a row */
    unsigned deaths;
    uint64_t last_id;
    uint64_t received; /* certificates of this run */
    bool is_suspect;   /* said already that it signs what we did not ask for */
    bool is_missed;    /* it died, and is not back yet */
    struct signer_key keys[SIGNER_KEYS];
    struct signer_counts counts;
    struct tbc_buf in;
    struct tbc_buf out;
    struct signer_answer answer;
    char trouble[SIGNER_WHY_SIZE];
    char said[SIGNER_WHY_SIZE]; /* the newest failure that was logged */
    struct signer_result results[SIGNER_BATCH_MAX];
};

static struct tbc_mono
in_ms(int64_t ms)
{
    return (struct tbc_mono){ tbc_clock_mono().ms + ms };
}

static void
note(struct station_signer *s, const char *why)
{
    (void)snprintf(s->trouble, sizeof s->trouble, "%s", why);
}

/* Each failure once, until another happens or all is well again. */
static void
say(struct station_signer *s, const char *why)
{
    note(s, why);
    if (strcmp(s->said, why) != 0) {
        (void)snprintf(s->said, sizeof s->said, "%s", why);
        tbc_log(TBC_LOG_ERROR, "%s", why);
    }
}

/* Until the socket is ready; false when the time is over. */
static bool
wait_for(const struct station_signer *s, short events, struct tbc_mono end)
{
    struct pollfd p = { .fd = s->child.fd, .events = events };
    int64_t left = end.ms - tbc_clock_mono().ms;

    if (left <= 0) {
        return false;
    }
    (void)poll(&p, 1, left > 1000 ? 1000 : (int)left);
    return true;
}

static enum tbc_err
send_all(struct station_signer *s, const struct tbc_buf *bytes, struct tbc_mono end)
{
    size_t at = 0;

    for (;;) {
        if (!tbc_child_send(&s->child, tbc_buf_span(bytes), &at)) {
            return TBC_ERR_IO;
        }
        if (at == bytes->len) {
            return TBC_OK;
        }
        if (!wait_for(s, POLLOUT, end)) {
            return TBC_ERR_TIMEOUT;
        }
    }
}

/* One whole message and nothing behind it: ERR_BUSY when it is not there yet. */
static enum tbc_err
take_message(struct station_signer *s)
{
    size_t len;

    if (s->in.len < TBC_CHILD_HEAD) {
        return TBC_ERR_BUSY;
    }
    len = tbc_child_length(s->in.ptr);
    if (len > SIGNER_MESSAGE_MAX || s->in.len - TBC_CHILD_HEAD > len) {
        return TBC_ERR_MALFORMED;
    }
    if (s->in.len - TBC_CHILD_HEAD < len) {
        return TBC_ERR_BUSY;
    }
    s->answer.results = s->results;
    return signer_read_answer(tbc_span_of(s->in.ptr + TBC_CHILD_HEAD, len), &s->answer);
}

/* Into s->answer, which borrows from s->in.  An end that lies behind asks for what is there. */
static enum tbc_err
receive(struct station_signer *s, struct tbc_mono end)
{
    enum tbc_err err;

    for (;;) {
        bool in_time = wait_for(s, POLLIN, end);
        bool alive = tbc_child_receive(&s->child, &s->in, CHUNK);

        if ((err = take_message(s)) != TBC_ERR_BUSY) {
            return err;
        }
        if (!alive || !in_time) {
            return alive ? TBC_ERR_TIMEOUT : TBC_ERR_IO;
        }
    }
}

static enum tbc_err
launch(struct station_signer *s)
{
    char *const argv[] = { s->program, NULL };
    enum tbc_err err;

    s->started = tbc_clock_mono();
    s->received = 0;
    s->is_suspect = false;
    tbc_buf_clear(&s->in);
    /* A token's module may be told by the environment where its files are; the signer wipes what it
     * does not need. */
    if ((err = tbc_child_start(&s->child, argv, environ)) != TBC_OK) {
        s->state = GONE;
        return err;
    }
    s->state = STARTING;
    return send_all(s, &s->setup, in_ms(FILE_ANSWER_MS));
}

/* End it, and decide when the next is started. */
static int
bury(struct station_signer *s, int patience_ms)
{
    const bool was_steady =
        s->state == READY && tbc_clock_mono().ms - s->started.ms >= STEADY_MS;
    const int status = tbc_child_end(&s->child, patience_ms);
    int64_t wait = 0;

    s->deaths++;
    s->failures = was_steady ? 0 : s->failures + 1;
    if (s->failures > 1) {
        wait = BACK_OFF_MS << (s->failures > 8 ? 8 : s->failures - 2);
        wait = wait > BACK_OFF_MAX_MS ? BACK_OFF_MAX_MS : wait;
    }
    s->state = GONE;
    s->again = in_ms(wait);
    s->is_missed = true;
    return status;
}

static void
fail_to_start(struct station_signer *s, enum tbc_err err)
{
    char why[SIGNER_WHY_SIZE];

    (void)snprintf(why, sizeof why, "%s: %s", s->program,
                   s->child.pid < 0         ? tbc_err_text(err)
                   : err == TBC_ERR_IO      ? "it died before it was ready"
                   : err == TBC_ERR_TIMEOUT ? "it did not get ready"
                                            : "it speaks nonsense");
    (void)bury(s, 0);
    say(s, why);
}

/* It died (err is ERR_IO), hangs (ERR_TIMEOUT) or speaks nonsense.  The next one starts at once
 * when this one had worked. */
static void
lose(struct station_signer *s, enum tbc_err err)
{
    char status[TBC_CHILD_STATUS_SIZE];
    enum tbc_err next;

    tbc_child_status_text(bury(s, err == TBC_ERR_IO ? STOP_MS : 0), status);
    tbc_log(TBC_LOG_ERROR, "tbc-signer %s (%s); it is started again",
            err == TBC_ERR_IO        ? "died"
            : err == TBC_ERR_TIMEOUT ? "did not answer"
                                     : "spoke nonsense",
            status);
    note(s, "the signer is being started again");
    if (s->failures <= 1 && (next = launch(s)) != TBC_OK) {
        fail_to_start(s, next);
    }
}

/* The answer to the setup. */
static void
take_ready(struct station_signer *s)
{
    memcpy(s->keys, s->answer.keys, sizeof s->keys);
    s->counts = s->answer.counts;
    s->state = READY;
    s->trouble[0] = '\0';
    s->said[0] = '\0';
    if (s->is_missed) {
        s->is_missed = false;
        tbc_log(TBC_LOG_INFO, "tbc-signer is back");
    }
}

/* Go on with a start until end; TBC_OK when it is ready, ERR_BUSY when not yet. */
static enum tbc_err
await(struct station_signer *s, struct tbc_mono end)
{
    enum tbc_err err = receive(s, end);

    if (err == TBC_ERR_TIMEOUT && tbc_clock_mono().ms - s->started.ms < START_MS) {
        return TBC_ERR_BUSY;
    }
    if (err == TBC_OK && s->answer.err == TBC_OK) {
        take_ready(s);
        return TBC_OK;
    }
    if (err == TBC_OK) {
        char why[SIGNER_WHY_SIZE];

        (void)snprintf(why, sizeof why, "%s",
                       s->answer.why[0] == '\0' ? tbc_err_text(s->answer.err)
                                                : s->answer.why);
        err = s->answer.err;
        (void)bury(s, STOP_MS);
        say(s, why);
    } else {
        fail_to_start(s, err);
    }
    return err;
}

enum tbc_err
station_signer_start(struct station_signer **signer, const struct signer_setup *setup)
{
    struct station_signer *s = calloc(1, sizeof *s);
    enum tbc_err err;

    *signer = NULL;
    if (s == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    s->child = TBC_CHILD_NONE;
    s->program = tbc_child_beside("tbc-signer");
    signer_put_setup(&s->setup, setup);
    if (s->program == NULL || tbc_buf_status(&s->setup) != TBC_OK) {
        err = TBC_ERR_NO_MEMORY;
    } else if ((err = launch(s)) != TBC_OK) {
        fail_to_start(s, err);
    } else {
        err = await(s, in_ms(START_MS));
    }
    if (err != TBC_OK) {
        station_signer_stop(&s);
        return err;
    }
    *signer = s;
    return TBC_OK;
}

void
station_signer_stop(struct station_signer **signer)
{
    struct station_signer *s = *signer;

    *signer = NULL;
    if (s == NULL) {
        return;
    }
    (void)tbc_child_end(&s->child, STOP_MS);
    tbc_buf_fini(&s->setup);
    tbc_buf_fini(&s->in);
    tbc_buf_fini(&s->out);
    free(s->program);
    free(s);
}

/* Nobody but us can ask it; if it signed more than we took, somebody did all the same. */
static void
compare(struct station_signer *s)
{
    if (s->counts.run != s->received && !s->is_suspect) {
        s->is_suspect = true;
        tbc_log(TBC_LOG_ERROR,
                "tbc-signer has signed %" PRIu64 " certificates since its start, the "
                "station took %" PRIu64 ": stop the station and find out who asked",
                s->counts.run, s->received);
    }
}

/* One ask and its answer, in s->answer. */
static enum tbc_err
exchange(struct station_signer *s, struct signer_ask *ask, int64_t patience_ms)
{
    const struct tbc_mono end = in_ms(patience_ms);
    enum tbc_err err;

    ask->id = ++s->last_id;
    tbc_buf_clear(&s->in);
    tbc_buf_clear(&s->out);
    signer_put_ask(&s->out, ask);
    if ((err = tbc_buf_status(&s->out)) != TBC_OK) {
        return err;
    }
    if ((err = send_all(s, &s->out, end)) == TBC_OK &&
        (err = receive(s, end)) == TBC_OK &&
        (s->answer.id != ask->id || s->answer.n != ask->n)) {
        err = TBC_ERR_MALFORMED;
    }
    if (err != TBC_OK) {
        lose(s, err);
        return TBC_ERR_BUSY;
    }
    s->counts = s->answer.counts;
    return TBC_OK;
}

/* Ready, or soon. */
static enum tbc_err
reach(struct station_signer *s)
{
    if (s->state == STARTING) {
        (void)await(s, (struct tbc_mono){ s->started.ms + SOON_MS });
    }
    return s->state == READY ? TBC_OK : TBC_ERR_BUSY;
}

void
station_signer_tend(struct station_signer *signer)
{
    struct signer_ask ask = { .typ = TBC_TYP_N };
    enum tbc_err err;

    if (signer->state == GONE && tbc_clock_mono().ms >= signer->again.ms &&
        (err = launch(signer)) != TBC_OK) {
        fail_to_start(signer, err);
    }
    if (signer->state == STARTING) {
        (void)await(signer, (struct tbc_mono){ 0 });
    } else if (signer->state == READY &&
               exchange(signer, &ask, FILE_ANSWER_MS) == TBC_OK) {
        compare(signer);
    }
}

const struct signer_key *
station_signer_key(const struct station_signer *signer, size_t place)
{
    return signer->keys[place].is_there ? &signer->keys[place] : NULL;
}

/* What became of one payload: said when it was not signed. */
static void
note_result(struct station_signer *s, enum tbc_typ typ, const struct signer_result *r)
{
    char why[SIGNER_WHY_SIZE + 32];

    if (r->err == TBC_OK) {
        s->received += typ == TBC_TYP_CERTIFICATE;
        s->trouble[0] = '\0';
        return;
    }
    (void)snprintf(why, sizeof why, "tbc-signer, %s: %s", tbc_typ_text(typ), r->why);
    why[SIGNER_WHY_SIZE - 1] = '\0';
    say(s, why);
}

enum tbc_err
station_signer_sign_all(struct station_signer *signer, const struct signer_key *key,
                        enum tbc_typ typ, const struct tbc_span *payloads, size_t n,
                        const struct signer_result **results)
{
    struct signer_ask ask = { .typ = typ, .payloads = payloads, .n = n };
    enum tbc_err err;

    *results = signer->results;
    memcpy(ask.kid, key->kid, sizeof ask.kid);
    if ((err = reach(signer)) != TBC_OK ||
        (err = exchange(signer, &ask,
                        key->token[0] == '\0' ? FILE_ANSWER_MS : TOKEN_ANSWER_MS)) !=
            TBC_OK) {
        return err;
    }
    for (size_t i = 0; i < n; i++) {
        note_result(signer, typ, &signer->results[i]);
    }
    return TBC_OK;
}

enum tbc_err
station_signer_sign(struct station_signer *signer, const struct signer_key *key,
                    enum tbc_typ typ, struct tbc_span payload, struct tbc_buf *out)
{
    const struct signer_result *r;
    enum tbc_err err = station_signer_sign_all(signer, key, typ, &payload, 1, &r);

    if (err == TBC_OK) {
        err = r->err;
    }
    return err == TBC_OK ? tbc_buf_append_span(out, r->message) : err;
}

size_t
station_signer_most(const struct signer_key *key)
{
    return key->token[0] == '\0' ? SIGNER_BATCH_MAX : 1;
}

const char *
station_signer_trouble(const struct station_signer *signer)
{
    return signer->trouble;
}

struct signer_counts
station_signer_counts(const struct station_signer *signer)
{
    return signer->counts;
}

pid_t
station_signer_pid(const struct station_signer *signer)
{
    return signer->child.pid;
}

unsigned
station_signer_deaths(const struct station_signer *signer)
{
    return signer->deaths;
}
