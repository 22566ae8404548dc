#include "railway.h"

#include "base/text.h"
#include "codec/claims.h"
#include "codec/live.h"
#include "codec/statuslist.h"
#include "codec/token.h"
#include "codec/trustlist.h"
#include "crypto/seal.h"
#include "crypto/sign.h"
#include "net/client.h"
#include "store/outbox.h"
#include "sys/clock.h"

#include <CUnit/CUnit.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define URI     "https://tbc.example/YZN/1"
#define INDICES 65536 /* of the status list */

static void
must(enum tbc_err err)
{
    CU_ASSERT_EQUAL_FATAL(err, TBC_OK);
}

static void
sign(struct tbc_key *key, enum tbc_typ typ, struct tbc_buf *payload,
     struct tbc_buf *out)
{
    must(tbc_sign_cose(key, typ, tbc_buf_span(payload), out));
    tbc_buf_fini(payload);
}

static void
add_key(struct tbc_trustlist *list, struct tbc_key *key, const char *station)
{
    const struct tbc_utc now = tbc_clock_utc();
    struct tbc_trust_key row = { .alg = tbc_key_alg(key),
                                 .not_before = { now.s - TBC_DAY_S },
                                 .not_after = { now.s + 9 * TBC_DAY_S } };
    struct tbc_buf cose;

    (void)snprintf(row.station, sizeof row.station, "%s", station);
    (void)snprintf(row.status_uri, sizeof row.status_uri, "%s",
                   *station == '\0' ? "" : URI);
    tbc_buf_init_fixed(&cose, row.key, sizeof row.key);
    must(tbc_key_put_cose(key, &cose));
    row.key_len = cose.len;
    tbc_key_kid(key, row.kid);
    must(tbc_trustlist_add(list, &row));
}

static void
make_trust(struct railway *r, struct tbc_buf *out)
{
    const struct tbc_utc now = tbc_clock_utc();
    struct tbc_trustlist list = { .version = 1,
                                  .iat = { now.s - 60 },
                                  .warn = { now.s + 7 * TBC_DAY_S },
                                  .exp = { now.s + 8 * TBC_DAY_S } };
    struct tbc_buf payload = { 0 };

    add_key(&list, r->root, "");
    add_key(&list, r->station, "YZN");
    must(tbc_trustlist_encode(&list, &payload));
    sign(r->root, TBC_TYP_TRUST, &payload, out);
    tbc_trustlist_fini(&list);
}

static void
make_status(struct railway *r, struct tbc_buf *out)
{
    const struct tbc_utc now = tbc_clock_utc();
    struct tbc_statuslist list = { 0 };
    struct tbc_buf payload = { 0 };

    must(tbc_statuslist_init(&list, 1, INDICES));
    (void)snprintf(list.sub, sizeof list.sub, "%s", URI);
    list.iat = now;
    list.exp.s = now.s + TBC_DAY_S;
    list.ttl_s = 3600;
    must(tbc_statuslist_encode(&list, &payload));
    sign(r->station, TBC_TYP_STATUS, &payload, out);
    tbc_statuslist_fini(&list);
}

/* Passenger n, who is nobody. */
static void
put_holder(uint32_t n, uint8_t holder[static TBC_HOLDER_LEN])
{
    uint64_t x = n * UINT64_C(0x9e3779b97f4a7c15) + 1;

    for (size_t i = 0; i < TBC_HOLDER_LEN; i++) { /* xorshift64 */
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        holder[i] = (uint8_t)(x >> 32);
    }
}

static void
make_manifest(struct railway *r, size_t tickets, struct tbc_buf *out)
{
    static const struct tbc_trip trip = { .train = "G1207",
                                          .from = "YZN",
                                          .to = "QYB",
                                          .from_zh = "云州南",
                                          .to_zh = "清屿北",
                                          .platform = "6" };
    const struct tbc_utc now = tbc_clock_utc();
    struct tbc_manifest *m = &r->manifest;
    struct tbc_buf payload = { 0 };

    *m = (struct tbc_manifest){
        .station = "YZN", .version = 1, .iat = now, .exp = { now.s + TBC_DAY_S }
    };
    m->trips = calloc(200, sizeof *m->trips);
    m->rows = calloc(tickets, sizeof *m->rows);
    CU_ASSERT_FATAL(m->trips != NULL && m->rows != NULL);
    for (m->trips_n = 0; m->trips_n < 200; m->trips_n++) {
        m->trips[m->trips_n] = trip;
        m->trips[m->trips_n].depart.s = now.s + 1200 + (int64_t)m->trips_n;
    }
    for (m->rows_n = 0; m->rows_n < tickets; m->rows_n++) {
        put_holder((uint32_t)m->rows_n, m->rows[m->rows_n].holder);
        m->rows[m->rows_n].trip = (uint32_t)m->rows_n % 200;
    }
    tbc_manifest_sort(m);
    must(tbc_manifest_encode(m, &payload));
    must(tbc_manifest_index(m)); /* as the gate has it */
    sign(r->station, TBC_TYP_MANIFEST, &payload, out);
}

/* A gate of a station that nobody listens for. */
static void
make_device(struct railway *r, struct tbc_device_file *d)
{
    struct tbc_buf cose = { 0 };
    struct tbc_buf hex;
    char unused[TBC_Z85_LEN + 1];

    *d = (struct tbc_device_file){ .name = "gate-1",
                                   .role = "gate",
                                   .front = "tcp://127.0.0.1:9",
                                   .feed = "tcp://127.0.0.1:9" };
    must(tbc_curve_pair(d->public_key, d->secret_key));
    must(tbc_curve_pair(d->station_key, unused));
    tbc_buf_init_fixed(&hex, d->root, sizeof d->root);
    must(tbc_key_put_cose(r->root, &cose));
    must(tbc_hex_encode(tbc_buf_span(&cose), &hex));
    tbc_buf_fini(&cose);
    must(tbc_device_write(d, r->device));
}

static void
keep(struct tbc_outbox *box, const char *name, struct tbc_buf *bytes)
{
    must(tbc_outbox_keep(box, name, 1, tbc_clock_utc(), tbc_buf_span(bytes)));
    tbc_buf_fini(bytes);
}

static void
make_journal(struct railway *r, const struct tbc_device_file *d, size_t tickets)
{
    struct tbc_outbox *box = NULL;
    struct tbc_buf bytes = { 0 };
    struct tbc_buf why = { 0 };
    char path[RAILWAY_PATH + 16];
    char owner[160];

    CU_ASSERT_FATAL(mkdir(r->data, 0700) == 0);
    (void)snprintf(path, sizeof path, "%s/journal.db", r->data);
    (void)snprintf(owner, sizeof owner, "%s %s", d->name, d->public_key);
    must(tbc_outbox_open(&box, path, owner, &why));
    make_trust(r, &bytes);
    keep(box, "trust", &bytes);
    make_status(r, &bytes);
    keep(box, "status", &bytes);
    make_manifest(r, tickets, &bytes);
    keep(box, "manifest", &bytes);
    tbc_outbox_close(&box);
    tbc_buf_fini(&why);
}

void
railway_make(struct railway *r, size_t tickets)
{
    const char *tmp = getenv("TMPDIR");
    struct tbc_device_file d;

    *r = (struct railway){ 0 };
    (void)snprintf(r->folder, sizeof r->folder, "%.100s/tbc-railway-XXXXXX",
                   tmp == NULL ? "/tmp" : tmp);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(r->folder));
    (void)snprintf(r->device, sizeof r->device, "%.130s/gate.device", r->folder);
    (void)snprintf(r->data, sizeof r->data, "%.130s/gate", r->folder);
    must(tbc_key_make(&r->root, TBC_ALG_ES256));
    must(tbc_key_make(&r->station, TBC_ALG_ES256));
    must(tbc_key_make(&r->phone, TBC_ALG_ES256));
    make_device(r, &d);
    make_journal(r, &d, tickets);
    tbc_device_fini(&d);
}

static int
remove_entry(const char *name, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(name);
}

void
railway_free(struct railway *r)
{
    (void)nftw(r->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    tbc_manifest_fini(&r->manifest);
    tbc_key_free(&r->root);
    tbc_key_free(&r->station);
    tbc_key_free(&r->phone);
}

static void
certify(struct railway *r, bool live, struct tbc_buf *message)
{
    const struct tbc_utc now = tbc_clock_utc();
    struct tbc_claims claims = { .iss = "YZN",
                                 .iat = { now.s - 60 },
                                 .nbf = { now.s - 60 },
                                 .exp = { now.s - 60 + TBC_DAY_S },
                                 .status_uri = URI,
                                 .status_idx = r->passengers % INDICES,
                                 .kind = TBC_DOC_PASSPORT,
                                 .masked_name = "A*** R****",
                                 .channel = TBC_CHANNEL_KIOSK,
                                 .assurance = TBC_ASSURANCE_ACTIVE,
                                 .medium = live ? TBC_MEDIUM_PHONE : TBC_MEDIUM_PAPER,
                                 .language = "en" };
    struct tbc_buf payload = { 0 };
    struct tbc_buf cnf;

    put_holder(r->passengers++, claims.holder);
    must(tbc_random(claims.cti, sizeof claims.cti));
    if (live) {
        tbc_buf_init_fixed(&cnf, claims.cnf, sizeof claims.cnf);
        must(tbc_key_put_cose(r->phone, &cnf));
        claims.cnf_len = cnf.len;
    }
    must(tbc_claims_encode(&claims, &payload));
    sign(r->station, TBC_TYP_CERTIFICATE, &payload, message);
}

void
railway_code(struct railway *r, bool live, char text[static RAILWAY_TEXT])
{
    struct tbc_buf certificate = { 0 };
    struct tbc_buf proof = { 0 };
    struct tbc_buf code = { 0 };

    certify(r, live, &certificate);
    if (live) {
        const struct tbc_live of = { .time = tbc_clock_utc(),
                                     .certificate = tbc_buf_span(&certificate) };
        struct tbc_buf payload = { 0 };

        must(tbc_live_encode(&of, &payload));
        sign(r->phone, TBC_TYP_LIVE, &payload, &proof);
    }
    must(tbc_token_encode(tbc_buf_span(live ? &proof : &certificate), &code));
    (void)snprintf(text, RAILWAY_TEXT, "%s\n", tbc_buf_str(&code));
    tbc_buf_fini(&certificate);
    tbc_buf_fini(&proof);
    tbc_buf_fini(&code);
}
