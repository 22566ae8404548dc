/* APPLY: who stands there, are they who they say, which trains are theirs. */
#include "face/code.h"
#include "station.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdio.h>
#include <string.h>

/* A retry of an answered APPLY finds its reply for this long. */
#define REMEMBER_S 300

static bool
is_language(const char *s)
{
    size_t n = strlen(s);

    return n == 0 ||
           ((n == 2 || n == 3) && strspn(s, "abcdefghijklmnopqrstuvwxyz") == n);
}

/* Failures older than that are forgotten. */
static struct tbc_utc
lately(struct tbc_utc now)
{
    return (struct tbc_utc){ now.s - STATION_FAILURE_S };
}

static void
forget_apply(struct station_apply *a)
{
    tbc_buf_fini(&a->reply);
    tbc_wipe(a, sizeof *a);
}

/* A free slot, or the oldest that has been answered. */
static struct station_apply *
slot_for_apply(struct station *st)
{
    struct station_apply *best = NULL;

    for (size_t i = 0; i < STATION_APPLIES_MAX; i++) {
        struct station_apply *a = &st->applies[i];

        if (a->exam == 0 && (best == NULL || a->until.s < best->until.s)) {
            best = a;
        }
    }
    if (best != NULL) {
        forget_apply(best);
    }
    return best;
}

/* The same request again: its reply again, or wait for it together. */
static bool
answer_again(struct station *st, struct station_call *call, enum tbc_code *code)
{
    for (size_t i = 0; i < STATION_APPLIES_MAX; i++) {
        struct station_apply *a = &st->applies[i];

        if (a->until.s == 0 ||
            memcmp(a->request, call->request->id, sizeof a->request) != 0) {
            continue;
        }
        if (memcmp(a->digest, call->digest, sizeof a->digest) != 0) {
            *code = station_refuse(call, TBC_CODE_CONFLICT, "id");
            return true;
        }
        a->peer = *call->peer;
        call->later = true;
        *code = TBC_CODE_FINE;
        if (a->exam == 0 &&
            station_answer(st, call->peer, tbc_buf_span(&a->reply)) != TBC_OK) {
            call->later = false;
            *code = station_refuse(call, TBC_CODE_BUSY, "queue");
        }
        return true;
    }
    return false;
}

static enum tbc_code
check_form(struct station_call *call, const struct tbc_apply *in, struct tbc_doc *doc)
{
    enum tbc_doc_fault fault;
    size_t at = 0;

    if (in->kind >= TBC_DOC_N) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "kind");
    }
    if (in->assurance != TBC_ASSURANCE_PASSIVE &&
        in->assurance != TBC_ASSURANCE_ACTIVE) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "assurance");
    }
    if (!is_language(in->language)) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "language");
    }
    if (in->frames_n == 0) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "frames");
    }
    fault = tbc_doc_judge((enum tbc_doc_kind)in->kind, tbc_span_str(in->number),
                          tbc_utc_day(call->now), doc, &at);
    if (fault != TBC_DOC_FINE) {
        call->problem.offset = at;
        return station_refuse(call, TBC_CODE_BAD_REQUEST, tbc_doc_fault_text(fault));
    }
    return TBC_CODE_FINE;
}

/* What can be said before a picture is looked at. */
static enum tbc_code
check_person(struct station *st, struct station_call *call, const struct tbc_doc *doc,
             const struct station_claimed *who)
{
    const uint8_t *blind = who->blind;
    enum station_issue issue;
    uint64_t used;
    uint64_t left;
    enum tbc_err err;

    if (!who->is.person.has_face && !who->is.is_compared && !st->without_face) {
        return station_refuse(call, TBC_CODE_NOT_FOUND, "no reference of the face");
    }
    if (station_wants_guardian(&st->conf.policy,
                               tbc_doc_age(doc, tbc_utc_day(call->now)),
                               st->in.apply.guardian)) {
        return station_refuse(call, TBC_CODE_GUARDIAN, "guardian");
    }
    if ((err = station_face_tries(st, blind, call->now, &left)) != TBC_OK) {
        return station_trouble(call, err);
    }
    if (left == 0) {
        return station_refuse(call, TBC_CODE_FACE_REFUSED, "too many tries");
    }
    if ((err = station_standing(st, blind, call->now, &issue, &used)) != TBC_OK) {
        return station_trouble(call, err);
    }
    if (issue == STATION_ISSUE_QUOTA) {
        return station_refuse(call, TBC_CODE_QUOTA, "quota");
    }
    return st->examiner == NULL && !st->without_face
               ? station_refuse(call, TBC_CODE_TROUBLE, "no face models")
               : TBC_CODE_FINE;
}

/* What an authority has compared is looked at for its quality alone. */
static enum tbc_code
send_pictures(struct station *st, struct station_call *call,
              const struct station_identity *is, uint64_t *exam)
{
    struct tbc_examiner_request ask = {
        .kind = TBC_EXAMINER_COMPARE,
        .frame_n = st->in.apply.frames_n,
        .reference = tbc_span_of(is->person.face, sizeof is->person.face),
    };
    enum tbc_err err;

    if (is->is_compared) {
        ask.kind = TBC_EXAMINER_TEMPLATE;
        ask.frame_n = 1;
        ask.reference = (struct tbc_span){ 0 };
    }

    for (size_t i = 0; i < ask.frame_n; i++) {
        ask.frames[i] = st->in.apply.frames[i];
    }
    err = tbc_examiner_send(st->examiner, &ask, exam);
    if (err == TBC_ERR_BUSY) {
        call->problem.wait_ms = STATION_WAIT_MS;
        return station_refuse(call, TBC_CODE_BUSY, "faces");
    }
    if (err == TBC_ERR_LIMIT || err == TBC_ERR_RANGE) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "frames");
    }
    return err == TBC_OK ? TBC_CODE_FINE : station_trouble(call, err);
}

/* Recognised: names masked, trips, handle. */
static enum tbc_err
fill_reply(struct station *st, const struct station_apply *a, struct tbc_utc now)
{
    struct tbc_apply_reply *out = &st->reply.apply;
    enum station_issue issue;
    uint64_t used;
    struct tbc_utc from;
    struct tbc_utc to;
    enum tbc_err err;

    memcpy(out->name, a->name, sizeof out->name);
    memcpy(out->latin, a->latin, sizeof out->latin);
    memcpy(out->number, a->number, sizeof out->number);
    station_trip_window(now, &from, &to);
    if ((err = tbc_store_trips(st->store, a->blind, from, to, out->trips,
                               &out->trips_n)) != TBC_OK ||
        (err = station_standing(st, a->blind, now, &issue, &used)) != TBC_OK) {
        return err;
    }
    out->quota_left = station_quota_left(&st->conf.policy, issue, used);
    return station_handle_open(st, a, out, now);
}

static enum tbc_code
accept_face(struct station *st, struct station_call *call,
            const struct station_apply *a, int64_t permille)
{
    enum tbc_err err;

    memset(&st->reply, 0, sizeof st->reply);
    st->reply.apply.score = (uint64_t)permille;
    err = fill_reply(st, a, call->now);
    return err == TBC_OK ? TBC_CODE_FINE : station_trouble(call, err);
}

/* The face for gates with a camera: of the reference, which the pictures are compared with. */
static void
encode_face(const struct station *st, const struct tbc_store_person *person,
            struct station_apply *a)
{
    struct tbc_face_template t;

    a->has_face =
        st->conf.policy.gate_face_permille > 0 && st->in.apply.gate_face &&
        person->has_face &&
        tbc_face_template_read(tbc_span_of(person->face, sizeof person->face), &t);
    if (a->has_face) {
        tbc_face_code(&t, a->face);
    }
    tbc_wipe(&t, sizeof t);
}

/* What ISSUE will want to know of the call, kept while the pictures are examined. */
static void
fill_apply(const struct station *st, const struct station_call *call,
           const struct tbc_doc *doc, const struct station_claimed *who,
           struct station_apply *a)
{
    *a = (struct station_apply){
        .peer = *call->peer,
        .until = { call->now.s + REMEMBER_S },
        .doc = *doc,
        .assurance = (enum tbc_assurance)st->in.apply.assurance,
    };
    memcpy(a->request, call->request->id, sizeof a->request);
    memcpy(a->digest, call->digest, sizeof a->digest);
    memcpy(a->device, call->device->key, sizeof a->device);
    memcpy(a->blind, who->blind, sizeof a->blind);
    a->is_compared = who->is.is_compared;
    a->permille = who->is.permille;
    tbc_name_mask(who->is.person.name, a->name);
    if (who->is.person.latin[0] != '\0') {
        tbc_name_mask(who->is.person.latin, a->latin);
    }
    tbc_number_mask(who->is.person.number, a->number);
    memcpy(a->language, st->in.apply.language, sizeof a->language);
    encode_face(st, &who->is.person, a);
}

/* A benchmark build alone comes here: the face step left out, all else as ever. */
static enum tbc_code
believe_number(struct station *st, struct station_call *call, const struct tbc_doc *doc,
               const struct station_claimed *who)
{
    struct station_apply a;
    enum tbc_code code;

    fill_apply(st, call, doc, who, &a);
    code = accept_face(st, call, &a, 0);
    forget_apply(&a);
    return code;
}

static enum tbc_code
begin_apply(struct station *st, struct station_call *call, const struct tbc_doc *doc,
            const struct station_claimed *who)
{
    struct station_apply *a;
    uint64_t exam;
    enum tbc_code code = check_person(st, call, doc, who);

    if (code != TBC_CODE_FINE) {
        return code;
    }
    if (st->without_face) {
        return believe_number(st, call, doc, who);
    }
    if ((a = slot_for_apply(st)) == NULL) {
        call->problem.wait_ms = STATION_WAIT_MS;
        return station_refuse(call, TBC_CODE_BUSY, "faces");
    }
    if ((code = send_pictures(st, call, &who->is, &exam)) != TBC_CODE_FINE) {
        return code;
    }
    fill_apply(st, call, doc, who, a);
    a->exam = exam;
    a->since_us = tbc_clock_us();
    call->later = true;
    return TBC_CODE_FINE;
}

enum tbc_code
station_on_apply(struct station *st, struct station_call *call)
{
    struct station_claimed who = { 0 };
    struct tbc_doc doc = { 0 };
    enum tbc_code code;

    if (answer_again(st, call, &code)) {
        return code;
    }
    if ((code = check_form(call, &st->in.apply, &doc)) == TBC_CODE_FINE &&
        (code = station_claim(st, call, &doc, st->in.apply.frames[0], &who)) ==
            TBC_CODE_FINE) {
        code = begin_apply(st, call, &doc, &who);
    }
    tbc_wipe(&who, sizeof who);
    tbc_wipe(&doc, sizeof doc);
    return code;
}

/* One more failure, on the disk with the reply that says so. */
static enum tbc_code
refuse_face(struct station *st, struct station_call *call,
            const struct station_apply *a, enum tbc_code code)
{
    enum tbc_err err;

    if ((err = station_begin(st)) != TBC_OK ||
        (err = tbc_store_failure_add(st->store, a->blind, lately(call->now),
                                     call->now)) != TBC_OK ||
        (err = station_face_tries(st, a->blind, call->now,
                                  &call->problem.tries_left)) != TBC_OK) {
        return station_trouble(call, err);
    }
    return station_refuse(
        call, call->problem.tries_left == 0 ? TBC_CODE_FACE_REFUSED : code, "score");
}

/* What the pictures came to. */
static enum tbc_code
judge_faces(struct station *st, struct station_call *call,
            const struct station_apply *a, const struct tbc_examiner_answer *answer)
{
    const int64_t permille =
        a->is_compared ? a->permille : station_permille(answer->score);
    enum tbc_code code;
    enum tbc_err err;

    if (answer->err == TBC_ERR_IO || answer->err == TBC_ERR_NO_MEMORY) {
        return station_trouble(call, answer->err);
    }
    err = station_face_tries(st, a->blind, call->now, &call->problem.tries_left);
    if (err != TBC_OK) {
        return station_trouble(call, err);
    }
    if (answer->err != TBC_OK) {
        return station_refuse(call, TBC_CODE_BAD_PICTURE, tbc_err_text(answer->err));
    }
    if (answer->good_n == 0) {
        return station_refuse(call, TBC_CODE_BAD_PICTURE,
                              answer->frame_n == 0
                                  ? "frames"
                                  : tbc_face_quality_name(answer->quality[0]));
    }
    code = station_decide_face(&st->conf.policy, permille);
    if (code == TBC_CODE_FINE) {
        return accept_face(st, call, a, permille);
    }
    call->problem.score = (uint64_t)permille;
    return refuse_face(st, call, a, code);
}

static enum tbc_err
finish_one(struct station *st, struct station_apply *a,
           const struct tbc_examiner_answer *answer, struct tbc_utc now)
{
    struct tbc_request request = { .op = TBC_OP_APPLY };
    struct station_call call = { .request = &request,
                                 .peer = &a->peer,
                                 .device = station_device(st, a->device),
                                 .now = now };
    enum tbc_code code;
    enum tbc_err err;

    a->exam = 0;
    tbc_histogram_observe(&st->metrics.faces, TBC_SCALE_US,
                          tbc_clock_us() - a->since_us);
    if (call.device == NULL) {
        forget_apply(a);
        return TBC_OK; /* revoked while it waited */
    }
    memcpy(request.id, a->request, sizeof request.id);
    code = judge_faces(st, &call, a, answer);
    err = station_reply(st, &call, code, &a->reply);
    if (code == TBC_CODE_TROUBLE) {
        forget_apply(a); /* a retry may fare better */
    }
    memset(&st->reply, 0, sizeof st->reply);
    return err;
}

enum tbc_err
station_apply_finish(struct station *st, struct tbc_utc now)
{
    struct tbc_examiner_answer *answer = &st->answer;
    enum tbc_err err = TBC_OK;

    while (st->examiner != NULL && err == TBC_OK &&
           tbc_examiner_recv(st->examiner, answer) == TBC_OK) {
        size_t i = 0;

        while (i < STATION_APPLIES_MAX &&
               (answer->id == 0 || st->applies[i].exam != answer->id)) {
            i++;
        }
        if (i < STATION_APPLIES_MAX) {
            err = finish_one(st, &st->applies[i], answer, now);
        } else {
            station_reference_take(st, answer);
        }
    }
    return err;
}

bool
station_apply_is_pending(const struct station *st)
{
    for (size_t i = 0; i < STATION_APPLIES_MAX; i++) {
        if (st->applies[i].exam != 0) {
            return true;
        }
    }
    return false;
}

/* Sending is what starts one; nobody waits for the answer to an empty picture. */
void
station_apply_revive(struct station *st)
{
    static const uint8_t nothing[1];
    const struct tbc_examiner_request ask = {
        .kind = TBC_EXAMINER_TEMPLATE,
        .frames = { tbc_span_of(nothing, sizeof nothing) },
        .frame_n = 1,
    };
    uint64_t id;
    enum tbc_err err;

    if (st->examiner == NULL) {
        return;
    }
    if (tbc_examiner_deaths(st->examiner) != st->examiner_deaths) {
        st->examiner_deaths = tbc_examiner_deaths(st->examiner);
        tbc_log(
            TBC_LOG_ERROR,
            "the examiner of faces died, %u times by now; who waited is asked to try "
            "again",
            st->examiner_deaths);
    }
    if (tbc_examiner_pid(st->examiner) > 0) {
        return;
    }
    err = tbc_examiner_send(st->examiner, &ask, &id);
    if (err != TBC_OK) {
        tbc_log(TBC_LOG_ERROR,
                "the examiner of faces cannot be started: %s; kiosks lead to the desk",
                tbc_err_text(err));
    }
}

void
station_apply_sweep(struct station *st, struct tbc_utc now)
{
    station_handle_sweep(st, now);
    for (size_t i = 0; i < STATION_APPLIES_MAX; i++) {
        struct station_apply *a = &st->applies[i];

        if (a->exam == 0 && a->until.s != 0 && a->until.s <= now.s) {
            forget_apply(a);
        }
    }
}
