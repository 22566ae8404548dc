#include "base/text.h"
#include "codec/claims.h"
#include "codec/cose.h"
#include "suite.h"

#include <string.h>

static const struct tbc_claims sound = {
    .iss = "VNP",
    .iat = { 1769996400 },
    .nbf = { 1769996400 },
    .exp = { 1770082800 },
    .cti = { 1, 2, 3 },
    .status_idx = 70001,
    .status_uri = "https://tbc.example/s/VNP/1",
    .holder = { 9, 8, 7 },
    .kind = TBC_DOC_PASSPORT,
    .masked_name = "Lin * He",
    .channel = TBC_CHANNEL_DESK,
    .assurance = TBC_ASSURANCE_OFFICER,
    .medium = TBC_MEDIUM_PAPER,
    .language = "en",
};

static void
claims_come_back_as_they_went(void)
{
    /* paper; phone; nbf of its own; no language; a face, with a language and without */
    for (int form = 0; form < 6; form++) {
        struct tbc_claims in = sound;
        struct tbc_claims out;
        struct tbc_buf bytes = { 0 };
        struct tbc_buf again = { 0 };

        if (form == 1) {
            memcpy(in.cnf, "\xa1\x01\x02", 3);
            in.cnf_len = 3;
            in.medium = TBC_MEDIUM_PHONE;
        }
        in.nbf.s += form == 2 ? 60 : 0;
        if (form == 3 || form == 5) {
            memset(in.language, 0, sizeof in.language);
        }
        in.has_face = form >= 4;
        memset(in.face, form, in.has_face ? sizeof in.face : 0);
        CU_ASSERT_EQUAL(tbc_claims_encode(&in, &bytes), TBC_OK);
        CU_ASSERT_EQUAL(tbc_claims_decode(&out, tbc_buf_span(&bytes), NULL), TBC_OK);
        CU_ASSERT_EQUAL(out.nbf.s, in.nbf.s);
        CU_ASSERT_EQUAL(out.status_idx, in.status_idx);
        CU_ASSERT_STRING_EQUAL(out.masked_name, in.masked_name);
        CU_ASSERT_EQUAL(memcmp(out.holder, in.holder, sizeof in.holder), 0);
        CU_ASSERT_EQUAL(out.has_face, in.has_face);
        CU_ASSERT_EQUAL(memcmp(out.face, in.face, sizeof in.face), 0);
        CU_ASSERT_EQUAL(tbc_claims_encode(&out, &again), TBC_OK);
        CU_ASSERT(tbc_span_equal(tbc_buf_span(&bytes), tbc_buf_span(&again)));
        tbc_buf_fini(&bytes);
        tbc_buf_fini(&again);
    }
}

static void
encode_refuses_what_decode_would_refuse(void)
{
    for (int form = 0; form < 17; form++) {
        struct tbc_claims c = sound;
        struct tbc_buf bytes = { 0 };

        switch (form) {
        case 0:
            c.exp = c.iat;
            break;
        case 1:
            c.nbf.s = c.iat.s - 1;
            break;
        case 2:
            c.nbf = c.exp;
            break;
        case 3:
            c.iss[0] = '\0';
            break;
        case 4:
            c.iss[0] = 'v';
            break;
        case 5:
            c.status_uri[0] = '\0';
            break;
        case 6:
            c.kind = TBC_DOC_N;
            break;
        case 7:
            c.masked_name[0] = '\0';
            break;
        case 8:
            c.masked_name[1] = '\n';
            break;
        case 9:
            c.medium = TBC_MEDIUM_PHONE;
            break;
        case 10:
            c.language[0] = 'E';
            break;
        case 11:
            c.iat.s = 0;
            break;
        case 12:
            c.cnf_len = sizeof c.cnf + 1;
            c.medium = TBC_MEDIUM_PHONE;
            break;
        case 13:
            c.language[1] = '\0'; /* "e" */
            break;
        case 14:
            c.assurance = (enum tbc_assurance)0;
            break;
        case 15:
            c.masked_name[2] = 0x7f;
            break;
        default:
            c.channel = (enum tbc_channel)0;
            break;
        }
        CU_ASSERT_EQUAL(tbc_claims_encode(&c, &bytes), TBC_ERR_RANGE);
        CU_ASSERT_EQUAL(bytes.len, 0);
        tbc_buf_fini(&bytes);
    }
}

#define ISS    "0163564e50"
#define EXP    "041a698151f0"
#define NBF    "051a69800071"
#define IAT    "061a69800070"
#define CTI    "075000112233445566778899aabbccddeeff"
#define STATUS "19ffffa16b7374617475735f6c697374a26369647801637572696161"
#define TBC    "3a00011170a601505ed10c9a42771f3b08c691e42d60b57f02000361780401050306"
#define PAPER  "01"
#define PHONE  "02"
#define CNF    "08a101a10102"

static enum tbc_err
decode(const char *hex, struct tbc_fault *fault)
{
    struct tbc_buf bytes = { 0 };
    struct tbc_claims c;
    enum tbc_err err;

    CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(hex), &bytes, NULL), TBC_OK);
    err = tbc_claims_decode(&c, tbc_buf_span(&bytes), fault);
    CU_ASSERT(err == TBC_OK || (c.exp.s == 0 && c.iss[0] == 0 && c.cnf_len == 0));
    tbc_buf_fini(&bytes);
    return err;
}

static const struct {
    const char *hex;
    const char *what; /* NULL: sound */
} decode_rows[] = {
    { "a6" ISS EXP IAT CTI STATUS TBC PAPER, NULL },
    { "a7" ISS EXP NBF IAT CTI STATUS TBC PAPER, NULL },
    { "a7" ISS EXP IAT CTI CNF STATUS TBC PHONE, NULL },
    { "", "claims" },
    { "a0", "missing claim" },
    { "a5" ISS IAT CTI STATUS TBC PAPER, "missing claim" }, /* no exp */
    { "a5" ISS EXP IAT CTI TBC PAPER, "missing claim" },
    { "a6" ISS EXP IAT CTI STATUS TBC PAPER "00", "trailing bytes" },
    { "a6" EXP ISS IAT CTI STATUS TBC PAPER, "claims" },     /* unsorted */
    { "a7" ISS ISS EXP IAT CTI STATUS TBC PAPER, "claims" }, /* twice */
    { "a7" ISS "026161" EXP IAT CTI STATUS TBC PAPER, "unknown claim" },
    { "bf" ISS EXP IAT CTI STATUS TBC PAPER "ff", "claims" },
    { "a6" ISS "041b00000000698151f0" IAT CTI STATUS TBC PAPER, "exp" },
    { "a6" ISS "04fb41da60547c000000" IAT CTI STATUS TBC PAPER, "exp" },
    { "a6" ISS "04f97e00" IAT CTI STATUS TBC PAPER, "exp" }, /* NaN */
    { "a6" ISS "041bffffffffffffffff" IAT CTI STATUS TBC PAPER, "exp" },
    { "a6" ISS "0420" IAT CTI STATUS TBC PAPER, "exp" },
    { "a6" ISS "041a69800070" IAT CTI STATUS TBC PAPER, "exp not after iat" },
    { "a7" ISS EXP "051a69800070" IAT CTI STATUS TBC PAPER, "nbf equal to iat" },
    { "a7" ISS EXP "051a6980006f" IAT CTI STATUS TBC PAPER, "nbf before iat" },
    { "a7" ISS EXP "051a698151f0" IAT CTI STATUS TBC PAPER, "nbf not before exp" },
    { "a6"
      "0160" EXP IAT CTI STATUS TBC PAPER,
      "iss" },
    { "a6"
      "0163766e70" EXP IAT CTI STATUS TBC PAPER,
      "iss" },
    { "a6"
      "01685650505050505050" EXP IAT CTI STATUS TBC PAPER,
      "iss" },
    { "a6"
      "0162ff50" EXP IAT CTI STATUS TBC PAPER,
      "iss" },
    { "a6"
      "01624100" EXP IAT CTI STATUS TBC PAPER,
      "iss" }, /* a NUL inside */
    { "a6" ISS EXP IAT "074f00112233445566778899aabbccddee" STATUS TBC PAPER, "cti" },
    { "a7" ISS EXP IAT CTI CNF STATUS TBC PAPER, "medium does not agree with cnf" },
    { "a6" ISS EXP IAT CTI STATUS TBC PHONE, "medium does not agree with cnf" },
    { "a6" ISS EXP IAT CTI STATUS TBC "03", "medium does not agree with cnf" },
    { "a7" ISS EXP IAT CTI "08a102a10102" STATUS TBC PHONE, "cnf" },
    { "a7" ISS EXP IAT CTI "08a10100" STATUS TBC PHONE, "cnf" },
    { "a6" ISS EXP IAT CTI "19ffffa16b7374617475735f6c697374a163696478"
      "01" TBC PAPER,
      "uri" },
    { "a6" ISS EXP IAT CTI "19ffffa0" TBC PAPER, "status_list" },
    { "a6" ISS EXP IAT CTI STATUS "3a00011170a0", "tbc claim" },
    { "a6" ISS EXP IAT CTI STATUS
      "3a00011170a701505ed10c9a42771f3b08c691e42d60b57f020003617804010503060107624"
      "5"
      "4e",
      "language" },
    { "a6" ISS EXP IAT CTI STATUS
      "3a00011170a601505ed10c9a42771f3b08c691e42d60b57f020403617804010503"
      "0601",
      "kind" },
    { "a6" ISS EXP IAT CTI STATUS
      "3a00011170a601505ed10c9a42771f3b08c691e42d60b57f02000361780405050306"
      "01",
      "channel" },
    { "a6" ISS EXP IAT CTI STATUS
      "3a00011170a601505ed10c9a42771f3b08c691e42d60b57f0219010003617804010503"
      "0601",
      "kind" }, /* 256 is no other kind than 0 */
    { "a6" ISS EXP IAT CTI STATUS
      "3a00011170a601505ed10c9a42771f3b08c691e42d60b57f02000361780401050006"
      "01",
      "assurance" },
    { "a6" ISS EXP IAT CTI STATUS
      "3a00011170a701505ed10c9a42771f3b08c691e42d60b57f0200036178040105030601"
      "0900",
      "key of the tbc claim" },
    { "a6" ISS EXP IAT CTI STATUS
      "3a00011170a701505ed10c9a42771f3b08c691e42d60b57f0200036178040105030601"
      "0843000000",
      "face" },
    { "a6" ISS EXP IAT CTI STATUS
      "3a00011170a601505ed10c9a42771f3b08c691e42d60b57f02000361780401050308"
      "43000000",
      "key of the tbc claim" }, /* no medium */
    { "a6" ISS EXP IAT CTI STATUS
      "3a00011170a701505ed10c9a42771f3b08c691e42d60b57f0200036178040105030601"
      "0760",
      "language" }, /* "" has another form: no key at all */
};

static void
decode_is_strict_and_says_what_and_where(void)
{
    for (size_t i = 0; i < sizeof decode_rows / sizeof *decode_rows; i++) {
        struct tbc_fault fault = { 0 };
        enum tbc_err err = decode(decode_rows[i].hex, &fault);

        CU_ASSERT((err == TBC_OK) == (decode_rows[i].what == NULL));
        if (decode_rows[i].what != NULL &&
            (fault.what == NULL || strcmp(fault.what, decode_rows[i].what) != 0)) {
            printf("    %s: %s\n", decode_rows[i].hex, fault.what);
            CU_FAIL("another fault");
        }
        CU_ASSERT(fault.offset <= strlen(decode_rows[i].hex) / 2);
    }
}

static void
every_cut_is_refused(void)
{
    struct tbc_buf bytes = { 0 };
    struct tbc_claims c;

    CU_ASSERT_EQUAL(tbc_claims_encode(&sound, &bytes), TBC_OK);
    for (size_t len = 0; len < bytes.len; len++) {
        CU_ASSERT_NOT_EQUAL(
            tbc_claims_decode(&c, tbc_span_sub(tbc_buf_span(&bytes), 0, len), NULL),
            TBC_OK);
    }
    tbc_buf_fini(&bytes);
}

/* The longest names and a 40-byte address, with the longest header that we sign. */
static void
a_paper_certificate_fits_320_bytes(void)
{
    static const uint8_t kid[TBC_KID_LEN] = { 0 };
    static const uint8_t signature[64] = { 0 };
    struct tbc_claims c = sound;
    struct tbc_buf payload = { 0 };
    struct tbc_buf header = { 0 };
    struct tbc_buf message = { 0 };

    memset(c.iss, 'W', TBC_TELECODE_MAX);
    memset(c.masked_name, 'x', TBC_MASKED_MAX);
    memset(c.status_uri, 'u', 40);
    c.status_uri[40] = '\0';
    c.status_idx = UINT32_MAX;
    c.nbf.s += 60;
    memcpy(c.language, "zho", 4);
    CU_ASSERT_EQUAL(tbc_claims_encode(&c, &payload), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_cose_put_protected(&header, TBC_ALG_SM2, kid, TBC_TYP_CERTIFICATE), TBC_OK);
    CU_ASSERT_EQUAL(tbc_cose_put(&message, tbc_buf_span(&header),
                                 tbc_buf_span(&payload),
                                 tbc_span_of(signature, sizeof signature)),
                    TBC_OK);
    CU_ASSERT(message.len <= TBC_PAPER_MAX);
    tbc_buf_fini(&payload);
    tbc_buf_fini(&header);
    tbc_buf_fini(&message);
}

TBC_SUITE("codec/claims", TEST(claims_come_back_as_they_went),
          TEST(encode_refuses_what_decode_would_refuse),
          TEST(decode_is_strict_and_says_what_and_where), TEST(every_cut_is_refused),
          TEST(a_paper_certificate_fits_320_bytes))
