#include "provider.h"

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

/* One number that was asked for. */
struct held {
    bool used;
    enum tbc_doc_kind kind;
    char number[TBC_NUMBER_MAX + 1];
    uint64_t id; /* under way; 0: not */
    unsigned tries;
    struct tbc_mono retry; /* { 0 }: no second try is due */
    enum station_found found;
    struct tbc_mono until;
    struct tbc_store_person person;
};

struct station_provider {
    struct tbc_store *store;
    struct tbc_https *https; /* NULL: the roster */
    int64_t hold_ms;
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
    *provider = p;
    return TBC_OK;
}

void
station_provider_close(struct station_provider **provider)
{
    struct station_provider *p = *provider;

    *provider = NULL;
    if (p != NULL) {
        tbc_https_close(&p->https);
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
    err = station_provider_put_question(&question, h->kind, h->number);
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
place_of(struct station_provider *p, enum tbc_doc_kind kind, const char *number)
{
    struct held *free_one = NULL;

    for (size_t i = 0; i < HELD_MAX; i++) {
        struct held *h = &p->held[i];

        if (!h->used) {
            free_one = h;
        } else if (h->kind == kind && strcmp(h->number, number) == 0) {
            return h;
        }
    }
    return free_one;
}

static enum station_found
find_at_authority(struct station_provider *p, const struct tbc_doc *doc,
                  struct tbc_mono now, struct tbc_store_person *person)
{
    struct held *h;

    station_provider_step(p, now);
    if ((h = place_of(p, doc->kind, doc->number)) == NULL) {
        return STATION_FOUND_LATER;
    }
    if (!h->used) {
        h->used = true;
        h->kind = doc->kind;
        memcpy(h->number, doc->number, sizeof h->number);
        h->found = STATION_FOUND_LATER;
        ask(p, h, now);
    }
    if (h->found == STATION_FOUND) {
        *person = h->person;
    }
    return h->found;
}

enum station_found
station_provider_find(struct station_provider *p, const struct tbc_doc *doc,
                      struct tbc_mono now, struct tbc_store_person *person,
                      enum tbc_err *why)
{
    *person = (struct tbc_store_person){ 0 };
    *why = TBC_OK;
    return p->https == NULL ? find_in_roster(p, doc, person, why)
                            : find_at_authority(p, doc, now, person);
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

static bool
take_person(struct station_provider *p, struct held *h,
            const struct tbc_https_answer *answer, struct tbc_mono now)
{
    struct tbc_utc until;
    const char *what = NULL;

    if (station_provider_read_answer(answer->body, &h->person, &until, &what) !=
        TBC_OK) {
        tbc_log(TBC_LOG_WARN, "the identity authority's answer: %s is wrong", what);
        return false;
    }
    h->person.kind = h->kind;
    memcpy(h->person.number, h->number, sizeof h->person.number);
    settle(h, STATION_FOUND, now.ms + hold_ms(p, until));
    return true;
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
            tbc_wipe(h, sizeof *h);
        }
    }
}
