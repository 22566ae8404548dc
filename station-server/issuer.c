/* The key that signs: read from files or tokens, chosen by the trust list, changed while the station
 * runs.
 *
 * There may be two, the present one and the next.  The one that signs is the one whose row in the
 * trust list is valid now and began last, so that a station changes over at the second that the
 * list says, with nobody near it. */
#include "crypto/pass.h"
#include "station.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdio.h>
#include <string.h>

#define NEXT 1 /* in issuers */

static enum tbc_err
keep_name(const struct station *st, const char *given, const char *name,
          char to[static STATION_KEY_NAME_MAX])
{
    char path[STATION_PATH_MAX];

    if (given == NULL) {
        given = station_path(st->data, name, path) == TBC_OK ? path : "";
    }
    if (strlen(given) >= STATION_KEY_NAME_MAX) {
        return tbc_log_err(TBC_ERR_LIMIT, "%.64s...: the key's name", given);
    }
    (void)snprintf(to, STATION_KEY_NAME_MAX, "%s", given);
    return TBC_OK;
}

/* A file that is not there is no error: a station may be without a key, and mostly is without a next
 * one.  A token that is not there is. */
static enum tbc_err
read_key(const struct station *st, size_t i, struct tbc_key **key)
{
    const struct tbc_pass pass = { .file = st->issuer_pass };
    const char *name = st->issuer_names[i];
    struct tbc_key_fault fault = { "" };
    enum tbc_err err = tbc_key_open(key, name, &pass, &fault);

    if (err == TBC_OK) {
        return TBC_OK;
    }
    if (err == TBC_ERR_NOT_FOUND && fault.text[0] == '\0') {
        if (i != NEXT) {
            tbc_log(TBC_LOG_WARN, "%s: not there; nothing can be issued", name);
        }
        return TBC_OK;
    }
    if (fault.text[0] == '\0') {
        return tbc_log_err(err, "%s", name);
    }
    tbc_log(TBC_LOG_ERROR, "%s: %s", name, fault.text);
    return err;
}

static enum tbc_err
read_keys(const struct station *st, struct tbc_key *keys[static STATION_ISSUERS])
{
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < STATION_ISSUERS && err == TBC_OK; i++) {
        err = read_key(st, i, &keys[i]);
    }
    return err;
}

static void
free_keys(struct tbc_key *keys[static STATION_ISSUERS])
{
    for (size_t i = 0; i < STATION_ISSUERS; i++) {
        tbc_key_free(&keys[i]);
    }
}

/* Which of the keys signs at that time; NULL, and *stray another station's code where the list gives
 * a key to one, when it is none. */
static struct tbc_key *
choose(const struct station *st, struct tbc_key *const keys[static STATION_ISSUERS],
       struct tbc_utc now, const struct tbc_trust_key **row, const char **stray)
{
    struct tbc_key *best = NULL;

    *row = NULL;
    *stray = NULL;
    for (size_t i = 0; i < STATION_ISSUERS; i++) {
        const struct tbc_trust_key *entry = NULL;
        uint8_t kid[TBC_KID_LEN];

        if (keys[i] == NULL) {
            continue;
        }
        tbc_key_kid(keys[i], kid);
        if (tbc_keyring_find(st->ring, kid, now, &entry) == NULL || entry == NULL) {
            continue;
        }
        if (strcmp(entry->station, st->conf.code) != 0) {
            *stray = entry->station;
        } else if (*row == NULL || entry->not_before.s >= (*row)->not_before.s) {
            best = keys[i];
            *row = entry;
        }
    }
    return best;
}

/* Lists that the key before has signed are signed anew: gates know both, and soon only this one. */
static void
begin(struct station *st, struct tbc_key *key, const struct tbc_trust_key *row)
{
    char kid[2 * TBC_KID_LEN + 1];
    const bool is_same = memcmp(st->issuer_kid, row->kid, TBC_KID_LEN) == 0;

    st->issuer = key;
    memcpy(st->issuer_kid, row->kid, TBC_KID_LEN);
    (void)snprintf(st->status_uri, sizeof st->status_uri, "%s", row->status_uri);
    if (is_same) { /* read anew, or under a new list */
        return;
    }
    for (size_t i = 0; i < TBC_KID_LEN; i++) {
        (void)snprintf(kid + 2 * i, 3, "%02x", row->kid[i]);
    }
    tbc_log(TBC_LOG_INFO, "key %s signs%s%s", kid,
            *tbc_key_token(key) == '\0' ? "" : ", in token ", tbc_key_token(key));
    st->status_changed = true;
    st->manifest_changed = true;
}

void
station_issuer_choose(struct station *st, struct tbc_utc now)
{
    const struct tbc_trust_key *row = NULL;
    const char *stray = NULL;
    struct tbc_key *key;

    if (st->ring == NULL) {
        return;
    }
    key = choose(st, st->issuers, now, &row, &stray);
    if (key == st->issuer) {
        return;
    }
    if (key == NULL || row == NULL) {
        tbc_log(TBC_LOG_ERROR,
                "%s: does not name a key of this station any more; "
                "nothing can be issued",
                st->trust_path);
        st->issuer = NULL;
        tbc_wipe(st->issuer_kid, sizeof st->issuer_kid);
        return;
    }
    begin(st, key, row);
}

enum tbc_err
station_issuer_open(struct station *st, const struct station_options *o)
{
    enum tbc_err err;

    st->issuer_pass = o->pass_file;
    if ((err = keep_name(st, o->issuer, "issuer.pem", st->issuer_names[0])) != TBC_OK ||
        (err = keep_name(st, o->next_issuer, "issuer-next.pem",
                         st->issuer_names[NEXT])) != TBC_OK) {
        return err;
    }
    return read_keys(st, st->issuers);
}

/* Nobody would believe the certificates of a key that the list does not name. */
enum tbc_err
station_issuer_begin(struct station *st)
{
    const struct tbc_trust_key *row = NULL;
    const char *stray = NULL;
    struct tbc_key *key;

    if (st->issuers[0] == NULL && st->issuers[NEXT] == NULL) {
        return TBC_OK;
    }
    key = choose(st, st->issuers, tbc_clock_utc(), &row, &stray);
    if (key != NULL && row != NULL) {
        begin(st, key, row);
        return TBC_OK;
    }
    return stray == NULL
               ? tbc_log_err(TBC_ERR_UNKNOWN_KEY,
                             "%s: does not name the issuer key of this station",
                             st->trust_path)
               : tbc_log_err(TBC_ERR_UNKNOWN_KEY,
                             "%s: gives the issuer key to station %s, not %s",
                             st->trust_path, stray, st->conf.code);
}

void
station_issuer_reload(struct station *st)
{
    struct tbc_key *fresh[STATION_ISSUERS] = { NULL };
    struct tbc_key *old[STATION_ISSUERS];
    const struct tbc_trust_key *row = NULL;
    const char *stray = NULL;

    if (read_keys(st, fresh) != TBC_OK) {
        tbc_log(TBC_LOG_ERROR, "kept the present issuer keys");
        free_keys(fresh);
        return;
    }
    if (st->ring != NULL && choose(st, fresh, tbc_clock_utc(), &row, &stray) == NULL &&
        st->issuer != NULL) {
        tbc_log(TBC_LOG_ERROR,
                "%s: names none of the keys that are there now; kept the "
                "present ones",
                st->trust_path);
        free_keys(fresh);
        return;
    }
    memcpy(old, st->issuers, sizeof old);
    memcpy(st->issuers, fresh, sizeof fresh);
    st->issuer = NULL;
    station_issuer_choose(st, tbc_clock_utc());
    free_keys(old);
}

void
station_issuer_fini(struct station *st)
{
    st->issuer = NULL;
    free_keys(st->issuers);
}
