/* base/ and codec/ without memory. */
#include "base/csv.h"
#include "base/text.h"
#include "codec/cbor_any.h"
#include "codec/claims.h"
#include "codec/cose_any.h"
#include "codec/live.h"
#include "codec/manifest.h"
#include "codec/status_any.h"
#include "codec/token.h"
#include "codec/trustlist.h"
#include "codec/wire.h"
#include "fault.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static const struct tbc_claims claims = {
    .iss = "VNP",
    .iat = { 1769996400 },
    .nbf = { 1769996400 },
    .exp = { 1770082800 },
    .status_idx = 70001,
    .status_uri = "https://tbc.example/s/VNP/1",
    .masked_name = "Lin * He",
    .channel = TBC_CHANNEL_DESK,
    .assurance = TBC_ASSURANCE_OFFICER,
    .medium = TBC_MEDIUM_PAPER,
};

/* What an encoder said of its buffer: all of it or nothing.  Releases it. */
static enum tbc_err
whole_or_nothing(struct tbc_buf *out, enum tbc_err err)
{
    CU_ASSERT_EQUAL(out->len > 0, err == TBC_OK);
    tbc_buf_fini(out);
    return err;
}

static enum tbc_err
grow(void)
{
    struct tbc_buf b = { 0 };

    for (size_t i = 0; i < 300; i++) {
        size_t before = b.len;

        if (tbc_buf_append_u8(&b, (uint8_t)i) != TBC_OK) {
            CU_ASSERT_EQUAL(b.len, before);
            break;
        }
    }
    return whole_or_nothing(&b, tbc_buf_whole(&b, 0, TBC_OK));
}

static enum tbc_err
print(void)
{
    struct tbc_buf b = { 0 };
    enum tbc_err err = tbc_buf_printf(&b, "%063d", 7);

    if (err == TBC_OK) {
        CU_ASSERT_EQUAL(b.cap, b.len + 1);
        CU_ASSERT_EQUAL(tbc_buf_append_u8(&b, '8'), TBC_OK);
        if (tbc_buf_str(&b) == NULL) { /* its NUL needs more room */
            CU_ASSERT_EQUAL(b.len, 64);
            err = tbc_buf_whole(&b, 0, TBC_OK);
        }
    }
    return whole_or_nothing(&b, err);
}

static enum tbc_err
read_table(void)
{
    struct tbc_csv csv;
    enum tbc_err err;
    size_t rows = 0;

    tbc_csv_open(&csv, tbc_span_str("name,number\nLin,1\n\"a cell of more than sixty-"
                                    "four bytes, so that the row moves\",2222222\n"));
    while ((err = tbc_csv_next(&csv)) == TBC_OK) {
        rows++;
    }
    CU_ASSERT_EQUAL(rows == 3, err == TBC_ERR_NOT_FOUND);
    CU_ASSERT_PTR_NULL(csv.fault);
    tbc_csv_fini(&csv);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

static enum tbc_err
text_forms(void)
{
    struct tbc_buf hex = { 0 };
    struct tbc_buf base45 = { 0 };
    struct tbc_buf back = { 0 };
    enum tbc_err err;

    if ((err = tbc_hex_encode(tbc_span_str("some text"), &hex)) == TBC_OK &&
        (err = tbc_base45_encode(tbc_span_str("some text"), &base45)) == TBC_OK &&
        (err = tbc_hex_decode(tbc_buf_span(&hex), &back, NULL)) == TBC_OK) {
        tbc_buf_fini(&back);
        err = tbc_base45_decode(tbc_buf_span(&base45), &back, NULL);
    }
    tbc_buf_fini(&hex);
    tbc_buf_fini(&base45);
    return whole_or_nothing(&back, err);
}

static enum tbc_err
encode_claims(void)
{
    struct tbc_buf out = { 0 };

    return whole_or_nothing(&out, tbc_claims_encode(&claims, &out));
}

static enum tbc_err
encode_live(void)
{
    static uint8_t certificate[300];
    const struct tbc_live live = {
        .time = { 5 },
        .has_challenge = true,
        .certificate = { certificate, sizeof certificate },
    };
    struct tbc_buf out = { 0 };

    return whole_or_nothing(&out, tbc_live_encode(&live, &out));
}

static enum tbc_err
encode_cose(void)
{
    static const uint8_t kid[TBC_KID_LEN] = { 1 };
    static const uint8_t payload[100] = { 2 };
    struct tbc_buf header = { 0 };
    struct tbc_buf head = { 0 };
    struct tbc_buf out = { 0 };
    enum tbc_err err;

    if ((err = tbc_cose_put_protected(&header, TBC_ALG_ES256, kid,
                                      TBC_TYP_CERTIFICATE)) == TBC_OK &&
        (err = tbc_cose_put_tbs_head(&head, tbc_buf_span(&header),
                                     tbc_span_str("external"), 100)) == TBC_OK) {
        err = tbc_cose_put(&out, tbc_buf_span(&header), tbc_span_of(payload, 100),
                           tbc_span_of(payload, 64));
    }
    CU_ASSERT_EQUAL(head.len > 0, tbc_buf_status(&head) == TBC_OK && header.len > 0);
    tbc_buf_fini(&header);
    tbc_buf_fini(&head);
    return whole_or_nothing(&out, err);
}

static enum tbc_err
text_of_token(void)
{
    static const uint8_t message[200] = { 1 };
    struct tbc_buf text = { 0 };
    struct tbc_buf back = { 0 };
    enum tbc_err err = tbc_token_encode(tbc_span_of(message, sizeof message), &text);

    if (err == TBC_OK &&
        tbc_token_decode(tbc_buf_span(&text), &back, NULL) == TBC_TOKEN_BROKEN) {
        err = tbc_buf_status(&back);
    }
    tbc_buf_fini(&text);
    return whole_or_nothing(&back, err);
}

static enum tbc_err
encode_manifest(void)
{
    struct tbc_trip trips[] = {
        { .train = "G1207", .from = "VNP", .to = "SHH", .depart = { 1500 } },
        { .train = "G1209", .from = "VNP", .to = "SHH", .depart = { 1600 } },
    };
    struct tbc_manifest_row rows[] = { { .holder = { 1 } },
                                       { { 2 }, 1 },
                                       { { 3 }, 0 } };
    const struct tbc_manifest m = {
        .station = "VNP",
        .version = 9,
        .iat = { 1000 },
        .exp = { 2000 },
        .trips = trips,
        .trips_n = 2,
        .rows = rows,
        .rows_n = 3,
    };
    struct tbc_buf out = { 0 };

    return whole_or_nothing(&out, tbc_manifest_encode(&m, &out));
}

#define TRIP "8965473132303763564e506353484860606060601905dc"
#define ROW                                \
    "825001000000000000000000000000000000" \
    "00"

static enum tbc_err
decode_manifest(void)
{
    static const char hex[] =
        "a3041907d0061903e83a000111738463564e500981" TRIP "81" ROW;
    uint8_t bytes[sizeof hex / 2];
    struct tbc_manifest m;
    enum tbc_err err;

    CU_ASSERT_FATAL(tbc_hex_fixed(tbc_span_str(hex), bytes, sizeof bytes));
    err = tbc_manifest_decode(&m, tbc_span_of(bytes, sizeof bytes), NULL);
    CU_ASSERT((err == TBC_OK) == (m.trips != NULL) &&
              (err == TBC_OK) == (m.rows != NULL) &&
              (err == TBC_OK) == (m.version == 9));
    tbc_manifest_fini(&m);
    return err;
}

static struct tbc_trust_key
trust_key(const char *station, uint8_t id)
{
    struct tbc_trust_key k = {
        .kid = { id },
        .alg = TBC_ALG_ES256,
        .key = { 0xa1, 0x01, 0x02 },
        .key_len = 3,
        .not_before = { 1000 },
        .not_after = { 2000 },
    };

    (void)memccpy(k.station, station, '\0', sizeof k.station);
    k.status_uri[0] = station[0] == '\0' ? '\0' : 'u';
    return k;
}

/* Built key by key, written and read back. */
static enum tbc_err
trust_list(void)
{
    struct tbc_trustlist t = {
        .version = 3, .iat = { 1000 }, .warn = { 1500 }, .exp = { 2000 }
    };
    struct tbc_trustlist back = { 0 };
    struct tbc_trust_key root = trust_key("", 1);
    struct tbc_trust_key first = trust_key("VNP", 2);
    struct tbc_trust_key second = trust_key("SHH", 3);
    struct tbc_buf out = { 0 };
    enum tbc_err err;

    if ((err = tbc_trustlist_add(&t, &root)) == TBC_OK &&
        (err = tbc_trustlist_add(&t, &first)) == TBC_OK &&
        (err = tbc_trustlist_add(&t, &second)) == TBC_OK &&
        (err = tbc_trustlist_encode(&t, &out)) == TBC_OK) {
        err = tbc_trustlist_decode(&back, tbc_buf_span(&out), NULL);
        CU_ASSERT((err == TBC_OK) == (back.keys_n == 2 && back.version == 3));
        CU_ASSERT((err == TBC_OK) == (back.roots != NULL && back.keys != NULL));
    } else {
        CU_ASSERT_EQUAL(out.len, 0);
        CU_ASSERT((t.roots_n == 1) == (t.roots != NULL));
    }
    tbc_buf_fini(&out);
    tbc_trustlist_fini(&t);
    tbc_trustlist_fini(&back);
    return err;
}

static enum tbc_err
status_list(void)
{
    struct tbc_statuslist l;
    struct tbc_statuslist back = { 0 };
    struct tbc_buf out = { 0 };
    enum tbc_err err = tbc_statuslist_init(&l, 2, 5000);

    (void)memccpy(l.sub, "https://tbc.example/s/VNP/1", '\0', sizeof l.sub);
    l.iat.s = 1769996400;
    l.exp.s = 1770082800;
    CU_ASSERT_EQUAL(l.lst.ptr != NULL, err == TBC_OK);
    if (err == TBC_OK && (err = tbc_statuslist_encode(&l, &out)) == TBC_OK) {
        err = tbc_statuslist_decode(&back, tbc_buf_span(&out), NULL);
        CU_ASSERT((err == TBC_OK) == (back.bits == 2 && back.lst.len == 1250));
        CU_ASSERT((err == TBC_OK) == (back.lst.ptr != NULL));
    } else {
        CU_ASSERT_EQUAL(out.len, 0);
    }
    tbc_buf_fini(&out);
    tbc_statuslist_fini(&l);
    tbc_statuslist_fini(&back);
    return err;
}

/* A Token Status List of others: sub, iat, and the draft's 16 bits. */
static enum tbc_err
status_list_of_others(void)
{
    static const char hex[] = "a3026161061a69800070"
                              "19fffda2"
                              "646269747301"
                              "636c73744a78dadbb918000217015d";
    uint8_t bytes[sizeof hex / 2];
    struct tbc_status_any s;
    enum tbc_err err;

    CU_ASSERT_FATAL(tbc_hex_fixed(tbc_span_str(hex), bytes, sizeof bytes));
    err = tbc_status_any_decode(&s, tbc_span_of(bytes, sizeof bytes), NULL);
    CU_ASSERT((err == TBC_OK) == (s.list.bits == 1 && s.sub.len == 1));
    CU_ASSERT((err == TBC_OK) == (s.list.lst.len == 2 && s.iat.s > 0));
    tbc_status_any_fini(&s);
    return err;
}

/* Strings in chunks, header, kid and signature: all of them copied. */
static enum tbc_err
message_of_others(void)
{
    static const char hex[] = "845f42a1014126ffa104423131"
                              "5f41304131ff41ff";
    uint8_t bytes[sizeof hex / 2];
    struct tbc_cose_any msg;
    enum tbc_err err;

    CU_ASSERT_FATAL(tbc_hex_fixed(tbc_span_str(hex), bytes, sizeof bytes));
    err = tbc_cose_any_open(&msg, tbc_span_of(bytes, sizeof bytes), NULL);
    CU_ASSERT((err == TBC_OK) == (msg.alg == -7 && msg.payload.len == 2));
    CU_ASSERT((err == TBC_OK) == (msg.signature.len == 1 && msg.kid.len == 2));
    tbc_cose_any_fini(&msg);
    return err;
}

static enum tbc_err
diagnostic_notation(void)
{
    static const char hex[] = "a66161f502fb3ff199999999999a03c1f604f7054100"
                              "069f626162f4ff";
    uint8_t bytes[sizeof hex / 2];
    struct tbc_buf out = { 0 };

    CU_ASSERT_FATAL(tbc_hex_fixed(tbc_span_str(hex), bytes, sizeof bytes));
    return whole_or_nothing(
        &out, tbc_cbor_diag(tbc_span_of(bytes, sizeof bytes), &out, NULL));
}

static enum tbc_err
wire_request(void)
{
    static const uint8_t id[TBC_WIRE_ID_LEN] = { 7 };
    static const uint8_t frame[100] = { 0xff, 0xd8 };
    const struct tbc_apply apply = {
        .number = "11010519491231002X",
        .language = "zh",
        .frames = { { frame, sizeof frame }, { frame, sizeof frame } },
        .frames_n = 2,
    };
    struct tbc_buf out = { 0 };

    return whole_or_nothing(&out, tbc_wire_put_request(&out, id, TBC_OP_APPLY, &apply));
}

static enum tbc_err
wire_reply_and_notice(void)
{
    const struct tbc_request to = { .op = TBC_OP_STATS };
    const struct tbc_problem problem = { .what = "a cause of some length", .line = 7 };
    struct tbc_buf reply = { 0 };
    struct tbc_buf notice = { 0 };
    enum tbc_err err = tbc_wire_put_reply(&reply, &to, TBC_CODE_BUSY, &problem);

    CU_ASSERT_EQUAL(reply.len > 0, err == TBC_OK);
    tbc_buf_fini(&reply);
    if (err == TBC_OK) {
        err = tbc_wire_put_notice(&notice,
                                  &(struct tbc_notice){ .kind = TBC_NOTICE_BEAT });
    }
    return whole_or_nothing(&notice, err);
}

static const struct fault_row rows[] = {
    { "a buffer that grows", grow, FAULT(MEMORY), 0, 0 },
    { "printing", print, FAULT(MEMORY), 0, 0 },
    { "a table", read_table, FAULT(MEMORY), 0, 0 },
    { "hexadecimal and Base45", text_forms, FAULT(MEMORY), 0, 0 },
    { "claims", encode_claims, FAULT(MEMORY), 0, 0 },
    { "a live proof", encode_live, FAULT(MEMORY), 0, 0 },
    { "a message", encode_cose, FAULT(MEMORY), 0, 0 },
    { "the text of a token", text_of_token, FAULT(MEMORY), 0, 0 },
    { "a manifest written", encode_manifest, FAULT(MEMORY), 0, 0 },
    { "a manifest read", decode_manifest, FAULT(MEMORY), 0, 0 },
    { "a trust list", trust_list, FAULT(MEMORY), 0, 0 },
    { "a status list", status_list, FAULT(MEMORY), 0, 0 },
    { "a status list of others", status_list_of_others, FAULT(MEMORY), 0, 0 },
    { "a message of others", message_of_others, FAULT(MEMORY), 0, 0 },
    { "diagnostic notation", diagnostic_notation, FAULT(MEMORY), 0, 0 },
    { "a request", wire_request, FAULT(MEMORY), 0, 0 },
    { "a reply and a notice", wire_reply_and_notice, FAULT(MEMORY), 0, 0 },
};

static void
every_lack_of_memory_is_told_and_leaves_nothing_behind(void)
{
    fault_sweep(rows, sizeof rows / sizeof *rows, FAULT_ALL);
}

TBC_SUITE("fault/codec", TEST(every_lack_of_memory_is_told_and_leaves_nothing_behind))
