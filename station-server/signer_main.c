/* tbc-signer: the process that holds the issuer's private key, and nothing else does.  Started by
 * tbc-station with one socket; no use by hand.
 *
 * It reads its setup, opens the keys and the file of its count, narrows itself, says so, and then
 * judges and signs until the socket ends.  It logs nothing: the station says what it answers. */
#include "crypto/certificate.h"
#include "crypto/keyring.h"
#include "crypto/pass.h"
#include "crypto/secret.h"
#include "narrow.h"
#include "signer_count.h"
#include "signer_rules.h"
#include "signer_wire.h"
#include "sys/child.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

struct signer {
    struct signer_rules rules;
    struct signer_past past;
    struct tbc_key *keys[SIGNER_KEYS]; /* NULL: not there */
    struct tbc_keyring *ring;          /* NULL: no trust list */
    struct signer_count count;
    uint64_t run;
    uint64_t refused;
    struct tbc_span payloads[SIGNER_BATCH_MAX];
    struct signer_result results[SIGNER_BATCH_MAX];
    struct tbc_buf messages[SIGNER_BATCH_MAX];
};

/* A file that is not there is no error: a station may be without a key, and mostly is without a next
 * one.  A token that is not there is. */
static enum tbc_err
open_key(struct tbc_key **key, const char *name, const char *pass_file,
         char why[static SIGNER_WHY_SIZE])
{
    const struct tbc_pass pass = { .file = *pass_file == '\0' ? NULL : pass_file };
    struct tbc_key_fault fault = { "" };
    enum tbc_err err = tbc_key_open(key, name, &pass, &fault);

    if (err == TBC_OK || (err == TBC_ERR_NOT_FOUND && fault.text[0] == '\0')) {
        return TBC_OK;
    }
    (void)snprintf(why, SIGNER_WHY_SIZE, "%.100s: %s", name,
                   fault.text[0] == '\0' ? tbc_err_text(err) : fault.text);
    return err;
}

/* What the library loads when it first signs must be there before the files are out of reach; the
 * message is none of ours. */
static enum tbc_err
warm_up(struct tbc_key *key)
{
    struct tbc_buf signature = { 0 };
    enum tbc_err err = *tbc_key_token(key) != '\0'
                           ? TBC_OK
                           : tbc_sign_raw(key, tbc_span_str("tbc-signer"), &signature);

    tbc_buf_fini(&signature);
    return err;
}

static enum tbc_err
open_keys(struct signer *s, const struct signer_setup *setup,
          char why[static SIGNER_WHY_SIZE])
{
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < SIGNER_KEYS && err == TBC_OK; i++) {
        err = open_key(&s->keys[i], setup->names[i], setup->pass_file, why);
        if (err == TBC_OK && s->keys[i] != NULL) {
            err = warm_up(s->keys[i]);
        }
    }
    return err;
}

static enum tbc_err
open_count(struct signer *s, const char *path, char why[static SIGNER_WHY_SIZE])
{
    struct tbc_buf boot = { 0 };
    enum tbc_err err = tbc_file_read(BOOT_ID, SIGNER_COUNT_FILE_MAX, &boot);
    const char *text =
        err == TBC_OK && boot.len > SIGNER_BOOT_LEN ? tbc_buf_str(&boot) : NULL;
    char id[SIGNER_BOOT_LEN + 1] = "";

    if (text != NULL) {
        memcpy(id, text, SIGNER_BOOT_LEN);
    }
    tbc_buf_fini(&boot);
    err = signer_count_open(&s->count, path, id);
    if (err == TBC_ERR_CORRUPT) {
        (void)snprintf(
            why, SIGNER_WHY_SIZE,
            "%.100s: not the signer's count any more; restore it, or move it "
            "away to count from nought",
            path);
    } else if (err != TBC_OK) {
        (void)snprintf(why, SIGNER_WHY_SIZE, "%.100s: %s", path, tbc_err_text(err));
    }
    return err;
}

static bool
has_token(const struct signer *s)
{
    for (size_t i = 0; i < SIGNER_KEYS; i++) {
        if (s->keys[i] != NULL && *tbc_key_token(s->keys[i]) != '\0') {
            return true;
        }
    }
    return false;
}

/* A token's module is told by the environment where its own files are; nobody else needs it, and
 * nobody shall read it out of this process. */
static void
forget_environment(void)
{
    for (char **e = environ; e != NULL && *e != NULL; e++) {
        tbc_wipe(*e, strlen(*e));
    }
    (void)clearenv();
}

static enum tbc_err
give_up(const struct signer *s, char why[static SIGNER_WHY_SIZE])
{
    const char *step = NULL;
    enum tbc_err err;

    if (has_token(s)) {
        err = station_narrow_for_token(&step);
    } else {
        forget_environment();
        err = station_narrow_with(TBC_CHILD_FD, s->count.fd, SIGNER_COUNT_FILE_MAX,
                                  &step);
    }
    if (err != TBC_OK) {
        (void)snprintf(why, SIGNER_WHY_SIZE, "%s", step);
    }
    return err;
}

static enum tbc_err
begin(struct signer *s, const struct signer_setup *setup,
      char why[static SIGNER_WHY_SIZE])
{
    struct tbc_fault fault = { 0 };
    enum tbc_err err;

    (void)snprintf(s->rules.station, sizeof s->rules.station, "%s", setup->station);
    s->rules.validity_s = setup->validity_s;
    s->rules.per_minute = setup->per_minute;
    if (setup->trust.len > 0 &&
        (err = tbc_keyring_open(&s->ring, setup->trust, NULL, &fault)) != TBC_OK) {
        (void)snprintf(why, SIGNER_WHY_SIZE, "the trust list: %s",
                       fault.what == NULL ? tbc_err_text(err) : fault.what);
        return err;
    }
    if ((err = open_keys(s, setup, why)) != TBC_OK ||
        (err = open_count(s, setup->count_file, why)) != TBC_OK) {
        return err;
    }
    signer_past_init(&s->past, &s->rules, s->count.floor, tbc_clock_mono());
    return give_up(s, why);
}

static struct tbc_key *
key_of(const struct signer *s, const uint8_t kid[static TBC_KID_LEN])
{
    for (size_t i = 0; i < SIGNER_KEYS; i++) {
        uint8_t own[TBC_KID_LEN];

        if (s->keys[i] != NULL) {
            tbc_key_kid(s->keys[i], own);
            if (memcmp(own, kid, sizeof own) == 0) {
                return s->keys[i];
            }
        }
    }
    return NULL;
}

static void
refuse(struct signer *s, struct signer_result *r, enum tbc_err err, const char *why)
{
    s->refused++;
    r->err = err;
    (void)snprintf(r->why, sizeof r->why, "%s", why);
}

/* Which of the payloads may be signed; the results of the others are there then. */
static size_t
judge_all(struct signer *s, const struct signer_ask *ask, const struct tbc_key *key)
{
    const struct signer_now now = { tbc_clock_utc(), tbc_clock_mono() };
    const struct tbc_trust_key *row = NULL;
    size_t fine = 0;

    if (s->ring != NULL) {
        (void)tbc_keyring_find(s->ring, ask->kid, now.utc, &row);
    }
    for (size_t i = 0; i < ask->n; i++) {
        struct signer_result *r = &s->results[i];
        const char *wrong = key == NULL ? "kid"
                                        : signer_judge(&s->rules, &s->past, row,
                                                       ask->typ, ask->payloads[i], now);

        r->err = TBC_OK;
        r->why[0] = '\0';
        r->message = tbc_span_of(NULL, 0);
        if (wrong != NULL) {
            refuse(s, r,
                   key == NULL                           ? TBC_ERR_UNKNOWN_KEY
                   : strcmp(wrong, SIGNER_TOO_MANY) == 0 ? TBC_ERR_BUSY
                                                         : TBC_ERR_DENIED,
                   wrong);
        }
        fine += r->err == TBC_OK;
    }
    return fine;
}

static void
sign_one(struct signer *s, const struct signer_ask *ask, struct tbc_key *key, size_t i)
{
    struct signer_result *r = &s->results[i];

    tbc_buf_clear(&s->messages[i]);
    r->err = tbc_sign_cose(key, ask->typ, ask->payloads[i], &s->messages[i]);
    if (r->err != TBC_OK) {
        (void)snprintf(r->why, sizeof r->why, "%s",
                       *tbc_key_trouble(key) == '\0' ? tbc_err_text(r->err)
                                                     : tbc_key_trouble(key));
        return;
    }
    s->run += ask->typ == TBC_TYP_CERTIFICATE;
    r->message = tbc_buf_span(&s->messages[i]);
}

/* Counted before the first signature is made: what is on its way when the process dies counts. */
static void
sign_all(struct signer *s, const struct signer_ask *ask)
{
    struct tbc_key *key = key_of(s, ask->kid);
    const size_t fine = judge_all(s, ask, key);
    enum tbc_err err = TBC_OK;

    if (fine > 0 && ask->typ == TBC_TYP_CERTIFICATE) {
        err = signer_count_add(&s->count, fine, s->past.floor);
    }
    for (size_t i = 0; i < ask->n; i++) {
        if (s->results[i].err != TBC_OK) {
            continue;
        }
        if (err == TBC_OK) {
            sign_one(s, ask, key, i);
        } else {
            s->results[i].err = err;
            (void)snprintf(s->results[i].why, sizeof s->results[i].why, "%s",
                           tbc_err_text(err));
        }
    }
}

static struct signer_counts
counts_of(const struct signer *s)
{
    return (struct signer_counts){ .run = s->run,
                                   .total = s->count.signed_n,
                                   .doubt = s->count.doubt,
                                   .refused = s->refused };
}

static void
tell_keys(const struct signer *s, struct signer_answer *a)
{
    for (size_t i = 0; i < SIGNER_KEYS; i++) {
        if (s->keys[i] != NULL) {
            a->keys[i].is_there = true;
            a->keys[i].alg = tbc_key_alg(s->keys[i]);
            tbc_key_kid(s->keys[i], a->keys[i].kid);
            (void)snprintf(a->keys[i].token, sizeof a->keys[i].token, "%s",
                           tbc_key_token(s->keys[i]));
        }
    }
}

/* One ask, one answer.  False at the end of the socket, and for what is no ask. */
static bool
serve(struct signer *s, struct tbc_buf *in, struct tbc_buf *out)
{
    struct signer_answer answer = { .results = s->results };
    struct signer_ask ask;

    if (!tbc_child_read(TBC_CHILD_FD, SIGNER_MESSAGE_MAX, in) ||
        signer_read_ask(tbc_buf_span(in), &ask, s->payloads) != TBC_OK) {
        return false;
    }
    sign_all(s, &ask);
    answer.id = ask.id;
    answer.n = ask.n;
    if (ask.typ == TBC_TYP_N) {
        tell_keys(s, &answer);
    }
    answer.counts = counts_of(s);
    tbc_buf_clear(out);
    signer_put_answer(out, &answer);
    return tbc_child_write(TBC_CHILD_FD, out);
}

static bool
set_up(struct signer *s, struct tbc_buf *in, struct tbc_buf *out)
{
    static struct signer_setup_texts texts;
    struct signer_answer answer = { .results = s->results };
    struct signer_setup setup;

    if (!tbc_child_read(TBC_CHILD_FD, SIGNER_MESSAGE_MAX, in) ||
        signer_read_setup(tbc_buf_span(in), &setup, &texts) != TBC_OK) {
        return false;
    }
    answer.err = begin(s, &setup, answer.why);
    tell_keys(s, &answer);
    answer.counts = counts_of(s);
    signer_put_answer(out, &answer);
    return tbc_child_write(TBC_CHILD_FD, out) && answer.err == TBC_OK;
}

int
main(int argc, char **argv)
{
    static struct signer s;
    struct tbc_buf in = { 0 };
    struct tbc_buf out = { 0 };
    struct stat st;

    (void)argv;
    if (argc != 1 || fstat(TBC_CHILD_FD, &st) != 0 || !S_ISSOCK(st.st_mode)) {
        (void)fputs("tbc-signer is started by tbc-station, not by hand\n", stderr);
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    (void)umask(S_IRWXG | S_IRWXO);
    tbc_secret_forbid_dumps();
    if (!set_up(&s, &in, &out)) {
        _exit(3);
    }
    while (serve(&s, &in, &out)) {
    }
    signer_count_close(&s.count);
    _exit(0); /* no library's clean-up: it might ask for what is no longer allowed */
}
