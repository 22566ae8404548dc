/* The station around its real enter.c: real keys, lists and store; its sockets, batches, journal and
 * lists are a model.  Each request is a transaction of its own. */
#include "station-server/station.h"

#include "base/text.h"
#include "codec/manifest.h"
#include "codec/token.h"
#include "codec/trustlist.h"
#include "crypto/certificate.h"
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDICES 131072
#define LIST_S  (2 * TBC_DAY_S)

struct sim_station {
    struct station *st; /* what enter.c looks at: store, request, reply */
    struct tbc_key *root;
    struct tbc_key *issuer;
    struct tbc_key *phones[SIM_PHONES];
    char root_hex[TBC_ROOT_HEX_MAX + 1];
    struct tbc_statuslist list;
    struct tbc_buf trust; /* signed */
    struct tbc_buf status;
    struct tbc_buf manifest;
    struct tbc_buf peers;
    uint64_t feed;
    struct tbc_store_device devices[SIM_GATES_MAX];
    size_t leaves; /* that enter.c asked for */
};

static void
must(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "sim: station: %s\n", what);
        exit(3);
    }
}

/* ---- what enter.c calls of the rest of the station */

enum tbc_err
station_journal_write(struct station *st, const struct station_call *call,
                      struct tbc_leaf leaf, const char *note)
{
    (void)st;
    (void)call;
    (void)note;
    must(leaf.word[0] != '\0', "a leaf without a word");
    sim_running->station->leaves++;
    return TBC_OK;
}

void
station_metrics_verdict(struct station_metrics *m, const char *gate,
                        enum tbc_verdict verdict)
{
    (void)m;
    (void)gate;
    (void)verdict;
}

enum tbc_code
station_refuse(struct station_call *call, enum tbc_code code, const char *what)
{
    (void)snprintf(call->problem.what, sizeof call->problem.what, "%s", what);
    return code;
}

enum tbc_code
station_trouble(struct station_call *call, enum tbc_err err)
{
    (void)call;
    sim_find(sim_running, "the station is in trouble: %s", tbc_err_text(err));
    return TBC_CODE_TROUBLE;
}

/* ---- lists */

static void
trust_row(struct tbc_key *key, const char *station, struct tbc_trust_key *row)
{
    struct tbc_buf cose;

    *row = (struct tbc_trust_key){ .alg = tbc_key_alg(key),
                                   .not_before = { SIM_DAY - 9 * TBC_DAY_S },
                                   .not_after = { SIM_DAY + 9 * TBC_DAY_S } };
    (void)snprintf(row->station, sizeof row->station, "%s", station);
    if (*station != '\0') {
        (void)snprintf(row->status_uri, sizeof row->status_uri, "%s", SIM_URI);
    }
    tbc_buf_init_fixed(&cose, row->key, sizeof row->key);
    must(tbc_key_put_cose(key, &cose) == TBC_OK, "a key");
    row->key_len = cose.len;
    tbc_key_kid(key, row->kid);
}

static void
sign(struct tbc_key *key, enum tbc_typ typ, struct tbc_buf *payload,
     struct tbc_buf *message)
{
    tbc_buf_fini(message);
    must(tbc_sign_cose(key, typ, tbc_buf_span(payload), message) == TBC_OK,
         "a signature");
    tbc_buf_fini(payload);
}

static void
make_trust(struct sim_station *m)
{
    struct tbc_trustlist list = { .version = 1,
                                  .iat = { SIM_DAY - TBC_DAY_S },
                                  .warn = { SIM_DAY + 7 * TBC_DAY_S },
                                  .exp = { SIM_DAY + 8 * TBC_DAY_S } };
    struct tbc_trust_key row;
    struct tbc_buf payload = { 0 };
    struct tbc_buf hex = { 0 };

    trust_row(m->root, "", &row);
    must(tbc_hex_encode(tbc_span_of(row.key, row.key_len), &hex) == TBC_OK &&
             hex.len <= TBC_ROOT_HEX_MAX,
         "the root");
    (void)snprintf(m->root_hex, sizeof m->root_hex, "%s", tbc_buf_str(&hex));
    tbc_buf_fini(&hex);
    must(tbc_trustlist_add(&list, &row) == TBC_OK, "the trust list");
    trust_row(m->issuer, SIM_TELECODE, &row);
    must(tbc_trustlist_add(&list, &row) == TBC_OK &&
             tbc_trustlist_encode(&list, &payload) == TBC_OK,
         "the trust list");
    sign(m->root, TBC_TYP_TRUST, &payload, &m->trust);
    tbc_trustlist_fini(&list);
}

/* Which of the manifest's trips a ticket is; it is added when it is new. */
static uint32_t
trip_of(struct tbc_manifest *list, const struct sim_ticket *t)
{
    struct tbc_trip *trip;

    for (size_t i = 0; i < list->trips_n; i++) {
        if (strcmp(list->trips[i].train, t->train) == 0) {
            return (uint32_t)i;
        }
    }
    must(list->trips_n < TBC_MANIFEST_TRIPS_MAX, "too many trains");
    trip = &list->trips[list->trips_n];
    *trip = (struct tbc_trip){ .from = SIM_TELECODE, .to = "QYB", .platform = "6" };
    memcpy(trip->train, t->train, sizeof trip->train);
    trip->depart = t->depart;
    return (uint32_t)list->trips_n++;
}

static void
make_manifest(struct sim *s)
{
    struct sim_station *m = s->station;
    struct tbc_manifest list = { .station = SIM_TELECODE,
                                 .version = 1,
                                 .iat = { SIM_DAY },
                                 .exp = { SIM_DAY + 2 * TBC_DAY_S } };
    struct tbc_buf payload = { 0 };

    list.trips = calloc(TBC_MANIFEST_TRIPS_MAX, sizeof *list.trips);
    list.rows = calloc(2 * SIM_TICKETS * s->options.passengers + 1, sizeof *list.rows);
    must(list.trips != NULL && list.rows != NULL, "no memory");
    for (size_t p = 0; p < s->options.passengers; p++) {
        const struct sim_passenger *who = &s->passengers[p];

        for (size_t i = 0; i < 2 * who->tickets_n; i++) {
            struct tbc_manifest_row *row = &list.rows[list.rows_n++];

            memcpy(row->holder, who->holders[i % 2], sizeof row->holder);
            row->trip = trip_of(&list, &who->tickets[i / 2]);
        }
    }
    tbc_manifest_sort(&list);
    must(tbc_manifest_encode(&list, &payload) == TBC_OK, "the manifest");
    sign(m->issuer, TBC_TYP_MANIFEST, &payload, &m->manifest);
    tbc_manifest_fini(&list);
}

/* Where each gate is, the same all day. */
static void
list_peers(struct sim *s)
{
    static struct tbc_peers list;

    memset(&list, 0, sizeof list);
    list.version = 1;
    for (size_t i = 0; i < s->options.gates; i++) {
        struct tbc_peer_row *row = &list.rows[list.rows_n++];

        (void)snprintf(row->name, sizeof row->name, "%s", s->gates[i].name);
        (void)snprintf(row->address, sizeof row->address, "tcp://10.0.0.%zu:7720",
                       i + 1);
        sim_key(i, row->key);
    }
    must(tbc_wire_put(&s->station->peers, &tbc_wire_peers_shape, &list) == TBC_OK,
         "the list of peers");
}

static void
sign_status(struct sim *s)
{
    struct sim_station *m = s->station;
    struct tbc_buf payload = { 0 };

    m->list.iat = sim_utc(s).s > m->list.iat.s ? sim_utc(s)
                                               : (struct tbc_utc){ m->list.iat.s + 1 };
    m->list.exp.s = m->list.iat.s + LIST_S;
    s->listed_s = m->list.iat.s;
    must(tbc_statuslist_encode(&m->list, &payload) == TBC_OK, "the status list");
    sign(m->issuer, TBC_TYP_STATUS, &payload, &m->status);
}

/* ---- to the gates */

static struct sim_message *
to_gate(const struct sim *s, size_t gate, bool is_notice)
{
    struct sim_message *m = calloc(1, sizeof *m);

    must(m != NULL, "no memory");
    m->gate = gate;
    m->life = s->station_life;
    m->is_notice = is_notice;
    return m;
}

static void
publish(struct sim *s, enum tbc_notice_kind kind, struct tbc_span body)
{
    struct sim_station *st = s->station;
    const struct tbc_notice notice = {
        .number = kind == TBC_NOTICE_BEAT ? st->feed : ++st->feed,
        .kind = kind,
        .body = body,
    };

    for (size_t g = 0; g < s->options.gates; g++) {
        if (s->gates[g].gate != NULL) {
            struct sim_message *m = to_gate(s, g, true);

            m->is_beat = kind == TBC_NOTICE_BEAT;
            must(tbc_wire_put_notice(&m->bytes, &notice) == TBC_OK, "a notice");
            sim_send(s, m);
        }
    }
}

void
station_model_beat(struct sim *s)
{
    publish(s, TBC_NOTICE_BEAT, (struct tbc_span){ 0 });
}

void
station_model_renew(struct sim *s)
{
    sign_status(s);
    if (s->station_up) {
        publish(s, TBC_NOTICE_STATUS, tbc_buf_span(&s->station->status));
    }
}

void
station_model_revoke(struct sim *s, size_t certificate)
{
    struct sim_certificate *c = &s->certificates[certificate];
    struct sim_station *m = s->station;

    if (!s->station_up || c->revoked.s != 0) {
        return; /* the desk cannot, now */
    }
    c->revoked = sim_utc(s);
    s->figures.revoked++;
    must(tbc_store_begin(m->st->store) == TBC_OK &&
             tbc_store_certificate_revoke(m->st->store, c->cti, "lost", c->revoked) ==
                 TBC_OK &&
             tbc_store_commit(m->st->store) == TBC_OK &&
             tbc_statuslist_set(&m->list, c->idx, TBC_STATUS_REVOKED) == TBC_OK,
         "a revocation");
    station_model_renew(s);
}

/* ---- requests */

static void
answer(struct sim *s, size_t gate, const struct tbc_request *to, enum tbc_code code,
       const void *msg)
{
    struct sim_message *m = to_gate(s, gate, false);

    must(tbc_wire_put_reply(&m->bytes, to, code, msg) == TBC_OK, "a reply");
    sim_send(s, m);
}

static void
greet(struct sim *s, size_t gate, const struct tbc_request *request)
{
    struct tbc_hello_reply reply = { .station = SIM_TELECODE,
                                     .station_zh = "云州南",
                                     .station_en = "Yunzhou South",
                                     .role = TBC_ROLE_GATE,
                                     .now = sim_utc(s),
                                     .policy = tbc_policy_default };

    (void)snprintf(reply.device, sizeof reply.device, "%s", s->gates[gate].name);
    answer(s, gate, request, TBC_CODE_FINE, &reply);
}

static void
give_lists(struct sim *s, size_t gate, const struct tbc_request *request)
{
    const struct sim_station *m = s->station;
    struct tbc_snapshot_reply reply = { .feed = m->feed };
    struct tbc_snapshot have;

    must(tbc_wire_read(tbc_wire_request_shape(TBC_OP_SNAPSHOT), request->body, &have,
                       NULL) == TBC_OK,
         "SNAPSHOT");
    if (have.trust < 1) {
        reply.trust = tbc_buf_span(&m->trust);
    }
    if (have.status < (uint64_t)m->list.iat.s) {
        reply.status = tbc_buf_span(&m->status);
    }
    if (have.manifest < 1) {
        reply.manifest = tbc_buf_span(&m->manifest);
    }
    if (have.peers < 1 && s->peers) {
        reply.peers = tbc_buf_span(&m->peers);
    }
    answer(s, gate, request, TBC_CODE_FINE, &reply);
}

/* ENTER and its kin: the real handler, in a transaction. */
static void
handle(struct sim *s, size_t gate, const struct tbc_request *request,
       station_handler handler)
{
    struct station *st = s->station->st;
    struct station_call call = { .request = request,
                                 .device = &s->station->devices[gate],
                                 .now = sim_utc(s) };
    enum tbc_code code;

    must(tbc_store_begin(st->store) == TBC_OK, "begin");
    must(tbc_wire_read(tbc_wire_request_shape(request->op), request->body, &st->in,
                       NULL) == TBC_OK,
         tbc_op_name(request->op));
    memset(&st->reply, 0, sizeof st->reply);
    code = handler(st, &call);
    if (code == TBC_CODE_FINE) {
        must(tbc_store_commit(st->store) == TBC_OK, "commit");
        answer(s, gate, request, code, &st->reply);
    } else {
        tbc_store_rollback(st->store);
        sim_find(s, "%s was refused: %s (%s)", tbc_op_name(request->op),
                 tbc_code_name(code), call.problem.what);
        answer(s, gate, request, code, &call.problem);
    }
}

void
station_model_request(struct sim *s, const struct sim_message *m)
{
    static const struct tbc_problem unknown = { .what = "not simulated" };
    struct tbc_request request;

    must(tbc_wire_open_request(tbc_buf_span(&m->bytes), &request, NULL) == TBC_OK,
         "a request");
    sim_trace(s, s->gates[m->gate].name, tbc_op_name(request.op));
    switch (request.op) {
    case TBC_OP_HELLO:
        greet(s, m->gate, &request);
        break;
    case TBC_OP_SNAPSHOT:
        give_lists(s, m->gate, &request);
        break;
    case TBC_OP_ENTER:
        handle(s, m->gate, &request, station_on_enter);
        break;
    case TBC_OP_EVENTS:
        handle(s, m->gate, &request, station_on_events);
        break;
    default:
        answer(s, m->gate, &request, TBC_CODE_UNSUPPORTED, &unknown);
        break;
    }
}

/* ---- beginning and end */

static void
sign_certificate(struct sim *s, struct sim_certificate *c, struct tbc_buf *message)
{
    const struct sim_passenger *p = &s->passengers[c->passenger];
    struct tbc_claims claims = { .iss = SIM_TELECODE,
                                 .iat = c->issued,
                                 .nbf = c->issued,
                                 .exp = c->expires,
                                 .status_idx = c->idx,
                                 .status_uri = SIM_URI,
                                 .kind = TBC_DOC_PASSPORT,
                                 .masked_name = "Ro***",
                                 .channel = TBC_CHANNEL_KIOSK,
                                 .assurance = TBC_ASSURANCE_PASSIVE,
                                 .medium = TBC_MEDIUM_PAPER,
                                 .language = "en" };
    struct tbc_buf text = { 0 };

    if (c->phone > 0) {
        struct tbc_buf cose;

        tbc_buf_init_fixed(&cose, claims.cnf, sizeof claims.cnf);
        must(tbc_key_put_cose(station_model_phone(s, c->phone), &cose) == TBC_OK,
             "a phone's key");
        claims.cnf_len = cose.len;
        claims.channel = TBC_CHANNEL_PHONE;
        claims.medium = TBC_MEDIUM_PHONE;
    }
    memcpy(claims.cti, c->cti, sizeof claims.cti);
    memcpy(claims.holder, p->holders[c->issued.s >= SIM_DAY], sizeof claims.holder);
    must(tbc_certificate_sign(s->station->issuer, &claims, message) == TBC_OK &&
             tbc_token_encode(tbc_buf_span(message), &text) == TBC_OK &&
             text.len < sizeof c->text,
         "a certificate");
    c->text_len = c->phone > 0 ? message->len : text.len;
    memcpy(c->text, c->phone > 0 ? message->ptr : text.ptr, c->text_len);
    tbc_buf_fini(&text);
}

void
station_model_issue(struct sim *s, size_t certificate)
{
    struct sim_certificate *c = &s->certificates[certificate];
    struct tbc_store_certificate row = { .status_idx = c->idx,
                                         .issued = c->issued,
                                         .expires = c->expires,
                                         .medium = TBC_MEDIUM_PAPER };
    struct tbc_buf message = { 0 };

    sign_certificate(s, c, &message);
    memcpy(row.cti, c->cti, sizeof row.cti);
    memcpy(row.blind, &c->passenger, sizeof c->passenger);
    memcpy(row.bytes, message.ptr, message.len);
    row.bytes_len = message.len;
    must(tbc_store_certificate_put(s->station->st->store, &row) == TBC_OK,
         "a certificate's row");
    tbc_buf_fini(&message);
}

static void
issue_all(struct sim *s)
{
    must(tbc_store_begin(s->station->st->store) == TBC_OK, "begin");
    for (size_t i = 0; i < s->certificates_n; i++) {
        station_model_issue(s, i);
    }
    must(tbc_store_commit(s->station->st->store) == TBC_OK, "commit");
}

struct tbc_key *
station_model_phone(const struct sim *s, size_t phone)
{
    return s->station->phones[phone - 1];
}

const char *
station_model_root(const struct sim *s)
{
    return s->station->root_hex;
}

void
station_model_open(struct sim *s)
{
    static const uint8_t key[TBC_SEAL_KEY_LEN] = { 1 };
    struct sim_station *m = calloc(1, sizeof *m);
    char path[256];

    must(m != NULL && (m->st = calloc(1, sizeof *m->st)) != NULL, "no memory");
    s->station = m;
    (void)snprintf(path, sizeof path, "%s/station.db", s->options.folder);
    must(tbc_key_make(&m->root, TBC_ALG_ES256) == TBC_OK &&
             tbc_key_make(&m->issuer, TBC_ALG_ES256) == TBC_OK &&
             tbc_statuslist_init(&m->list, 1, INDICES) == TBC_OK &&
             tbc_store_open(&m->st->store, path, key, true) == TBC_OK,
         "its beginning");
    for (size_t i = 0; i < SIM_PHONES; i++) {
        must(tbc_key_make(&m->phones[i], TBC_ALG_ES256) == TBC_OK, "a phone");
    }
    (void)snprintf(m->list.sub, sizeof m->list.sub, "%s", SIM_URI);
    m->list.ttl_s = 300;
    for (size_t g = 0; g < s->options.gates; g++) {
        (void)snprintf(m->devices[g].row.name, sizeof m->devices[g].row.name, "%s",
                       s->gates[g].name);
    }
    make_trust(m);
    make_manifest(s);
    list_peers(s);
    sign_status(s);
    issue_all(s);
}

void
station_model_close(struct sim *s)
{
    struct sim_station *m = s->station;

    tbc_store_close(&m->st->store);
    free(m->st);
    tbc_key_free(&m->root);
    tbc_key_free(&m->issuer);
    for (size_t i = 0; i < SIM_PHONES; i++) {
        tbc_key_free(&m->phones[i]);
    }
    tbc_statuslist_fini(&m->list);
    tbc_buf_fini(&m->trust);
    tbc_buf_fini(&m->status);
    tbc_buf_fini(&m->manifest);
    tbc_buf_fini(&m->peers);
    free(m);
    s->station = NULL;
}
