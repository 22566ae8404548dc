#include "provider.h"

#include "crypto/digest.h"
#include "net/https.h"
#include "provider_answer.h"
#include "provider_breaker.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdlib.h>
#include <string.h>

#define HELD_MAX 64
#define TRIES    2 /* a look-up changes nothing: it may be asked again */
#define JITTER_MS \
    150 /* before the second try, so that stations do not come all at once */
#define AWAY_MS          1000 /* who is told that it is away is told so for that long */
#define STATUS_OK        200
#define STATUS_NOT_FOUND 404
#define STATUS_SERVER    500

/* One number that was asked for, with one picture or none. */
struct held {
    bool used;
    enum tbc_doc_kind kind;
    char number[TBC_NUMBER_MAX + 1];
    uint8_t digest[TBC_SHA256_LEN]; /* of the picture; zeros: none */
    struct tbc_buf picture;         /* until it was answered */
    struct tbc_buf photo;           /* of the answer, until its template is there */
    uint64_t exam;                  /* the examiner's number for it; 0: not sent */
    uint64_t id;                    /* under way; 0: not */
    unsigned tries;
    struct tbc_mono retry; /* { 0 }: no second try is due */
    enum station_found found;
    struct tbc_mono until;
    struct station_identity who;
};

struct station_provider {
    struct tbc_store *store;
    struct tbc_https *https; /* NULL: the roster */
    int64_t hold_ms;
    bool compares;
    struct station_breaker breaker;
    struct held held[HELD_MAX];
};

enum tbc_err
station_provider_open(struct station_provider **provider,
                      const struct station_provider_options *options,
                      struct tbc_store *store)
{
    const struct tbc_https_options https = { .url = options->url,
                                             .ca = options->ca,
                                             .cert = options->cert,
                                             .key = options->key,
                                             .timeout_ms = (long)options->timeout_ms };
    struct station_provider *p = calloc(1, sizeof *p);
    enum tbc_err err = p == NULL ? TBC_ERR_NO_MEMORY : TBC_OK;

    *provider = NULL;
    if (err == TBC_OK && options->url != NULL &&
        (err = tbc_https_open(&p->https, &https)) != TBC_OK) {
        (void)tbc_log_err(err, "the identity authority: an https URL and the file of"
                               " its CA are wanted");
    }
    if (err != TBC_OK) {
        free(p);
        return err;
    }
    p->store = store;
    p->hold_ms = options->hold_s * 1000;
    p->compares = options->url != NULL && options->compares;
    *provider = p;
    return TBC_OK;
}

bool
station_provider_compares(const struct station_provider *p)
{
    return p->compares;
}

static void
forget(struct held *h)
{
    tbc_buf_fini(&h->picture);
    tbc_buf_fini(&h->photo);
    tbc_wipe(h, sizeof *h);
}

void
station_provider_close(struct station_provider **provider)
{
    struct station_provider *p = *provider;

    *provider = NULL;
    if (p != NULL) {
        tbc_https_close(&p->https);
        for (size_t i = 0; i < HELD_MAX; i++) {
            forget(&p->held[i]);
        }
        tbc_wipe(p, sizeof *p);
        free(p);
    }
}

/* ---- the roster */

static enum station_found
find_in_roster(struct station_provider *p, const struct tbc_doc *doc,
               struct tbc_store_person *person, enum tbc_err *why)
{
    uint8_t blind[TBC_BLIND_LEN];
    enum tbc_err err = tbc_store_blind(p->store, doc->kind, doc->number, blind);

    if (err == TBC_OK) {
        err = tbc_store_person_get(p->store, blind, person);
    }
    if (err == TBC_ERR_NOT_FOUND) {
        return STATION_FOUND_NOBODY;
    }
    *why = err;
    return err == TBC_OK ? STATION_FOUND : STATION_FOUND_AWAY;
}

/* ---- the authority */

static void
settle(struct held *h, enum station_found found, int64_t until_ms)
{
    h->found = found;
    h->id = 0;
    h->retry = (struct tbc_mono){ 0 };
    h->until = (struct tbc_mono){ until_ms };
    tbc_buf_fini(&h->picture);
    tbc_buf_fini(&h->photo);
    h->exam = 0;
}

/* One try; when none may be made now, it is away. */
static void
ask(struct station_provider *p, struct held *h, struct tbc_mono now)
{
    struct tbc_buf question = { 0 };
    enum tbc_err err;

    h->retry = (struct tbc_mono){ 0 };
    if (!station_breaker_ask(&p->breaker, now)) {
        settle(h, STATION_FOUND_AWAY, now.ms + AWAY_MS);
        return;
    }
    h->tries++;
    err = station_provider_put_question(&question, h->kind, h->number,
                                        tbc_buf_span(&h->picture));
    if (err == TBC_OK) {
        err = tbc_https_post(p->https, tbc_buf_span(&question), &h->id);
    }
    tbc_buf_fini(&question);
    if (err != TBC_OK) {
        station_breaker_report(&p->breaker, false, now);
        settle(h, STATION_FOUND_AWAY, now.ms + AWAY_MS);
    }
}

/* The one that was asked for, or a free place; NULL when all are taken. */
static struct held *
place_of(struct station_provider *p, const struct tbc_doc *doc,
         const uint8_t digest[static TBC_SHA256_LEN])
{
    struct held *free_one = NULL;

    for (size_t i = 0; i < HELD_MAX; i++) {
        struct held *h = &p->held[i];

        if (!h->used) {
            free_one = h;
        } else if (h->kind == doc->kind && strcmp(h->number, doc->number) == 0 &&
                   memcmp(h->digest, digest, sizeof h->digest) == 0) {
            return h;
        }
    }
    return free_one;
}

/* A new question takes a place. */
static enum tbc_err
begin(struct station_provider *p, struct held *h, const struct tbc_doc *doc,
      struct tbc_span picture, struct tbc_mono now)
{
    enum tbc_err err = tbc_buf_append_span(&h->picture, picture);

    if (err != TBC_OK) {
        forget(h);
        return err;
    }
    h->used = true;
    h->kind = doc->kind;
    memcpy(h->number, doc->number, sizeof h->number);
    h->found = STATION_FOUND_LATER;
    ask(p, h, now);
    return TBC_OK;
}

static enum station_found
find_at_authority(struct station_provider *p, const struct tbc_doc *doc,
                  struct tbc_span picture, struct tbc_mono now,
                  struct station_identity *who, enum tbc_err *why)
{
    uint8_t digest[TBC_SHA256_LEN] = { 0 };
    struct held *h;

    station_provider_step(p, now);
    if (picture.len > 0 && (*why = tbc_sha256(picture, digest)) != TBC_OK) {
        return STATION_FOUND_AWAY;
    }
    if ((h = place_of(p, doc, digest)) == NULL) {
        return STATION_FOUND_LATER;
    }
    if (!h->used) {
        memcpy(h->digest, digest, sizeof digest);
        if ((*why = begin(p, h, doc, picture, now)) != TBC_OK) {
            return STATION_FOUND_AWAY;
        }
    }
    if (h->found == STATION_FOUND) {
        *who = h->who;
    }
    return h->found;
}

enum station_found
station_provider_find(struct station_provider *p, const struct tbc_doc *doc,
                      struct tbc_span picture, struct tbc_mono now,
                      struct station_identity *who, enum tbc_err *why)
{
    *who = (struct station_identity){ 0 };
    *why = TBC_OK;
    if (p->https == NULL) {
        return find_in_roster(p, doc, &who->person, why);
    }
    return find_at_authority(p, doc, p->compares ? picture : (struct tbc_span){ 0 },
                             now, who, why);
}

/* How long the answer is good: no longer than it says. */
static int64_t
hold_ms(const struct station_provider *p, struct tbc_utc until)
{
    const int64_t left_s = until.s - tbc_clock_utc().s;

    if (until.s == 0 || left_s * 1000 > p->hold_ms) {
        return p->hold_ms;
    }
    return left_s < 0 ? 0 : left_s * 1000;
}

static enum station_face_wanted
wanted_of(const struct station_provider *p, const struct held *h)
{
    if (!p->compares) {
        return STATION_FACE_REFERENCE;
    }
    return h->picture.len > 0 ? STATION_FACE_SCORE : STATION_FACE_NONE;
}

static bool
take_person(struct station_provider *p, struct held *h,
            const struct tbc_https_answer *answer, struct tbc_mono now)
{
    const enum station_face_wanted wanted = wanted_of(p, h);
    struct station_provider_reply reply;
    const char *what = NULL;

    if (station_provider_read_answer(answer->body, wanted, &reply, &what) != TBC_OK) {
        tbc_log(TBC_LOG_WARN, "the identity authority's answer: %s is wrong", what);
        return false;
    }
    h->who.person = reply.person;
    h->who.is_compared = wanted == STATION_FACE_SCORE;
    h->who.permille = reply.permille;
    h->who.person.kind = h->kind;
    memcpy(h->who.person.number, h->number, sizeof h->who.person.number);
    settle(h, STATION_FOUND, now.ms + hold_ms(p, reply.until));
    if (reply.photo.len > 0) { /* found, when the examiner has seen it */
        h->found = STATION_FOUND_LATER;
        h->photo = reply.photo;
        reply.photo = (struct tbc_buf){ 0 };
    }
    station_provider_reply_fini(&reply);
    return true;
}

bool
station_provider_photo(struct station_provider *p, struct tbc_span *photo,
                       size_t *which)
{
    for (size_t i = 0; i < HELD_MAX; i++) {
        if (p->held[i].photo.len > 0 && p->held[i].exam == 0) {
            *photo = tbc_buf_span(&p->held[i].photo);
            *which = i;
            return true;
        }
    }
    return false;
}

void
station_provider_photo_sent(struct station_provider *p, size_t which, uint64_t exam)
{
    p->held[which].exam = exam;
}

void
station_provider_take_template(struct station_provider *p, uint64_t exam,
                               const uint8_t *template_bytes, struct tbc_mono now)
{
    for (size_t i = 0; i < HELD_MAX; i++) {
        struct held *h = &p->held[i];

        if (!h->used || h->exam != exam || exam == 0) {
            continue;
        }
        if (template_bytes != NULL) {
            memcpy(h->who.person.face, template_bytes, sizeof h->who.person.face);
            h->who.person.has_face = true;
            settle(h, STATION_FOUND, h->until.ms);
        } else {
            tbc_log(TBC_LOG_WARN, "the identity authority's photograph is of no use");
            tbc_wipe(&h->who, sizeof h->who);
            settle(h, STATION_FOUND_AWAY, now.ms + AWAY_MS);
        }
    }
}

/* Worth a second try: it may have been the network, or a server that restarts. */
static bool
passes(const struct tbc_https_answer *answer)
{
    return answer->err == TBC_ERR_NETWORK || answer->err == TBC_ERR_TIMEOUT ||
           (answer->err == TBC_OK && answer->status >= STATUS_SERVER);
}

static void
fail(struct held *h, const struct tbc_https_answer *answer, struct tbc_mono now)
{
    uint16_t chance = 0;

    if (passes(answer) && h->tries < TRIES &&
        tbc_random(&chance, sizeof chance) == TBC_OK) {
        h->id = 0;
        h->retry.ms = now.ms + 1 + chance % JITTER_MS;
        return;
    }
    if (answer->err != TBC_OK) {
        tbc_log(TBC_LOG_WARN, "the identity authority: %s", tbc_err_text(answer->err));
    } else if (answer->status != STATUS_OK) {
        tbc_log(TBC_LOG_WARN, "the identity authority answered %ld", answer->status);
    }
    settle(h, STATION_FOUND_AWAY, now.ms + AWAY_MS);
}

static void
take_answer(struct station_provider *p, struct held *h,
            const struct tbc_https_answer *answer, struct tbc_mono now)
{
    const bool has_status = answer->err == TBC_OK;
    bool good = has_status && answer->status == STATUS_NOT_FOUND;

    if (good) {
        settle(h, STATION_FOUND_NOBODY, now.ms + AWAY_MS);
    } else {
        good =
            has_status && answer->status == STATUS_OK && take_person(p, h, answer, now);
    }
    station_breaker_report(&p->breaker, good, now);
    if (!good) {
        fail(h, answer, now);
    }
}

int
station_provider_fd(const struct station_provider *p)
{
    return p->https == NULL ? -1 : tbc_https_fd(p->https);
}

int
station_provider_wait_ms(const struct station_provider *p, struct tbc_mono now)
{
    int ms = p->https == NULL ? -1 : tbc_https_wait_ms(p->https);

    for (size_t i = 0; i < HELD_MAX; i++) {
        const int64_t left = p->held[i].retry.ms - now.ms;

        if (p->held[i].retry.ms != 0 && (ms < 0 || left < ms)) {
            ms = left < 0 ? 0 : (int)left;
        }
    }
    return ms;
}

void
station_provider_step(struct station_provider *p, struct tbc_mono now)
{
    struct tbc_https_answer answer;

    if (p->https == NULL) {
        return;
    }
    tbc_https_step(p->https);
    while (tbc_https_next(p->https, &answer)) {
        for (size_t i = 0; i < HELD_MAX; i++) {
            if (p->held[i].used && p->held[i].id == answer.id) {
                take_answer(p, &p->held[i], &answer, now);
            }
        }
    }
    for (size_t i = 0; i < HELD_MAX; i++) {
        struct held *h = &p->held[i];

        if (h->retry.ms != 0 && h->retry.ms <= now.ms) {
            ask(p, h, now);
        } else if (h->used && h->found != STATION_FOUND_LATER &&
                   h->until.ms <= now.ms) {
            forget(h);
        }
    }
}
