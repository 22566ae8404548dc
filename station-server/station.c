#include "station.h"

#include "sys/clock.h"
#include "sys/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
admit(void *arg, const uint8_t key[static 32])
{
    return station_device(arg, key) != NULL;
}

static enum tbc_err
start_examiner(struct station *st, const struct station_options *o)
{
    const char *why = NULL;
    enum tbc_err err;

    if (o->models == NULL) {
        tbc_log(TBC_LOG_WARN, "no --models: faces cannot be compared");
        return TBC_OK;
    }
    err = tbc_examiner_start(&st->examiner, NULL, o->models, o->manifest, &why);
    return err == TBC_OK
               ? err
               : tbc_log_err(err, "%s: %s", o->models, why == NULL ? "examiner" : why);
}

static const char *
or_null(const char *text)
{
    return *text == '\0' ? NULL : text;
}

static enum tbc_err
open_provider(struct station *st)
{
    const struct station_conf *c = &st->conf;
    const struct station_provider_options options = {
        .url = strcmp(c->provider, "https") == 0 ? c->authority : NULL,
        .ca = or_null(c->authority_ca),
        .cert = or_null(c->authority_cert),
        .key = or_null(c->authority_key),
        .timeout_ms = c->authority_ms,
        .hold_s = c->policy.handle_s,
        .compares = strcmp(c->compare, "there") == 0,
    };

    return station_provider_open(&st->provider, &options, st->store);
}

static enum tbc_err
listen_at(struct station *st)
{
    const struct tbc_server_options options = {
        .front = st->conf.front,
        .feed = st->conf.feed,
        .secret = st->secrets.curve_secret,
        .admit = admit,
        .arg = st,
    };

    return tbc_server_open(&st->server, &options);
}

/* The operator's file follows the addresses and the root that are in force. */
static enum tbc_err
follow_operator(struct station *st)
{
    struct tbc_device_file file;
    struct tbc_device_file old;
    char path[STATION_PATH_MAX];
    enum tbc_err err;

    if ((err = station_path(st->data, "operator.device", path)) != TBC_OK) {
        return err;
    }
    if (access(path, F_OK) != 0) {
        return TBC_OK; /* moved elsewhere, on purpose */
    }
    if ((err = tbc_device_read(&file, path)) != TBC_OK) {
        return err;
    }
    old = file;
    (void)snprintf(file.front, sizeof file.front, "%s", tbc_server_front(st->server));
    (void)snprintf(file.feed, sizeof file.feed, "%s", tbc_server_feed(st->server));
    if (st->root[0] != '\0') {
        memcpy(file.root, st->root, sizeof file.root);
    }
    if (memcmp(&file, &old, sizeof file) != 0 &&
        (err = tbc_device_replace(&file, path)) != TBC_OK) {
        (void)tbc_log_err(err, "%s", path);
    }
    tbc_device_fini(&file);
    tbc_device_fini(&old);
    return err;
}

enum tbc_err
station_options_apply(const struct station_options *o, struct station_conf *conf,
                      struct tbc_conf_origins *from)
{
    enum tbc_err err;

    if ((err = station_conf_set(conf, from, "front", o->front, "--front")) != TBC_OK ||
        (err = station_conf_set(conf, from, "feed", o->feed, "--feed")) != TBC_OK ||
        (err = station_conf_set(conf, from, "http", o->http, "--http")) != TBC_OK) {
        return err;
    }
    return station_conf_set(conf, from, "url", o->store, "--store");
}

enum tbc_err
station_options_read(const struct station_options *o, struct station_conf *conf,
                     struct tbc_conf_origins *from)
{
    char path[STATION_PATH_MAX];
    enum tbc_err err = station_path(o->data, "station.conf", path);

    if (err == TBC_OK) {
        err = station_conf_read(conf, o->config == NULL ? path : o->config, from);
    }
    return err == TBC_OK ? station_options_apply(o, conf, from) : err;
}

static enum tbc_err
open_parts(struct station *st, const struct station_options *o)
{
    char path[STATION_PATH_MAX];
    enum tbc_err err;

    if ((err = station_options_read(o, &st->conf, NULL)) != TBC_OK) {
        return err;
    }
    station_log_follow(&st->conf);
    if ((err = station_secrets_read(&st->secrets, o->data)) != TBC_OK ||
        (err = station_store_place(o->data, &st->conf, path)) != TBC_OK ||
        (err = tbc_store_open(&st->store, path, st->secrets.sealing, false)) !=
            TBC_OK ||
        (err = station_rekey_open(st)) != TBC_OK ||
        (err = station_pseudonyms_open(&st->pseudonyms, st->store, o->data,
                                       st->conf.store[0] != '\0')) != TBC_OK ||
        (err = station_path(o->data, "index.floor", path)) != TBC_OK ||
        (err = station_index_open(&st->index, st->store, st->pseudonyms.steady,
                                  path)) != TBC_OK ||
        (err = station_fleet_load(st)) != TBC_OK ||
        (err = station_lists_open(st, o)) != TBC_OK ||
        (err = station_issuer_compare(st, tbc_clock_utc())) != TBC_OK ||
        (err = station_journal_open(st, tbc_clock_utc())) != TBC_OK ||
        (err = station_pseudonyms_change(&st->pseudonyms, tbc_clock_utc())) != TBC_OK ||
        (err = open_provider(st)) != TBC_OK ||
        (err = start_examiner(st, o)) != TBC_OK || (err = listen_at(st)) != TBC_OK ||
        (err = station_lists_renew(st, tbc_clock_utc())) != TBC_OK ||
        (err = station_journal_sign(st, tbc_clock_utc())) != TBC_OK) {
        return err;
    }
    return follow_operator(st);
}

bool
station_is_benchmark(void)
{
    return TBC_BENCHMARK;
}

void
station_log_follow(const struct station_conf *conf)
{
    enum tbc_log_level level;

    if (tbc_log_level_parse(conf->log_level, &level)) {
        tbc_log_set_level(level);
    }
}

enum tbc_err
station_open(struct station **station, const struct station_options *options)
{
    struct station *st = calloc(1, sizeof *st);
    enum tbc_err err;

    *station = NULL;
    if (st == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    (void)snprintf(st->data, sizeof st->data, "%s", options->data);
    st->without_face = options->without_face;
    st->options = *options;
    if ((err = open_parts(st, options)) != TBC_OK) {
        station_close(&st);
        return err;
    }
    *station = st;
    return TBC_OK;
}

void
station_close(struct station **station)
{
    struct station *st = *station;

    *station = NULL;
    if (st == NULL) {
        return;
    }
    station_web_fini(st);
    tbc_notify_fini(&st->notify);
    tbc_server_close(&st->server);
    tbc_examiner_stop(&st->examiner);
    station_provider_close(&st->provider);
    station_lists_fini(st);
    station_journal_fini(st);
    station_index_fini(&st->index);
    station_pseudonyms_fini(&st->pseudonyms);
    for (size_t i = 0; i < STATION_APPLIES_MAX; i++) {
        tbc_buf_fini(&st->applies[i].reply);
    }
    for (size_t i = 0; i < sizeof st->out / sizeof *st->out; i++) {
        tbc_buf_fini(&st->out[i].bytes);
    }
    station_grant_fini(st);
    station_queue_fini(&st->queue);
    tbc_buf_fini(&st->batch.parts);
    tbc_backup_end(&st->backup.job);
    tbc_store_close(&st->store);
    tbc_wipe(st, sizeof *st);
    free(st);
}
