/* Makes the corpora anew: cmake --build build/dev --target seeds.  What was found by fuzzing
 * (corpus/TARGET/found-*) is left alone. */
#include "seeds.h"

#include "codec/leaf.h"
#include "codec/wire.h"
#include "fill.h"
#include "suite.h"
#include "typist.h"

#include <stdio.h>
#include <stdlib.h>

struct row {
    const char *name;
    const char *value;
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void
put_rows(const char *target, const struct row *rows, size_t n,
         void (*put)(const char *target, const char *name, const char *value))
{
    for (size_t i = 0; i < n; i++) {
        put(target, rows[i].name, rows[i].value);
    }
}

static void
cbor(void)
{
    static const struct row rows[] = {
        { "uint", "1bffffffffffffffff" },
        { "nint", "3bffffffffffffffff" },
        { "nint-64", "3b7fffffffffffffff" },
        { "bignum", "c249010000000000000000" },
        { "bignum-short", "c24101" },
        { "half", "f93c00" },
        { "half-subnormal", "f90001" },
        { "nan", "f97e00" },
        { "nan-payload", "fb7ff8000000000001" },
        { "single", "fa47c35000" },
        { "double", "fb3ff199999999999a" },
        { "double-subnormal", "fb0000000000000001" },
        { "infinity-long", "fb7ff0000000000000" },
        { "simple", "f8ff" },
        { "undefined", "f7" },
        { "date", "c074323031332d30332d32315432303a30343a30305a" },
        { "text", "62c3bc" },
        { "text-chunks", "7f657374726561646d696e67ff" },
        { "bytes-chunks", "5f42010243030405ff" },
        { "bytes-no-chunks", "5fff" },
        { "map", "a26161016162820203" },
        { "map-mixed", "a3012061610240f6" },
        { "map-open", "bf61610161629f0203ffff" },
        { "array-nested", "8301820203820405" },
        { "array-25", "98190102030405060708090a0b0c0d0e0f101112131415161718181819" },
        { "inside", "d818456449455446" },
        { "control-text", "6300227f" },
        { "bad-empty", "" },
        { "bad-long-form", "1800" },
        { "bad-long-length", "5801aa" },
        { "bad-key-twice", "a201020102" },
        { "bad-keys-unsorted", "a203040102" },
        { "bad-keys-nested", "81a202000100" },
        { "bad-huge-array", "9b8000000000000000" },
        { "bad-huge-map", "bb8000000000000000" },
        { "bad-huge-bytes", "5b7fffffffffffffff" },
        { "bad-utf8", "62c328" },
        { "bad-surrogate", "63eda080" },
        { "bad-break", "ff" },
        { "bad-reserved", "1c" },
        { "bad-simple-long", "f818" },
        { "bad-chunk", "5f6161ff" },
        { "bad-odd-map", "bf01ff" },
        { "bad-trailing", "0000" },
        { "bad-deep",
          "8181818181818181818181818181818181818181818181818181818181818181818181818181"
          "8181818181818181818181818181818181818181818181818181818181818181818181818100" },
    };

    put_rows("cbor", rows, COUNT(rows), seeds_put_hex);
}

static void
texts(void)
{
    static const struct row base45[] = {
        { "hello", "%69 VD92EX0" },
        { "ietf", "QED8WEX0" },
        { "ab", "BB8" },
        { "hex", "00ff0Aa0" },
        { "utf8", "\xe6\x9e\x97\xc2\xb7\xf0\x9f\x9a\x84" },
        { "bad-empty", "" },
        { "bad-one", "A" },
        { "bad-group", "GGX" },
        { "bad-pair", "::" },
        { "bad-letter", "bb8" },
        { "bad-utf8", "\xf4\x90\x80\x80" },
        { "bad-hex", "0g" },
    };
    static const struct row times[] = {
        { "utc", "2026-02-03T09:41:00Z" },
        { "offset", "2026-02-03T09:41:00+08:00" },
        { "fraction", "2026-02-03T09:41:00.123456789-23:59" },
        { "first", "0001-01-01T00:00:00Z" },
        { "last", "9999-12-31T23:59:59Z" },
        { "leap", "2000-02-29T00:00:00Z" },
        { "bad-leap", "1900-02-29T00:00:00Z" },
        { "bad-second", "2026-02-03T09:41:60Z" },
        { "bad-zone", "2026-02-03T09:41:00" },
        { "before-the-first", "0001-01-01T00:00:00+23:59" },
        { "after-the-last", "9999-12-31T23:59:59-23:59" },
    };
    static const struct row ids[] = {
        { "cn", "\x04"
                "11010519491231002X" },
        { "cn-lower", "\x04"
                      "11010519491231002x" },
        { "cn-spaces", "\x04"
                       " 110105 19491231 002X " },
        { "passport", "\x01"
                      "E12345678" },
        { "hkm", "\x02"
                 "H1234567801" },
        { "tw", "\x03"
                "12345678" },
        { "name-han", "\x01"
                      "\xe6\x9e\x97\xe5\xb0\x8f\xe7\xa6\xbe" },
        { "name-dots", "\x01"
                       "\xc2\xb7\xc2\xb7\xc2\xb7\xe6\x9e\x97" },
        { "name-words", "\x01"
                        "Maximilian-Alexander Ferdinand Hohenzollern" },
        { "bad-check", "\x04"
                       "110105194912310021" },
        { "bad-birth", "\x04"
                       "11010519990229002X" },
        { "bad-future", "\x04"
                        "11010529491231002X" },
        { "bad-15", "\x04"
                    "110105491231002" },
        { "bad-full-width", "\x04"
                            "\xef\xbc\x91\xef\xbc\x91" },
        { "bad-empty", "" },
    };

    put_rows("base45", base45, COUNT(base45), seeds_put_text);
    put_rows("time", times, COUNT(times), seeds_put_text);
    put_rows("id", ids, COUNT(ids), seeds_put_text);
}

static void
tables(void)
{
    static const struct row rows[] = {
        { "people", "kind,number,name,latin,photo\n"
                    "cn,11010519491231002X,\xe6\x9e\x97\xe5\xb0\x8f\xe7\xa6\xbe,"
                    "Lin Xiaohe,lin.jpg\n"
                    "passport,E12345678,Max \"\n" },
        { "tickets",
          "\xef\xbb\xbfkind,number,train,depart,from,to\r\n"
          "cn,11010519491231002X,G1207,2026-02-03T09:41:00+08:00,VNP,SHH\r\n" },
        { "quotes", "a,b\n\"x, \"\"y\"\"\",\n\"\",\"\"\n" },
        { "blank-lines", "\n\na\r\n\r\n\nb" },
        { "one-empty-cell", "a\n\"\"\n" },
        { "two-marks", "\xef\xbb\xbf\xef\xbb\xbf"
                       "a\nb\n" },
        { "bad-quote", "a,b\n\"x,y\n" },
        { "bad-quote-inside", "a\nx\"y\n" },
        { "bad-behind-quote", "a\n\"x\"y\n" },
        { "bad-gbk", "name\n\xc1\xd6\xcf\xfe\n" },
        { "bad-formula", "a,b\n=cmd|' /C calc'!A0,1\n" },
        { "bad-few", "a,b\n1\n" },
        { "bad-many", "a\n1,2\n" },
        { "bad-cells", ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n" },
        { "bad-return", "a\nx\ry\n" },
        { "bad-empty", "" },
    };

    put_rows("csv", rows, COUNT(rows), seeds_put_text);
    seeds_put("csv", "bad-nul", tbc_span_of("a\nx\0y\n", 6));
}

#define P256_X "30a0424cd21c2944838a2d75c92b37e76ea20d9f00893a3b4eee8a3c0aafec3e"
#define P256_Y "e04b65e92456d9888b52b379bdfbd51ee869ef1f0fc65b6659695b6cce081723"
#define ED_X   "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

/* Public keys of RFC 7517 app. A.1 and RFC 8037 app. A.2, in every form. */
static void
keys(void)
{
    static const struct row texts[] = {
        { "jwk-p256", "{\"kty\":\"EC\",\"crv\":\"P-256\","
                      "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
                      "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}" },
        { "jwk-ed25519", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
                         "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}" },
        { "pem-p256",
          "-----BEGIN PUBLIC KEY-----\n"
          "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMKBCTNIcKUSDii11ySs3526iDZ8A\n"
          "iTo7Tu6KPAqv7D7gS2XpJFbZiItSs3m9+9Ue6GnvHw/GW2ZZaVtszggXIw==\n"
          "-----END PUBLIC KEY-----\n" },
        { "pem-ed25519",
          "-----BEGIN PUBLIC KEY-----\n"
          "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
          "-----END PUBLIC KEY-----\n" },
        { "bad-jwk-rsa", "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}" },
        { "bad-jwk-twice", "{\"kty\":\"EC\",\"kty\":\"OKP\"}" },
        { "bad-jwk-point",
          "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}" },
        { "bad-jwk-deep", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[" },
        { "bad-pem-encrypted", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGj\n"
                               "-----END ENCRYPTED PRIVATE KEY-----\n" },
        { "bad-empty", "" },
    };
    static const struct row forms[] = {
        { "cose-p256", "a401022001215820" P256_X "225820" P256_Y },
        { "cose-p256-compressed", "a401022001215820" P256_X "22f5" },
        { "cose-p256-kid", "a501022001215820" P256_X "225820" P256_Y "0441aa" },
        { "cose-ed25519", "a301012006215820" ED_X },
        { "cose-open", "bf01012006215f5820" ED_X "ffff" },
        { "der-p256",
          "3059301306072a8648ce3d020106082a8648ce3d03010703420004" P256_X P256_Y },
        { "der-ed25519", "302a300506032b6570032100" ED_X },
        { "bad-point", "a401022001215820" P256_X "225820" P256_X },
        { "bad-infinity", "3019301306072a8648ce3d020106082a8648ce3d03010703020000" },
        { "bad-label-twice", "a401012006215820" ED_X "2006" },
        { "bad-trailing", "a301012006215820" ED_X "00" },
    };

    put_rows("key", texts, COUNT(texts), seeds_put_text);
    put_rows("key", forms, COUNT(forms), seeds_put_hex);
}

#define Z85_40 "0123456789abcdefghijklmnopqrstuvwxyzABCD"

static void
files(void)
{
    static const struct row rows[] = {
        { "station", "[station]\ncode = VNP\nname_zh = \xe4\xba\x91\n"
                     "name_en = Yunzhou South\ndesk_en = Hall A ; beside gate 3\n"
                     "[listen]\nfront = tcp://127.0.0.1:7710\n"
                     "[policy]\nvalidity_s = 86400\nquota_month = 6\n" },
        { "gate", "[gate]\ndevice = /etc/tbc/gate-1.device\ndata = d ; here\n"
                  "[scanner]\nscan = serial:/dev/ttyACM0,115200,prefix=%02\n"
                  "[display]\ndisplay = 1280x800\n[lists]\nstatus_beyond = accept\n"
                  "[health]\nhttp = [::1]:0\n" },
        { "device", "[device]\nname = gate-1\nrole = gate\npublic = " Z85_40
                    "\nsecret = " Z85_40 "\n[station]\nfront = tcp://127.0.0.1:7710\n"
                    "feed = tcp://127.0.0.1:7711\nkey = " Z85_40 "\nroot = a301\n" },
        { "device-long-root",
          "[device]\nname = gate-1\nrole = gate\npublic = " Z85_40 "\nsecret = " Z85_40
          "\n[station]\nfront = tcp://127.0.0.1:7710\n"
          "feed = tcp://127.0.0.1:7711\nkey = " Z85_40 "\nroot = "
          "a4010220022158300000000000000000000000000000000000000000000000000000000000"
          "0000000000000000000000000000000000000000000022583000000000000000000000000000"
          "0000000000000000000000000000000000000000000000000000000000000000000000\n" },
        { "bad-unknown", "[station]\nport = 1\n" },
        { "bad-twice", "[station]\ncode = VNP\ncode = SHH\n" },
        { "bad-range", "[station]\ncode = VNP\n[policy]\nskew_s = 70000\n" },
        { "bad-number", "[policy]\nskew_s = 5x\n" },
        { "bad-section", "[station\ncode = VNP\n" },
        { "bad-junk", "[station]\njunk\n" },
        { "bad-gbk", "[station]\nname_zh = \xd4\xc6\xd6\xdd\n" },
        { "bad-missing", "[device]\nname = gate-1\nsecret = " Z85_40 "\n" },
        { "bad-empty", "" },
    };

    put_rows("conf", rows, COUNT(rows), seeds_put_text);
    seeds_put("conf", "bad-nul", tbc_span_of("[station]\ncode = V\0P\n", 20));
}

/* The demo's own theme is the only one that is whole. */
static void
theme(void)
{
    struct tbc_buf text = { 0 };
    char path[1024];
    uint8_t piece[1024];
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/assets/theme.conf",
                   tbc_test_env("TBC_SOURCE_DIR"));
    f = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    if (f == NULL) {
        return;
    }
    while ((n = fread(piece, 1, sizeof piece, f)) > 0) {
        CU_ASSERT_EQUAL(tbc_buf_append(&text, piece, n), TBC_OK);
    }
    (void)fclose(f);
    seeds_put("conf", "theme", tbc_buf_span(&text));
    CU_ASSERT_EQUAL(tbc_buf_append_str(&text, "\n[panel.gate_10]\npx = 1 1\n"), TBC_OK);
    seeds_put("conf", "bad-theme-twice", tbc_buf_span(&text));
    tbc_buf_fini(&text);
}

/* One message with its shape's fields filled, or empty. */
static void
put_message(enum tbc_op op, bool reply, bool full)
{
    const struct tbc_wire_shape *shape =
        reply ? tbc_wire_reply_shape(op) : tbc_wire_request_shape(op);
    struct tbc_request to = { .id = { 7, 7, 7 }, .op = op };
    uint8_t *msg = calloc(1, shape->size + 1);
    struct tbc_buf out = { 0 };
    char name[64];

    CU_ASSERT_PTR_NOT_NULL_FATAL(msg);
    if (full) {
        fill_message(shape, msg);
    }
    CU_ASSERT_EQUAL_FATAL(reply ? tbc_wire_put_reply(&out, &to, TBC_CODE_FINE, msg)
                                : tbc_wire_put_request(&out, to.id, op, msg),
                          TBC_OK);
    (void)snprintf(name, sizeof name, "%s-%s%s", tbc_op_name(op),
                   reply ? "reply" : "request", full ? "" : "-empty");
    seeds_put("wire", name, tbc_buf_span(&out));
    if (op == TBC_OP_IMPORT && !reply && full) {
        seeds_put_edits("wire", tbc_buf_span(&out), tbc_buf_span(&out), 40);
    }
    free(msg);
    tbc_buf_fini(&out);
}

static void
messages(void)
{
    static const struct row rows[] = {
        { "problem", "850150070707000000000000000000000000000101a2006369616d0c1864" },
        { "notice", "840118640341aa" },
        { "beat", "840118640440" },
        { "peers",
          "a2010a0281a30166676174652d31025820010101010101010101010101010101010101"
          "010101010101010101010101010103737463703a2f2f31302e302e302e313a37373132" },
        { "peers-none", "a1010a" },
        { "bad-version", "8402500707070000000000000000000000000001a0" },
        { "bad-operation", "840150070707000000000000000000000000001863a0" },
        { "bad-empty", "" },
        { "guardian-said-false",
          "8401500707070000000000000000000000000002a400000161310262"
          "656e04f4" },
    };

    for (unsigned op = TBC_OP_HELLO; tbc_op_is_known(op); op++) {
        for (unsigned form = 0; form < 4; form++) {
            put_message((enum tbc_op)op, (form & 1) != 0, (form & 2) != 0);
        }
    }
    put_rows("wire", rows, COUNT(rows), seeds_put_hex);
}

/* One leaf of each kind that says much, and edits of them. */
static void
leaves(void)
{
    static const struct tbc_leaf rows[] = {
        { .kind = TBC_LEAF_ISSUE,
          .time = { 1769996460 },
          .device = "kiosk-1",
          .cti = { 1, 2, 3 },
          .has_cti = true,
          .digest = { 4, 5, 6 },
          .has_digest = true },
        { .kind = TBC_LEAF_ENTER,
          .time = { 1769996460 },
          .device = "gate-1",
          .cti = { 1, 2, 3 },
          .has_cti = true,
          .word = "ACCEPTED_OFFLINE",
          .at = { 1769996400 } },
        { .kind = TBC_LEAF_REVOKE,
          .time = { 1769996460 },
          .device = "desk",
          .cti = { 1, 2, 3 },
          .has_cti = true,
          .note = { 7, 8, 9 },
          .has_note = true },
        { .kind = TBC_LEAF_IMPORT,
          .time = { 1769996460 },
          .device = "desk",
          .count = 70001 },
        { .kind = TBC_LEAF_START, .time = { 1769996460 } },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tbc_buf out = { 0 };

        CU_ASSERT_EQUAL(tbc_leaf_encode(&rows[i], &out), TBC_OK);
        seeds_put("leaf", tbc_leaf_kind_name(rows[i].kind), tbc_buf_span(&out));
        if (i == 0) {
            seeds_put_edits("leaf", tbc_buf_span(&out), tbc_buf_span(&out), 20);
        }
        tbc_buf_fini(&out);
    }
    seeds_put_text("leaf", "bad-empty", "");
}

/* What targets/wedge.c reads: four bytes an event. */
static void
put_event(struct tbc_buf *out, const struct input_event *e)
{
    const uint8_t bytes[] = { (uint8_t)e->type, (uint8_t)(e->code & 0xff),
                              (uint8_t)(e->code >> 8), (uint8_t)e->value };

    (void)tbc_buf_append(out, bytes, sizeof bytes);
}

static void
put_typed(const char *name, const char *text)
{
    struct tbc_buf out = { 0 };
    struct input_event events[TYPIST_EVENTS];

    for (; *text != '\0'; text++) {
        size_t n = typist_type(*text, events);

        CU_ASSERT(n > 0);
        for (size_t i = 0; i < n; i++) {
            put_event(&out, &events[i]);
        }
    }
    CU_ASSERT_EQUAL(tbc_buf_status(&out), TBC_OK);
    seeds_put("wedge", name, tbc_buf_span(&out));
    tbc_buf_fini(&out);
}

static void
typed(void)
{
    static const struct row rows[] = {
        { "caps-held-repeated", "013a0001013a000001140001011400020114000001300001" },
        { "keypad-and-enter",
          "0145000101450000014f0001014f0000016000010160000000000000" },
        { "dropped", "012a0001011e000100030000012e00010000000001300001011c0001" },
        { "bad-half", "011e" },
        { "bad-codes", "01ffff01ffffffff0102000180000001" },
    };

    put_typed("certificate", "]Q3TBC1:6BF0 $*%-+./:\n");
    put_typed("visible", "`~!@#^&()_=[]{}|;'\"<>?\\,\n");
    put_rows("wedge", rows, COUNT(rows), seeds_put_hex);
    seeds_put_text("wedge", "trim", "%02%2C]Q3TBC1:A");
}

static void
headers(void)
{
    static const struct row rows[] = {
        { "camera", "P5\n1280 720\n255\n" },
        { "comments", "P5\n# a hall\n4096 #x\n1\n#y\n255\nz" },
        { "spaces", "P5\r\n2\t3\v255\f......" },
        { "bad-half", "P5\n1280 72" },
        { "bad-magic", "P6\n2 3\n255\n" },
        { "bad-large", "P5\n4097 3\n255\n" },
        { "bad-white", "P5\n2 3\n65535\n" },
    };

    put_rows("pgm", rows, COUNT(rows), seeds_put_text);
}

TBC_SUITE("fuzz/seeds", TEST(headers), TEST(typed), TEST(leaves), TEST(cbor),
          TEST(texts), TEST(tables), TEST(keys), TEST(files), TEST(theme),
          TEST(messages), TEST(signed_objects))
