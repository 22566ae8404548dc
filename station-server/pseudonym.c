#include "pseudonym.h"

#include "crypto/digest.h"
#include "store/journal.h"
#include "sys/file.h"
#include "sys/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PRESENT "pseudonym.key"
#define NEXT    "pseudonym-next.key"
#define VERSION "pseudonym" /* a mark of the store */
#define LEN     STATION_PSEUDONYM_LEN

/* A manifest is good until the end of tomorrow: certificates of the day after meet none of before. */
#define AHEAD 2

/* As it is sealed: steady, key, next, the day of it; zeros where there is no next. */
#define DAY_AT     (3 * (size_t)LEN)
#define RECORD_LEN (DAY_AT + 8)

static void
put_record(const struct station_pseudonyms *p, uint8_t out[static RECORD_LEN])
{
    memset(out, 0, RECORD_LEN);
    memcpy(out, p->steady, LEN);
    memcpy(out + LEN, p->key, LEN);
    if (p->has_next) {
        memcpy(out + 2 * (size_t)LEN, p->next, LEN);
        for (size_t i = 0; i < 8; i++) {
            out[DAY_AT + i] = (uint8_t)((uint64_t)p->from_day >> (56 - 8 * i));
        }
    }
}

static void
take_record(struct station_pseudonyms *p, const uint8_t in[static RECORD_LEN])
{
    uint64_t day = 0;

    for (size_t i = 0; i < 8; i++) {
        day = day << 8 | in[DAY_AT + i];
    }
    memcpy(p->steady, in, LEN);
    memcpy(p->key, in + LEN, LEN);
    memcpy(p->next, in + 2 * (size_t)LEN, LEN);
    p->from_day = (int64_t)day;
    p->has_next = day != 0;
}

/* What the store has; ERR_NOT_FOUND: nothing yet. */
static enum tbc_err
read_store(struct station_pseudonyms *p)
{
    struct tbc_buf record = { 0 };
    uint64_t version;
    enum tbc_err err = tbc_store_get(p->store, VERSION, &version);

    if (err == TBC_OK) {
        err = tbc_store_secret_get(p->store, TBC_STORE_PSEUDONYM, &record);
    }
    if (err == TBC_OK && record.len != RECORD_LEN) {
        err = tbc_log_err(TBC_ERR_CORRUPT, "the pseudonym keys in the database");
    }
    if (err == TBC_OK) {
        take_record(p, record.ptr);
        p->version = version;
    }
    tbc_buf_fini(&record);
    return err;
}

/* Within a transaction. */
static enum tbc_err
write_store(struct station_pseudonyms *p)
{
    uint8_t record[RECORD_LEN];
    enum tbc_err err;

    put_record(p, record);
    err = tbc_store_secret_put(p->store, TBC_STORE_PSEUDONYM,
                               tbc_span_of(record, sizeof record));
    tbc_wipe(record, sizeof record);
    return err == TBC_OK ? tbc_store_set(p->store, VERSION, ++p->version) : err;
}

static enum tbc_err
write_leaf(struct station_pseudonyms *p, struct tbc_utc now, const char *word,
           struct tbc_utc at)
{
    struct tbc_leaf leaf = { .kind = TBC_LEAF_KEY, .time = now, .at = at };

    (void)snprintf(leaf.word, sizeof leaf.word, "%s", word);
    return tbc_journal_append(p->store, &leaf, NULL, NULL);
}

static const uint8_t *
key_of(const struct station_pseudonyms *p, int64_t day)
{
    return p->has_next && day >= p->from_day ? p->next : p->key;
}

static bool
is_key(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, LEN) == 0;
}

/* The status indices and the digests of requests hang on this: they may not change with the key. */
static enum tbc_err
begin_with_file(struct station_pseudonyms *p)
{
    enum tbc_err err = tbc_hmac_sha256(tbc_span_of(p->file, LEN),
                                       tbc_span_str("tbc status index"), p->steady);

    memcpy(p->key, p->file, LEN);
    p->version = 0;
    return err == TBC_OK ? write_store(p) : err;
}

/* Nobody else has this store, so the folder knows better than a database that was put back. */
static enum tbc_err
believe_file(struct station_pseudonyms *p)
{
    tbc_log(TBC_LOG_WARN,
            PRESENT ": not one of the database's, as after a restore; it is believed");
    memcpy(p->key, p->file, LEN);
    p->has_next = false;
    return write_store(p);
}

/* Within a transaction, so that of several processes one is the first. */
static enum tbc_err
settle(struct station_pseudonyms *p)
{
    enum tbc_err err = read_store(p);

    if (err == TBC_ERR_NOT_FOUND) {
        return begin_with_file(p);
    }
    if (err == TBC_OK && !p->is_shared && !is_key(p->file, p->key) &&
        !(p->has_next && is_key(p->file, p->next))) {
        return believe_file(p);
    }
    return err;
}

enum tbc_err
station_pseudonyms_open(struct station_pseudonyms *p, struct tbc_store *store,
                        const char *data, bool is_shared)
{
    enum tbc_err err;

    *p = (struct station_pseudonyms){ .store = store, .is_shared = is_shared };
    (void)snprintf(p->data, sizeof p->data, "%s", data);
    if ((err = station_secret_read(data, PRESENT, p->file, LEN)) != TBC_OK ||
        (err = tbc_store_begin(store)) != TBC_OK) {
        return err;
    }
    if ((err = settle(p)) != TBC_OK || (err = tbc_store_commit(store)) != TBC_OK) {
        tbc_store_rollback(store);
    }
    return err;
}

void
station_pseudonyms_fini(struct station_pseudonyms *p)
{
    tbc_wipe(p, sizeof *p);
}

static void
say_times(const struct station_pseudonyms *p)
{
    char from[TBC_RFC3339_SIZE];

    tbc_utc_format(tbc_day_start(p->from_day), from);
    tbc_log(TBC_LOG_INFO,
            "the pseudonym key is being changed: the next serves from %s on", from);
}

static enum tbc_err
announce_within(struct station_pseudonyms *p, const uint8_t *next, struct tbc_utc now)
{
    enum tbc_err err = read_store(p);

    if (err != TBC_OK) {
        return err;
    }
    if (p->has_next) {
        return is_key(p->next, next)
                   ? TBC_OK
                   : tbc_log_err(TBC_ERR_EXISTS,
                                 NEXT ": the key is being changed to another already; "
                                      "remove that file");
    }
    memcpy(p->next, next, LEN);
    p->has_next = true;
    p->from_day = tbc_utc_day(now) + AHEAD;
    if ((err = write_store(p)) != TBC_OK) {
        return err;
    }
    return write_leaf(p, now, "PSEUDONYM_NEXT", tbc_day_start(p->from_day));
}

static enum tbc_err
announce(struct station_pseudonyms *p, const uint8_t *next, struct tbc_utc now)
{
    struct station_pseudonyms before = *p;
    enum tbc_err err = tbc_store_begin(p->store);

    if (err == TBC_OK && ((err = announce_within(p, next, now)) != TBC_OK ||
                          (err = tbc_store_commit(p->store)) != TBC_OK)) {
        tbc_store_rollback(p->store);
        *p = before;
    }
    tbc_wipe(&before, sizeof before);
    if (err == TBC_OK) {
        say_times(p);
    }
    return err;
}

/* The file of a next key that is the present one by now; of another it stays. */
static enum tbc_err
forget_next(const struct station_pseudonyms *p)
{
    uint8_t next[LEN] = { 0 };
    char path[STATION_PATH_MAX];
    enum tbc_err err = station_path(p->data, NEXT, path);

    if (err == TBC_OK && tbc_secret_read(path, next, sizeof next) == TBC_OK &&
        is_key(next, p->key) && unlink(path) != 0) {
        err = tbc_log_err(TBC_ERR_IO, "%s: %s", path, strerror(errno));
    }
    tbc_wipe(next, sizeof next);
    return err;
}

enum tbc_err
station_pseudonyms_change(struct station_pseudonyms *p, struct tbc_utc now)
{
    uint8_t next[LEN];
    char path[STATION_PATH_MAX];
    enum tbc_err err = station_path(p->data, NEXT, path);

    if (err != TBC_OK || access(path, F_OK) != 0) {
        return err;
    }
    if ((err = station_secret_read(p->data, NEXT, next, sizeof next)) == TBC_OK) {
        err = is_key(next, p->key) ? forget_next(p) : announce(p, next, now);
    }
    tbc_wipe(next, sizeof next);
    return err;
}

static enum tbc_err
share(struct station_pseudonyms *p)
{
    const bool had_next = p->has_next;
    uint64_t version;
    enum tbc_err err = tbc_store_get(p->store, VERSION, &version);

    if (err != TBC_OK || version == p->version) {
        return err;
    }
    if ((err = read_store(p)) == TBC_OK && p->has_next && !had_next) {
        say_times(p);
    }
    return err == TBC_OK && had_next && !p->has_next ? forget_next(p) : err;
}

/* Whoever copies the folder's keys today has the one of today. */
static enum tbc_err
keep_file(struct station_pseudonyms *p, struct tbc_utc now)
{
    const uint8_t *key = key_of(p, tbc_utc_day(now));
    char path[STATION_PATH_MAX];
    enum tbc_err err;

    if (is_key(key, p->file)) {
        return TBC_OK;
    }
    if ((err = station_path(p->data, PRESENT, path)) != TBC_OK) {
        return err;
    }
    if ((err = tbc_file_write(path, tbc_span_of(key, LEN), 0600)) != TBC_OK) {
        return tbc_log_err(err, "%s", path);
    }
    memcpy(p->file, key, LEN);
    tbc_log(TBC_LOG_INFO, "%s: the next pseudonym key serves", path);
    return TBC_OK;
}

static bool
is_over(const struct station_pseudonyms *p, struct tbc_utc now, int64_t validity_s)
{
    const int64_t last_s = validity_s > TBC_DAY_S ? validity_s : TBC_DAY_S;

    return p->has_next && now.s >= tbc_day_start(p->from_day).s + last_s;
}

static enum tbc_err
drop_within(struct station_pseudonyms *p, struct tbc_utc now)
{
    enum tbc_err err = read_store(p);

    if (err != TBC_OK || !p->has_next) {
        return err; /* another process was faster */
    }
    memcpy(p->key, p->next, LEN);
    tbc_wipe(p->next, LEN);
    p->has_next = false;
    return (err = write_store(p)) == TBC_OK
               ? write_leaf(p, now, "PSEUDONYM_CHANGED", (struct tbc_utc){ 0 })
               : err;
}

static enum tbc_err
drop(struct station_pseudonyms *p, struct tbc_utc now)
{
    struct station_pseudonyms before = *p;
    enum tbc_err err = tbc_store_begin(p->store);

    if (err == TBC_OK && ((err = drop_within(p, now)) != TBC_OK ||
                          (err = tbc_store_commit(p->store)) != TBC_OK)) {
        tbc_store_rollback(p->store);
        *p = before;
    }
    tbc_wipe(&before, sizeof before);
    if (err == TBC_OK) {
        tbc_log(TBC_LOG_INFO, "the pseudonym key was changed; the old one is gone");
        err = forget_next(p);
    }
    return err;
}

enum tbc_err
station_pseudonyms_tend(struct station_pseudonyms *p, struct tbc_utc now,
                        int64_t validity_s, bool *dropped)
{
    enum tbc_err err;

    *dropped = false;
    if ((err = share(p)) != TBC_OK || keep_file(p, now) != TBC_OK ||
        !is_over(p, now, validity_s)) {
        return err; /* a folder that cannot be written is no reason to stop */
    }
    err = drop(p, now);
    *dropped = !p->has_next;
    return err;
}

struct tbc_span
station_pseudonym_key(const struct station_pseudonyms *p, int64_t day)
{
    return tbc_span_of(key_of(p, day), LEN);
}

enum tbc_err
station_pseudonym(const struct station_pseudonyms *p, int64_t day,
                  enum tbc_doc_kind kind, const char *number,
                  uint8_t out[static TBC_HOLDER_LEN])
{
    return tbc_pseudonym(station_pseudonym_key(p, day), day, kind, number, out);
}
