/* The key that signs: held by tbc-signer, chosen by the trust list, changed while the station runs.
 *
 * There may be two, the present one and the next.  The one that signs is the one whose row in the
 * trust list is valid now and began last, so that a station changes over at the second that the
 * list says, with nobody near it. */
#include "station.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT_FILE "signer.count"
#define NEXT       1          /* in issuer_names */
#define UNSTORED   "unstored" /* a mark of the store */

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

/* A signer that has opened the keys as they are now, under the list that is in force. */
static enum tbc_err
start(const struct station *st, struct station_signer **signer)
{
    struct signer_setup setup = { .station = st->conf.code,
                                  .pass_file =
                                      st->issuer_pass == NULL ? "" : st->issuer_pass,
                                  .trust = tbc_buf_span(&st->trust.bytes),
                                  .validity_s = st->conf.policy.validity_s,
                                  .per_minute = st->conf.sign_per_minute };
    char count[STATION_PATH_MAX];
    enum tbc_err err = station_path(st->data, COUNT_FILE, count);

    for (size_t i = 0; i < STATION_ISSUERS; i++) {
        setup.names[i] = st->issuer_names[i];
    }
    setup.count_file = count;
    if (err == TBC_OK && (err = station_signer_start(signer, &setup)) == TBC_OK &&
        station_signer_key(*signer, 0) == NULL) {
        tbc_log(TBC_LOG_WARN, "%s: not there%s", st->issuer_names[0],
                station_signer_key(*signer, NEXT) == NULL ? "; nothing can be issued"
                                                          : "");
    }
    return err;
}

static bool
has_keys(const struct station_signer *signer)
{
    return station_signer_key(signer, 0) != NULL ||
           station_signer_key(signer, NEXT) != NULL;
}

/* Which of the keys signs at that time; NULL, and *stray another station's code where the list gives
 * a key to one, when it is none. */
static const struct signer_key *
choose(const struct station *st, const struct station_signer *signer,
       struct tbc_utc now, const struct tbc_trust_key **row, const char **stray)
{
    const struct signer_key *best = NULL;

    *row = NULL;
    *stray = NULL;
    for (size_t i = 0; i < STATION_ISSUERS; i++) {
        const struct signer_key *key = station_signer_key(signer, i);
        const struct tbc_trust_key *entry = NULL;

        if (key == NULL || tbc_keyring_find(st->ring, key->kid, now, &entry) == NULL ||
            entry == NULL) {
            continue;
        }
        if (strcmp(entry->station, st->conf.code) != 0) {
            *stray = entry->station;
        } else if (*row == NULL || entry->not_before.s >= (*row)->not_before.s) {
            best = key;
            *row = entry;
        }
    }
    return best;
}

/* Lists that the key before has signed are signed anew: gates know both, and soon only this one. */
static void
begin(struct station *st, const struct signer_key *key, const struct tbc_trust_key *row)
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
            key->token[0] == '\0' ? "" : ", in token ", key->token);
    st->status_changed = true;
    st->manifest_changed = true;
}

void
station_issuer_choose(struct station *st, struct tbc_utc now)
{
    const struct tbc_trust_key *row = NULL;
    const char *stray = NULL;
    const struct signer_key *key;

    if (st->ring == NULL || st->signer == NULL) {
        return;
    }
    key = choose(st, st->signer, now, &row, &stray);
    if (key == st->issuer &&
        (key == NULL || memcmp(key->kid, st->issuer_kid, TBC_KID_LEN) == 0)) {
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
    return start(st, &st->signer);
}

/* Nobody would believe the certificates of a key that the list does not name. */
enum tbc_err
station_issuer_begin(struct station *st)
{
    const struct tbc_trust_key *row = NULL;
    const char *stray = NULL;
    const struct signer_key *key;

    if (!has_keys(st->signer)) {
        return TBC_OK;
    }
    key = choose(st, st->signer, tbc_clock_utc(), &row, &stray);
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
    struct station_signer *fresh = NULL;
    const struct tbc_trust_key *row = NULL;
    const char *stray = NULL;

    if (start(st, &fresh) != TBC_OK) {
        tbc_log(TBC_LOG_ERROR, "kept the present issuer keys");
        return;
    }
    if (st->ring != NULL && choose(st, fresh, tbc_clock_utc(), &row, &stray) == NULL &&
        st->issuer != NULL) {
        tbc_log(TBC_LOG_ERROR,
                "%s: names none of the keys that are there now; kept the "
                "present ones",
                st->trust_path);
        station_signer_stop(&fresh);
        return;
    }
    station_signer_stop(&st->signer);
    st->signer = fresh;
    st->issuer = NULL;
    station_issuer_choose(st, tbc_clock_utc());
}

/* Of the store: what is there, and what its age has dropped. */
static enum tbc_err
count_stored(struct station *st, struct tbc_utc now, uint64_t *stored)
{
    const struct tbc_stats_reply *stats = &st->reply.stats;
    enum tbc_err err = tbc_store_get(st->store, "dropped certificates", stored);

    if (err == TBC_OK) {
        err = tbc_store_stats(st->store, now, &st->reply.stats);
    }
    for (size_t i = 0; err == TBC_OK && i < stats->stats_n; i++) {
        if (strcmp(stats->stats[i].name, "certificates") == 0) {
            *stored += stats->stats[i].value;
        }
    }
    return err;
}

enum tbc_err
station_issuer_compare(struct station *st, struct tbc_utc now)
{
    const struct signer_counts counts = station_signer_counts(st->signer);
    const uint64_t sure = counts.total - counts.doubt;
    uint64_t stored;
    uint64_t known;
    enum tbc_err err;

    if ((err = count_stored(st, now, &stored)) != TBC_OK ||
        (err = tbc_store_get(st->store, UNSTORED, &known)) != TBC_OK ||
        sure <= stored || sure - stored <= known) {
        return err;
    }
    if (sure - stored - known > STATION_BATCH_MAX) {
        tbc_log(TBC_LOG_ERROR,
                "tbc-signer has signed %" PRIu64
                " certificates, the store knows %" PRIu64
                ": the database is an older one, or somebody else had them signed",
                sure, stored);
    }
    return tbc_store_set(st->store, UNSTORED, sure - stored);
}

void
station_issuer_fini(struct station *st)
{
    st->issuer = NULL;
    station_signer_stop(&st->signer);
}
