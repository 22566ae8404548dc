/* What the station signs for others to judge by, and the feed that carries it. */
#include "base/text.h"
#include "codec/statuslist.h"
#include "crypto/digest.h"
#include "crypto/statusdelta.h"
#include "station.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_BITS   1
#define DELTA_PART    2 /* of the list's length; a longer delta is not worth the work */
#define STATUS_EVERY  3600 /* signed anew at least that often */
#define TOKEN_WAIT_MS 5000 /* after a token failed */

static const char *
or_in_data(struct station *st, const char *given, const char *name,
           char path[static STATION_PATH_MAX])
{
    if (given != NULL) {
        return given;
    }
    return station_path(st->data, name, path) == TBC_OK ? path : "";
}

static enum tbc_err
read_trust(struct station *st, const char *path)
{
    struct tbc_fault fault = { 0 };
    enum tbc_err err = tbc_file_read(path, TBC_TRUST_BYTES_MAX, &st->trust.bytes);

    if (err == TBC_ERR_NOT_FOUND) {
        tbc_log(TBC_LOG_WARN, "%s: not there; nothing can be issued", path);
        return TBC_OK;
    }
    if (err != TBC_OK) {
        return tbc_log_err(err, "%s", path);
    }
    err = tbc_keyring_open(&st->ring, tbc_buf_span(&st->trust.bytes), NULL, &fault);
    if (err != TBC_OK) {
        return tbc_log_err(err, "%s: %s at byte %zu", path,
                           fault.what == NULL ? "trust list" : fault.what,
                           fault.offset);
    }
    st->trust.version = tbc_keyring_list(st->ring)->version;
    return TBC_OK;
}

/* The root key that new devices pin, in hexadecimal: the newest that signed the list. */
static enum tbc_err
take_root(struct station *st)
{
    const struct tbc_trustlist *list = tbc_keyring_list(st->ring);
    const struct tbc_trust_key *root = tbc_keyring_signer(st->ring);
    struct tbc_buf hex = { 0 };
    const char *str;
    enum tbc_err err;

    root = root == NULL ? &list->roots[0] : root;
    (void)tbc_hex_encode(tbc_span_of(root->key, root->key_len), &hex);
    str = tbc_buf_str(&hex);
    err = tbc_buf_status(&hex);
    if (err == TBC_OK && hex.len <= TBC_ROOT_HEX_MAX) {
        (void)snprintf(st->root, sizeof st->root, "%s", str);
    }
    tbc_buf_fini(&hex);
    return err;
}

enum tbc_err
station_lists_open(struct station *st, const struct station_options *o)
{
    char trust[STATION_PATH_MAX];
    const char *trust_path = or_in_data(st, o->trust, "trust.cose", trust);
    uint64_t floor;
    enum tbc_err err;

    (void)snprintf(st->trust_path, sizeof st->trust_path, "%s", trust_path);
    if ((err = tbc_store_get(st->store, "clock", &floor)) != TBC_OK) {
        return err;
    }
    st->floor.s = (int64_t)floor;
    if ((err = tbc_store_get(st->store, "feed", &st->feed)) != TBC_OK ||
        (err = read_trust(st, trust_path)) != TBC_OK ||
        (err = station_issuer_open(st, o)) != TBC_OK) {
        return err;
    }
    if (st->ring == NULL) {
        return TBC_OK;
    }
    if ((err = take_root(st)) != TBC_OK) {
        return err;
    }
    return station_issuer_begin(st);
}

void
station_lists_fini(struct station *st)
{
    tbc_buf_fini(&st->trust.bytes);
    tbc_buf_fini(&st->status.bytes);
    tbc_statuslist_fini(&st->status_list);
    tbc_buf_fini(&st->manifest.bytes);
    tbc_buf_fini(&st->peers.bytes);
    tbc_keyring_free(&st->ring);
    station_issuer_fini(st);
}

static enum tbc_err
mark_revoked(void *arg, uint64_t idx)
{
    return tbc_statuslist_set(arg, idx, TBC_STATUS_REVOKED);
}

static enum tbc_err
make_status(struct station *st, struct tbc_utc now, uint64_t version,
            struct tbc_buf *payload)
{
    struct tbc_statuslist list = { 0 };
    enum tbc_err err = station_index_room(&st->index, &st->status_room);

    if (err == TBC_OK) {
        err = tbc_statuslist_init(&list, STATUS_BITS, (size_t)st->status_room);
    }
    if (err == TBC_OK) {
        (void)snprintf(list.sub, sizeof list.sub, "%s", st->status_uri);
        list.iat.s = (int64_t)version;
        /* whoever loses us has one that is up to STATUS_EVERY old */
        list.exp.s = (now.s > list.iat.s ? now.s : list.iat.s) +
                     st->conf.policy.status_age_s + STATUS_EVERY;
        list.ttl_s = STATUS_EVERY;
        err = tbc_store_revoked(st->store, mark_revoked, &list);
    }
    if (err == TBC_OK) {
        err = tbc_statuslist_encode(&list, payload);
    }
    tbc_statuslist_fini(&list);
    return err;
}

typedef enum tbc_err (*list_maker)(struct station *st, struct tbc_utc now,
                                   uint64_t version, struct tbc_buf *payload);

/* What distinguishes the two lists that this station signs. */
struct recipe {
    enum tbc_notice_kind kind;
    enum tbc_typ typ;
    const char *mark; /* name of the version's high-water mark */
    list_maker make;
};

static const struct recipe status_recipe = { TBC_NOTICE_STATUS, TBC_TYP_STATUS,
                                             "status", make_status };
static const struct recipe manifest_recipe = { TBC_NOTICE_MANIFEST, TBC_TYP_MANIFEST,
                                               "manifest", station_manifest_make };

/* A version is spent before anybody sees it, so that no two lists ever share one.  Within a
 * transaction; feed gets the number of the notice that will carry it. */
static enum tbc_err
spend_version(struct station *st, const char *mark, uint64_t version, uint64_t *feed)
{
    enum tbc_err err = tbc_store_get(st->store, "feed", feed);

    (*feed)++;
    if (err == TBC_OK && (err = tbc_store_set(st->store, mark, version)) == TBC_OK) {
        err = tbc_store_set(st->store, "feed", *feed);
    }
    return err;
}

/* Ends the transaction of a new list as err says. */
static enum tbc_err
close_version(struct station *st, enum tbc_err err, uint64_t feed)
{
    if (err == TBC_OK && (err = tbc_store_commit(st->store)) == TBC_OK) {
        st->feed = feed;
    } else {
        tbc_store_rollback(st->store);
    }
    return err;
}

void
station_publish(struct station *st, enum tbc_notice_kind kind, struct tbc_span body)
{
    const struct tbc_notice notice = { .number = st->feed, .kind = kind, .body = body };
    enum tbc_err err = tbc_server_publish(st->server, &notice);

    if (err != TBC_OK) {
        tbc_log(TBC_LOG_WARN, "the feed: %s", tbc_err_text(err));
    }
}

/* The list as the store is now, signed and kept in it for the other processes. */
static enum tbc_err
sign_list(struct station *st, const struct recipe *recipe, struct tbc_utc now,
          struct tbc_buf *message, uint64_t *version)
{
    struct tbc_buf payload = { 0 };
    enum tbc_err err = tbc_store_get(st->store, recipe->mark, version);

    /* Seconds, because a status list is known by its iat; never twice the same. */
    *version = (uint64_t)now.s > *version ? (uint64_t)now.s : *version + 1;
    if (err == TBC_OK && (err = recipe->make(st, now, *version, &payload)) == TBC_OK &&
        (err = station_signer_sign(st->signer, st->issuer, recipe->typ,
                                   tbc_buf_span(&payload), message)) == TBC_OK) {
        err = tbc_store_list_put(st->store, recipe->mark, *version, now,
                                 tbc_buf_span(message));
    }
    tbc_buf_fini(&payload);
    return err;
}

/* Send the list, or how it follows from the one that was sent before when that is much shorter. */
static void
publish_list(struct station *st, const struct recipe *recipe, struct tbc_span before,
             struct tbc_span list)
{
    struct tbc_buf delta = { 0 };

    if (recipe->typ == TBC_TYP_STATUS && before.len > 0 &&
        tbc_statusdelta_make(before, list, &delta, NULL) == TBC_OK &&
        delta.len < list.len / DELTA_PART) {
        station_publish(st, TBC_NOTICE_DELTA, tbc_buf_span(&delta));
    } else {
        station_publish(st, recipe->kind, list);
    }
    tbc_buf_fini(&delta);
}

/* In one transaction, so that no other process signs at the same time. */
static enum tbc_err
renew(struct station *st, const struct recipe *recipe, struct station_list *list,
      struct tbc_utc now)
{
    struct tbc_buf before = { 0 };
    struct tbc_buf message = { 0 };
    uint64_t version = 0;
    uint64_t feed = 0;
    enum tbc_err err;

    if ((err = tbc_store_begin(st->store)) != TBC_OK) {
        return err;
    }
    if ((err = sign_list(st, recipe, now, &message, &version)) == TBC_OK) {
        err = spend_version(st, recipe->mark, version, &feed);
    }
    if ((err = close_version(st, err, feed)) == TBC_OK) {
        before = list->bytes;
        list->bytes = message;
        list->version = version;
        message = (struct tbc_buf){ 0 };
        publish_list(st, recipe, tbc_buf_span(&before), tbc_buf_span(&list->bytes));
    }
    tbc_buf_fini(&before);
    tbc_buf_fini(&message);
    if (err != TBC_OK && *station_signer_trouble(st->signer) != '\0') {
        /* A token that does not sign now may do so soon: the lists age, and gates tell when they
         * are too old, but the station stays. */
        tbc_log(TBC_LOG_ERROR, "%s: the %s list is not renewed",
                station_signer_trouble(st->signer), recipe->mark);
        return TBC_ERR_BUSY;
    }
    return err == TBC_OK ? err : tbc_log_err(err, "making the %s list", recipe->mark);
}

/* With each status list, so once an hour at least: nothing else says it before gates stop. */
static void
warn_of_trust(const struct station *st, struct tbc_utc now)
{
    const struct tbc_trustlist *list = tbc_keyring_list(st->ring);
    char end[TBC_RFC3339_SIZE];

    tbc_utc_format(list->exp, end);
    if (now.s >= list->exp.s) {
        tbc_log(TBC_LOG_ERROR, "%s: the trust list ended at %s: nobody is believed",
                st->trust_path, end);
    } else if (now.s >= list->warn.s) {
        tbc_log(TBC_LOG_WARN, "%s: the trust list ends at %s: tbc trust renew and sign",
                st->trust_path, end);
    }
}

static enum tbc_err
renew_both(struct station *st, struct tbc_utc now)
{
    enum tbc_err err = TBC_OK;

    if (st->status_changed || st->status.bytes.len == 0 ||
        now.s - st->status_at.s >= STATUS_EVERY || now.s < st->status_at.s) {
        warn_of_trust(st, now);
        if ((err = renew(st, &status_recipe, &st->status, now)) != TBC_OK) {
            return err;
        }
        st->status_at = now;
        st->status_changed = false;
    }
    if (st->manifest_changed || st->manifest.bytes.len == 0 ||
        tbc_utc_day(now) != st->manifest_day) {
        if ((err = renew(st, &manifest_recipe, &st->manifest, now)) != TBC_OK) {
            return err;
        }
        st->manifest_day = tbc_utc_day(now);
        st->manifest_changed = false;
    }
    return err;
}

enum tbc_err
station_lists_renew(struct station *st, struct tbc_utc now)
{
    enum tbc_err err;

    if (st->issuer == NULL || st->ring == NULL) {
        st->status_changed = false;
        st->manifest_changed = false;
        return TBC_OK;
    }
    if (tbc_clock_mono().ms < st->sign_again.ms) {
        return TBC_OK;
    }
    if ((err = renew_both(st, now)) == TBC_ERR_BUSY) {
        st->sign_again.ms = tbc_clock_mono().ms + TOKEN_WAIT_MS;
        err = TBC_OK;
    }
    return err;
}

/* The list that another process has signed since ours; at gets its time. */
static enum tbc_err
take_over(struct station *st, const struct recipe *recipe, struct station_list *list,
          struct tbc_utc *at)
{
    struct tbc_store_list newer;
    enum tbc_err err =
        tbc_store_list_get(st->store, recipe->mark, list->version, &newer);

    if (err == TBC_OK) {
        tbc_buf_fini(&list->bytes);
        list->bytes = newer.bytes;
        list->version = newer.version;
        *at = newer.at;
        station_publish(st, recipe->kind, tbc_buf_span(&list->bytes));
    }
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

/* Notices that were overtaken are not sent: whoever misses one asks for a snapshot. */
enum tbc_err
station_lists_share(struct station *st, uint64_t feed)
{
    struct tbc_utc manifest_at = tbc_day_start(st->manifest_day);
    enum tbc_err err;

    st->feed = feed;
    if ((err = take_over(st, &status_recipe, &st->status, &st->status_at)) == TBC_OK &&
        (err = take_over(st, &manifest_recipe, &st->manifest, &manifest_at)) ==
            TBC_OK) {
        st->manifest_day = tbc_utc_day(manifest_at);
    }
    return err;
}

static enum tbc_err
announce_trust(struct station *st, uint64_t version, const struct tbc_leaf *leaf)
{
    uint64_t feed = 0;
    enum tbc_err err = tbc_store_begin(st->store);

    if (err == TBC_OK) {
        err = tbc_journal_append(st->store, leaf, NULL, NULL);
        if (err == TBC_OK) {
            err = spend_version(st, "trust", version, &feed);
        }
        err = close_version(st, err, feed);
    }
    return err == TBC_OK ? err
                         : tbc_log_err(err, "%s: not announced; send SIGHUP again",
                                       st->trust_path);
}

/* A list that a root key of the present one has signed, and that is newer. */
static enum tbc_err
take_newer_trust(struct station *st, struct tbc_buf *message)
{
    struct tbc_leaf leaf = { .kind = TBC_LEAF_TRUST, .time = tbc_clock_utc() };
    struct tbc_fault fault = { 0 };
    uint64_t version;
    enum tbc_err err = tbc_keyring_update(st->ring, tbc_buf_span(message), &fault);

    if (err != TBC_OK) {
        (void)tbc_log_err(err, "%s: kept the present list; %s", st->trust_path,
                          fault.what == NULL ? "the new one" : fault.what);
        return TBC_OK;
    }
    version = tbc_keyring_list(st->ring)->version;
    if (version == st->trust.version) {
        return TBC_OK;
    }
    leaf.count = version;
    if ((err = station_journal_digest(tbc_buf_span(message), &leaf)) != TBC_OK ||
        (err = announce_trust(st, version, &leaf)) != TBC_OK) {
        return err;
    }
    tbc_buf_fini(&st->trust.bytes);
    st->trust.bytes = *message;
    st->trust.version = version;
    *message = (struct tbc_buf){ 0 };
    if ((err = take_root(st)) != TBC_OK) {
        return err;
    }
    station_publish(st, TBC_NOTICE_TRUST, tbc_buf_span(&st->trust.bytes));
    tbc_log(TBC_LOG_INFO, "%s: trust list %" PRIu64 " is in force", st->trust_path,
            version);
    return TBC_OK;
}

enum tbc_err
station_trust_reload(struct station *st)
{
    struct tbc_buf message = { 0 };
    enum tbc_err err = tbc_file_read(st->trust_path, TBC_TRUST_BYTES_MAX, &message);

    if (err != TBC_OK) {
        (void)tbc_log_err(err, "%s: kept the present list", st->trust_path);
        err = TBC_OK;
    } else if (st->ring == NULL) {
        tbc_log(TBC_LOG_WARN, "%s: the first list is read at the start; start again",
                st->trust_path);
    } else {
        err = take_newer_trust(st, &message);
    }
    err = station_error_passes(err) ? TBC_OK : err;
    tbc_buf_fini(&message);
    return err;
}

void
station_beat(struct station *st)
{
    station_publish(st, TBC_NOTICE_BEAT, (struct tbc_span){ 0 });
}
