/* What devices and officers ask the station: HELLO, SNAPSHOT, VERIFY, LOOKUP, REVOKE,
 * DEVICE. */
#include "codec/claims.h"
#include "codec/cose.h"
#include "crypto/facecode.h"
#include "crypto/judge.h"
#include "station.h"
#include "sys/log.h"

#include <stdio.h>
#include <string.h>

/* What opens the faces of certificates that a gate may see before it asks again. */
static enum tbc_err
fill_face_keys(const struct station *st, struct tbc_utc now,
               struct tbc_hello_reply *out)
{
    const int64_t today = tbc_utc_day(now);
    enum tbc_err err = TBC_OK;

    out->faces_n = TBC_WIRE_FACE_KEYS_MAX;
    for (size_t i = 0; i < out->faces_n && err == TBC_OK; i++) {
        const int64_t day = today - 1 + (int64_t)i;

        out->faces[i].day = tbc_day_start(day);
        err = tbc_face_day_key(station_pseudonym_key(&st->pseudonyms, day), day,
                               out->faces[i].key);
    }
    return err;
}

enum tbc_err
station_hello_fill(const struct station *st, const struct tbc_store_device *device,
                   struct tbc_utc now, struct tbc_hello_reply *out)
{
    out->role = device->row.role;
    out->now = now;
    out->policy = st->conf.policy;
    memcpy(out->station, st->conf.code, sizeof out->station);
    memcpy(out->station_zh, st->conf.name_zh, sizeof out->station_zh);
    memcpy(out->station_en, st->conf.name_en, sizeof out->station_en);
    memcpy(out->desk_zh, st->conf.desk_zh, sizeof out->desk_zh);
    memcpy(out->desk_en, st->conf.desk_en, sizeof out->desk_en);
    memcpy(out->device, device->row.name, sizeof out->device);
    return device->row.role == TBC_ROLE_GATE && out->policy.gate_face_permille > 0
               ? fill_face_keys(st, now, out)
               : TBC_OK;
}

enum tbc_code
station_on_hello(struct station *st, struct station_call *call)
{
    enum tbc_err err = tbc_store_device_seen(st->store, call->device->key, call->now);
    enum tbc_code code;

    if (err != TBC_OK) {
        return station_trouble(call, err);
    }
    if ((code = station_peers_hello(st, call)) != TBC_CODE_FINE) {
        return code;
    }
    err = station_hello_fill(st, call->device, call->now, &st->reply.hello);
    return err == TBC_OK ? TBC_CODE_FINE : station_trouble(call, err);
}

static struct tbc_span
newer(const struct station_list *list, uint64_t than)
{
    return list->version > than ? tbc_buf_span(&list->bytes) : (struct tbc_span){ 0 };
}

enum tbc_code
station_on_snapshot(struct station *st, struct station_call *call)
{
    const struct tbc_snapshot *in = &st->in.snapshot;
    struct tbc_span joint;
    enum tbc_err err;

    err = station_journal_joint(st, in->log, &joint);
    if (err != TBC_OK) {
        return station_trouble(call, err);
    }
    st->reply.snapshot = (struct tbc_snapshot_reply){
        .feed = st->feed,
        .trust = newer(&st->trust, in->trust),
        .status = newer(&st->status, in->status),
        .manifest = newer(&st->manifest, in->manifest),
        .checkpoint = tbc_buf_span(&st->journal->message),
        .joint = joint,
        .peers = call->device->row.role == TBC_ROLE_GATE ? newer(&st->peers, in->peers)
                                                         : (struct tbc_span){ 0 },
    };
    return TBC_CODE_FINE;
}

/* What the judge cannot know of a certificate of this station: revoked a moment ago. */
static enum tbc_err
ask_record(struct station *st, struct tbc_judgement *j)
{
    struct tbc_store_certificate c;
    enum tbc_err err;

    if (!j->has_claims) {
        return TBC_OK;
    }
    err = tbc_store_certificate_get(st->store, j->claims.cti, &c);
    if (err == TBC_OK && c.revoked.s != 0 && j->verdict > TBC_REVOKED) {
        j->verdict = TBC_REVOKED;
    }
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

static enum tbc_err
open_status(struct station *st, struct tbc_utc now)
{
    if (st->status_list.iat.s != 0 &&
        (uint64_t)st->status_list.iat.s == st->status.version) {
        return TBC_OK;
    }
    tbc_statuslist_fini(&st->status_list);
    return tbc_statuslist_open(&st->status_list, tbc_buf_span(&st->status.bytes),
                               st->ring, now, NULL);
}

enum tbc_code
station_judge(struct station *st, struct station_call *call, struct tbc_span text,
              struct tbc_judgement *j)
{
    struct tbc_knowledge know = { .ring = st->ring,
                                  .lists = &st->status_list,
                                  .lists_n = 1,
                                  .policy = &st->conf.policy };
    enum tbc_err err;

    if (st->ring == NULL || st->status.bytes.len == 0) {
        return station_refuse(call, TBC_CODE_TROUBLE, "no trust list");
    }
    if ((err = open_status(st, call->now)) != TBC_OK ||
        (err = tbc_judge(text, &know, call->now, j)) != TBC_OK) {
        return station_trouble(call, err);
    }
    return TBC_CODE_FINE;
}

enum tbc_code
station_on_verify(struct station *st, struct station_call *call)
{
    struct tbc_judgement j = { 0 };
    enum tbc_code code = station_judge(st, call, st->in.verify.text, &j);
    enum tbc_err err;

    if (code != TBC_CODE_FINE) {
        return code;
    }
    if ((err = ask_record(st, &j)) != TBC_OK) {
        return station_trouble(call, err);
    }
    st->reply.verify = (struct tbc_verify_reply){
        .verdict = j.verdict == TBC_ACCEPTED_OFFLINE ? TBC_ACCEPTED : j.verdict,
        .time = j.time,
    };
    return TBC_CODE_FINE;
}

/* The facts that stand in the certificate itself. */
static enum tbc_err
read_facts(const struct tbc_store_certificate *c, struct tbc_lookup_reply *out)
{
    struct tbc_claims claims;
    struct tbc_cose cose;

    if (tbc_cose_open(&cose, tbc_span_of(c->bytes, c->bytes_len), NULL) != TBC_OK ||
        tbc_claims_decode(&claims, cose.payload, NULL) != TBC_OK) {
        return tbc_log_err(TBC_ERR_CORRUPT, "a stored certificate");
    }
    (void)snprintf(out->name, sizeof out->name, "%s", claims.masked_name);
    out->kind = claims.kind;
    out->channel = claims.channel;
    out->assurance = claims.assurance;
    out->medium = claims.medium;
    return TBC_OK;
}

static enum tbc_err
look_up(struct station *st, struct station_call *call, struct tbc_lookup_reply *out)
{
    const struct tbc_lookup *in = &st->in.lookup;
    struct tbc_store_certificate *c = &st->shown;
    struct tbc_leaf leaf = { .kind = TBC_LEAF_LOOKUP, .word = "FINE", .has_cti = true };
    enum tbc_err err;

    if ((err = tbc_store_certificate_get(st->store, in->cti, c)) != TBC_OK ||
        (err = read_facts(c, out)) != TBC_OK ||
        (err = tbc_store_entry_count(st->store, in->cti, &out->entries)) != TBC_OK) {
        return err;
    }
    memcpy(out->cti, c->cti, sizeof out->cti);
    memcpy(out->reason, c->reason, sizeof out->reason);
    memcpy(out->device, c->device, sizeof out->device);
    out->issued = c->issued;
    out->expires = c->expires;
    out->status = c->revoked.s != 0 ? TBC_STATUS_REVOKED : TBC_STATUS_VALID;
    out->certificate = tbc_span_of(c->bytes, c->bytes_len);
    memcpy(leaf.cti, c->cti, sizeof leaf.cti);
    err = tbc_store_access_put(st->store, in->cti, call->device->row.name, in->reason,
                               call->now);
    return err == TBC_OK ? station_journal_write(st, call, leaf, in->reason) : err;
}

enum tbc_code
station_on_lookup(struct station *st, struct station_call *call)
{
    enum tbc_err err;

    if (st->in.lookup.reason[0] == '\0') {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "reason");
    }
    err = look_up(st, call, &st->reply.lookup);
    if (err == TBC_ERR_NOT_FOUND) {
        return station_refuse(call, TBC_CODE_NOT_FOUND, "cti");
    }
    return err == TBC_OK ? TBC_CODE_FINE : station_trouble(call, err);
}

enum tbc_code
station_on_revoke(struct station *st, struct station_call *call)
{
    const struct tbc_revoke *in = &st->in.revoke;
    struct tbc_leaf leaf = { .kind = TBC_LEAF_REVOKE, .has_cti = true };
    enum tbc_err err;

    if (in->reason[0] == '\0') {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "reason");
    }
    err = tbc_store_certificate_revoke(st->store, in->cti, in->reason, call->now);
    if (err == TBC_ERR_NOT_FOUND) {
        return station_refuse(call, TBC_CODE_NOT_FOUND, "cti");
    }
    if (err == TBC_ERR_EXISTS) {
        return station_refuse(call, TBC_CODE_EXISTS, "revoked already");
    }
    memcpy(leaf.cti, in->cti, sizeof leaf.cti);
    if (err == TBC_OK &&
        (err = tbc_store_access_put(st->store, in->cti, call->device->row.name,
                                    in->reason, call->now)) == TBC_OK) {
        err = station_journal_write(st, call, leaf, in->reason);
    }
    if (err != TBC_OK) {
        return station_trouble(call, err);
    }
    st->status_changed = true;
    return TBC_CODE_FINE;
}

static bool
is_role(uint64_t role)
{
    return role == TBC_ROLE_KIOSK || role == TBC_ROLE_GATE || role == TBC_ROLE_PATROL ||
           role == TBC_ROLE_OPERATOR;
}

/* A device is its key; names are given again by nobody, but a key says it without a doubt. */
static enum tbc_err
note_device(struct station *st, const struct station_call *call, const char *word,
            const uint8_t key[static 32])
{
    struct tbc_leaf leaf = { .kind = TBC_LEAF_DEVICE };
    enum tbc_err err = station_journal_digest(tbc_span_of(key, 32), &leaf);

    (void)snprintf(leaf.word, sizeof leaf.word, "%s", word);
    return err == TBC_OK ? station_journal_write(st, call, leaf, NULL) : err;
}

static enum tbc_err
revoke_device(struct station *st, const struct station_call *call)
{
    const char *name = st->in.device.name;
    enum tbc_err err = tbc_store_device_revoke(st->store, name, call->now);

    if (err == TBC_OK) {
        err = station_peers_changed(st, call->now);
    }
    for (size_t i = 0; i < st->fleet_n && err == TBC_OK; i++) {
        if (strcmp(st->fleet[i].row.name, name) == 0) {
            return note_device(st, call, "REVOKE", st->fleet[i].key);
        }
    }
    return err;
}

static enum tbc_code
add_device(struct station *st, struct station_call *call)
{
    static const uint8_t no_key[32];
    const struct tbc_device *in = &st->in.device;
    struct tbc_store_device d = { .row = { .role = in->role, .added = call->now } };
    enum tbc_err err;

    if (!tbc_device_name_is_valid(in->name)) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "name");
    }
    if (!is_role(in->role)) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "role");
    }
    if (memcmp(in->key, no_key, sizeof no_key) == 0) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "key");
    }
    if (st->fleet_n == STATION_FLEET_MAX) {
        return station_refuse(call, TBC_CODE_TROUBLE,
                              "the fleet is as large as it may be");
    }
    memcpy(d.row.name, in->name, sizeof d.row.name);
    memcpy(d.key, in->key, sizeof d.key);
    err = tbc_store_device_add(st->store, &d);
    if (err == TBC_OK) {
        err = note_device(st, call, "ADD", d.key);
    }
    if (err == TBC_ERR_EXISTS) {
        return station_refuse(call, TBC_CODE_EXISTS, "name or key");
    }
    return err == TBC_OK ? TBC_CODE_FINE : station_trouble(call, err);
}

static enum tbc_code
show_devices(struct station *st, struct station_call *call)
{
    struct tbc_device_reply *out = &st->reply.device;
    enum tbc_err err = station_fleet_load(st);

    if (err != TBC_OK) {
        return station_trouble(call, err);
    }
    for (size_t i = 0; i < st->fleet_n; i++) {
        out->rows[i] = st->fleet[i].row;
    }
    out->rows_n = st->fleet_n;
    return TBC_CODE_FINE;
}

enum tbc_code
station_on_device(struct station *st, struct station_call *call)
{
    enum tbc_code code;
    enum tbc_err err;

    switch (st->in.device.action) {
    case TBC_DEVICE_SHOW:
        return show_devices(st, call);
    case TBC_DEVICE_ADD:
        code = add_device(st, call);
        break;
    case TBC_DEVICE_REVOKE:
        err = revoke_device(st, call);
        if (err == TBC_ERR_NOT_FOUND) {
            return station_refuse(call, TBC_CODE_NOT_FOUND, "name");
        }
        code = err == TBC_OK ? TBC_CODE_FINE : station_trouble(call, err);
        break;
    default:
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "action");
    }
    st->fleet_changed = st->fleet_changed || code == TBC_CODE_FINE;
    return code;
}
