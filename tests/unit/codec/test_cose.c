#include "base/text.h"
#include "codec/cose.h"
#include "codec/cose_any.h"
#include "codec/live.h"
#include "codec/token.h"
#include "suite.h"

#include <string.h>

#define KID "480001020304050607"
#define TYP "1078186170706c69636174696f6e2f7462632d636572742b637774"
#define HEADER   \
    "5828a30126" \
    "04" KID TYP
#define ZEROS "00000000000000000000000000000000"
#define SIG   "5840" ZEROS ZEROS ZEROS ZEROS

static enum tbc_err
open_hex(const char *hex, struct tbc_fault *fault)
{
    struct tbc_buf bytes = { 0 };
    struct tbc_cose msg;
    enum tbc_err err;

    CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(hex), &bytes, NULL), TBC_OK);
    err = tbc_cose_open(&msg, tbc_buf_span(&bytes), fault);
    CU_ASSERT(err == TBC_OK || (msg.typ == TBC_TYP_N && msg.payload.ptr == NULL));
    tbc_buf_fini(&bytes);
    return err;
}

static const struct {
    const char *hex;
    enum tbc_err err;
    const char *what;
} strict_rows[] = {
    { "d284" HEADER "a041a0" SIG, TBC_OK, NULL },
    { "", TBC_ERR_MALFORMED, "tag of COSE_Sign1" },
    { "84" HEADER "a041a0" SIG, TBC_ERR_MALFORMED, "tag of COSE_Sign1" },
    { "d184" HEADER "a041a0" SIG, TBC_ERR_MALFORMED, "tag of COSE_Sign1" },
    { "d83d84" HEADER "a041a0" SIG, TBC_ERR_MALFORMED, "tag of COSE_Sign1" },
    { "d81284" HEADER "a041a0" SIG, TBC_ERR_MALFORMED, "tag of COSE_Sign1" },
    { "d283" HEADER "a041a0", TBC_ERR_MALFORMED, "COSE_Sign1" },
    { "d285" HEADER "a041a0" SIG "00", TBC_ERR_LIMIT, "COSE_Sign1" },
    { "d29f" HEADER "a041a0" SIG "ff", TBC_ERR_MALFORMED, "COSE_Sign1" },
    { "d284" HEADER "a10126"
      "41a0" SIG,
      TBC_ERR_LIMIT, "unprotected header" },
    { "d284" HEADER "a0f6" SIG, TBC_ERR_MALFORMED, "payload" },
    { "d284" HEADER "a041a0" SIG "00", TBC_ERR_MALFORMED, "trailing bytes" },
    { "d28440a041a0" SIG, TBC_ERR_MALFORMED, "protected header" },
    { "d28441a0a041a0" SIG, TBC_ERR_MALFORMED, "protected header" },
    { "d28443a10126a041a0" SIG, TBC_ERR_MALFORMED, "protected header" },
    { "d2845829a30126"
      "04" KID TYP "00"
      "a041a0" SIG,
      TBC_ERR_MALFORMED, "trailing bytes" },
    { "d2845828a3"
      "04" KID "0126" TYP "a041a0" SIG,
      TBC_ERR_MALFORMED, "protected header" },
    { "d2845829a3013806"
      "04" KID TYP "a041a0" SIG,
      TBC_ERR_MALFORMED, "alg" },
    { "d284"
      "582aa401260280"
      "04" KID TYP "a041a0" SIG,
      TBC_ERR_LIMIT, "protected header" },
    { "d284"
      "5828a30126"
      "05" KID TYP "a041a0" SIG,
      TBC_ERR_MALFORMED, "protected header parameter" },
    { "d284"
      "5827a30126"
      "0447"
      "00010203040506" TYP "a041a0" SIG,
      TBC_ERR_MALFORMED, "kid" },
    { "d284"
      "5828a30124"
      "04" KID TYP "a041a0" SIG,
      TBC_ERR_UNSUPPORTED, "alg" },
    { "d284"
      "5811a30126"
      "04" KID "106161"
      "a041a0" SIG,
      TBC_ERR_MALFORMED, NULL },
    { "d284"
      "5810a30126"
      "04" KID "106161"
      "a041a0" SIG,
      TBC_ERR_MALFORMED, NULL },
    { "d284"
      "50a30126"
      "04" KID "106161"
      "a041a0" SIG,
      TBC_ERR_UNSUPPORTED, "typ" },
    { "d284"
      "50a30126"
      "04" KID "106161"
      "a041a0"
      "40",
      TBC_ERR_UNSUPPORTED, "typ" },
    { "d284" HEADER "a041a0"
      "4100",
      TBC_ERR_MALFORMED, "signature length" },
};

static void
the_strict_reader_takes_one_form_only(void)
{
    for (size_t i = 0; i < sizeof strict_rows / sizeof *strict_rows; i++) {
        struct tbc_fault fault = { 0 };
        enum tbc_err err = open_hex(strict_rows[i].hex, &fault);

        if (err != strict_rows[i].err ||
            (strict_rows[i].what != NULL && fault.what != NULL &&
             strcmp(fault.what, strict_rows[i].what) != 0)) {
            printf("    %s: %d %s\n", strict_rows[i].hex, (int)err, fault.what);
            CU_FAIL("another answer");
        }
        CU_ASSERT((fault.what == NULL) == (err == TBC_OK));
        CU_ASSERT(fault.offset <= strlen(strict_rows[i].hex) / 2);
    }
}

static enum tbc_err
open_any(const char *hex, struct tbc_cose_any *msg)
{
    struct tbc_buf bytes = { 0 };
    enum tbc_err err;

    CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(hex), &bytes, NULL), TBC_OK);
    err = tbc_cose_any_open(msg, tbc_buf_span(&bytes), NULL);
    tbc_buf_fini(&bytes);
    return err;
}

static void
the_general_reader_takes_what_rfc_9052_allows(void)
{
    static const struct {
        const char *hex;
        enum tbc_err err;
        int64_t alg;
        size_t protected_len;
    } rows[] = {
        { "d28443a10126a0413041ff", TBC_OK, -7, 3 },
        { "8443a10126a0413041ff", TBC_OK, -7, 3 },   /* no tag */
        { "9f43a10126a0413041ffff", TBC_OK, -7, 3 }, /* open array */
        { "d81284"
          "43a10126"
          "a0413041ff",
          TBC_OK, -7, 3 },                          /* long tag */
        { "8440a101384e413041ff", TBC_OK, -79, 0 }, /* alg unprotected */
        { "8441a0a10126413041ff", TBC_OK, -7, 0 },  /* h'a0' */
        { "8442bfffa10126413041ff", TBC_OK, -7, 0 },
        { "845f42a10141"
          "26"
          "ffa05f41304131ff41ff",
          TBC_OK, -7, 3 }, /* in chunks */
        { "844ca2044130"
          "19000126"
          "00"
          "a0413041ff",
          TBC_ERR_MALFORMED, 0, 0 },
        { "8443a10126a0f641ff", TBC_OK, -7, 3 },                 /* detached */
        { "8440a0413041ff", TBC_OK, 0, 0 },                      /* no alg at all */
        { "8443a10126a10126413041ff", TBC_ERR_MALFORMED, 0, 0 }, /* in both */
        { "8446a20126028101"
          "a0413041ff",
          TBC_OK, -7, 6 }, /* crit: alg */
        { "8447a2012602811863"
          "a0413041ff",
          TBC_ERR_MALFORMED, 0, 0 },
        { "8447a20126028118"
          "63"
          "a0413041ff",
          TBC_ERR_UNSUPPORTED, 0, 0 },
        { "8443a10126a1028101413041ff", TBC_ERR_MALFORMED, 0, 0 }, /* crit outside */
        { "8443a10126a041304100"
          "00",
          TBC_ERR_MALFORMED, 0, 0 },
        { "8343a10126a04130", TBC_ERR_MALFORMED, 0, 0 },
        { "8543a10126a0413041ff00", TBC_ERR_MALFORMED, 0, 0 },
        { "d18443a10126a0413041ff", TBC_ERR_MALFORMED, 0, 0 },
        { "8444a1016161"
          "a0413041ff",
          TBC_ERR_MALFORMED, 0, 0 },
        { "8443a10126a0613041ff", TBC_ERR_MALFORMED, 0, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_cose_any msg;
        enum tbc_err err = open_any(rows[i].hex, &msg);

        if ((err == TBC_OK) != (rows[i].err == TBC_OK) || msg.alg != rows[i].alg ||
            msg.body_protected.len != rows[i].protected_len) {
            printf("    %s: %d, alg %lld\n", rows[i].hex, (int)err, (long long)msg.alg);
            CU_FAIL("another answer");
        }
        tbc_cose_any_fini(&msg);
    }
}

static void
a_text_comes_back_as_its_message_and_nothing_larger_does(void)
{
    uint8_t bytes[TBC_LIVE_MAX + 1];
    uint8_t storage[TBC_LIVE_MAX + 1];
    struct tbc_buf text = { 0 };
    struct tbc_buf back;
    struct tbc_fault fault = { 0 };

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7);
    }
    CU_ASSERT_EQUAL(tbc_token_encode(tbc_span_of(bytes, TBC_LIVE_MAX), &text), TBC_OK);
    CU_ASSERT_EQUAL(text.len, TBC_QR_TEXT_MAX);
    tbc_buf_init_fixed(&back, storage, sizeof storage);
    CU_ASSERT_EQUAL(tbc_token_decode(tbc_buf_span(&text), &back, &fault),
                    TBC_TOKEN_OURS);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&back), tbc_span_of(bytes, TBC_LIVE_MAX)));
    CU_ASSERT_EQUAL(tbc_token_encode(tbc_span_of(bytes, sizeof bytes), &text),
                    TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_buf_append_str(&text, "00"), TBC_OK);
    tbc_buf_clear(&back);
    CU_ASSERT_EQUAL(tbc_token_decode(tbc_buf_span(&text), &back, &fault),
                    TBC_TOKEN_BROKEN);
    CU_ASSERT_EQUAL(tbc_token_decode(tbc_span_str("TBC1:BB8b"), &back, &fault),
                    TBC_TOKEN_BROKEN);
    CU_ASSERT_EQUAL(fault.offset, 8);
    CU_ASSERT_EQUAL(tbc_token_decode(tbc_span_str("TBC1:BB8\r\n"), &back, &fault),
                    TBC_TOKEN_OURS);
    CU_ASSERT_EQUAL(tbc_token_decode(tbc_span_str("TBC1:BB8\n\n"), &back, &fault),
                    TBC_TOKEN_BROKEN);
    tbc_buf_fini(&text);
}

static void
a_live_proof_is_read_strictly(void)
{
    static const char *const bad[] = {
        "",
        "a0",
        "a1061a69800070",
        "a2061a698000703a000111714"
        "0", /* an empty certificate */
        "a23a000111714100"
        "061a69800070", /* unsorted */
        "a3061a69800070"
        "0a4700000000000000"
        "3a000111714100",
        "a3061a69800070"
        "0b00"
        "3a000111714100",
        "a206003a000111714100",
        "a2061a698000703a00011171410000",
    };
    struct tbc_live live;
    struct tbc_buf bytes = { 0 };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tbc_buf_clear(&bytes);
        CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(bad[i]), &bytes, NULL),
                              TBC_OK);
        CU_ASSERT_EQUAL(tbc_live_decode(&live, tbc_buf_span(&bytes), NULL),
                        TBC_ERR_MALFORMED);
        CU_ASSERT_EQUAL(live.time.s, 0);
    }
    tbc_buf_clear(&bytes);
    live = (struct tbc_live){ .time = { 5 }, .certificate = tbc_span_str("x") };
    CU_ASSERT_EQUAL(tbc_live_encode(&live, &bytes), TBC_OK);
    CU_ASSERT_EQUAL(tbc_live_decode(&live, tbc_buf_span(&bytes), NULL), TBC_OK);
    CU_ASSERT(live.time.s == 5 && !live.has_challenge && live.certificate.len == 1);
    tbc_buf_fini(&bytes);
}

static void
the_general_reader_says_what_it_refuses(void)
{
    static const struct {
        const char *hex;
        enum tbc_err err;
        const char *what;
    } rows[] = {
        { "8445a101262141"
          "a0413041ff",
          TBC_ERR_MALFORMED, "protected header" }, /* bytes behind its map */
        { "844101a0413041ff", TBC_ERR_MALFORMED, "not a map" },
        { "8446a20126028100"
          "a0413041ff",
          TBC_ERR_UNSUPPORTED, "critical header" },
        { "8447a2012602816161"
          "a0413041ff",
          TBC_ERR_UNSUPPORTED, "critical header" },
        { "8445a201260280a0413041ff", TBC_ERR_MALFORMED, "crit" },
        { "8446a20126028140"
          "a0413041ff",
          TBC_ERR_MALFORMED, "not an integer" },
        { "8444a1016161a0413041ff", TBC_ERR_UNSUPPORTED, "alg" },
        { "8444a1400126a0413041ff", TBC_ERR_MALFORMED, "not an integer" },
        { "8440a14126014130"
          "41ff",
          TBC_ERR_MALFORMED, "not an integer" },
        { "8443a10126a0f741ff", TBC_ERR_MALFORMED, "payload" },     /* undefined */
        { "8443a10126a0f9001641ff", TBC_ERR_MALFORMED, "payload" }, /* float, bits 22 */
        { "8443a10126a0f82041ff", TBC_ERR_MALFORMED, "payload" },   /* simple(32) */
        { "8443a10126a00041ff", TBC_ERR_MALFORMED, "payload" },
        { "d83d8443a10126a0413041ff", TBC_ERR_MALFORMED, "tag of COSE_Sign1" },
        { "d83dd18443a10126a0413041ff", TBC_ERR_MALFORMED, "tag of COSE_Sign1" },
        { "8043a10126", TBC_ERR_MALFORMED, "COSE_Sign1 of four elements" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf bytes = { 0 };
        struct tbc_cose_any msg;
        struct tbc_fault fault = { 0 };
        enum tbc_err err;

        CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(rows[i].hex), &bytes, NULL),
                              TBC_OK);
        err = tbc_cose_any_open(&msg, tbc_buf_span(&bytes), &fault);
        if (err != rows[i].err || strcmp(fault.what, rows[i].what) != 0) {
            printf("    %s: %d, %s\n", rows[i].hex, (int)err, fault.what);
            CU_FAIL("another answer");
        }
        CU_ASSERT(msg.payload.ptr == NULL && msg.signature.ptr == NULL && msg.alg == 0);
        tbc_cose_any_fini(&msg);
        tbc_buf_fini(&bytes);
    }
}

/* RFC 9052 sec. 1.5 (labels are integers or texts), 3.1 (crit); RFC 8392 sec. 6 (tag 61). */
static void
the_general_reader_steps_over_headers_of_others(void)
{
    static const char *const good[] = {
        "d83dd28443a10126a0413041ff", /* a CWT */
        "8443a10126a261618201021863f5"
        "413041ff",                   /* "a": [1, 2], 99: true */
        "8443a10126a1381f00413041ff", /* -32: 0 */
        "844da401260282041004413110"
        "6161a0413041ff", /* crit: kid and typ, both there */
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct tbc_cose_any msg;

        CU_ASSERT_EQUAL(open_any(good[i], &msg), TBC_OK);
        CU_ASSERT_EQUAL(msg.alg, -7);
        tbc_cose_any_fini(&msg);
    }
}

static void
algorithms_have_names_lengths_and_numbers_and_others_have_none(void)
{
    static const struct {
        const char *name;
        enum tbc_alg alg;
        size_t len;
    } rows[] = {
        { "ES256", TBC_ALG_ES256, 64 },      { "EdDSA", TBC_ALG_EDDSA, 64 },
        { "ES384", TBC_ALG_ES384, 96 },      { "ES512", TBC_ALG_ES512, 132 },
        { "SM2", TBC_ALG_SM2, 64 },          { "none", TBC_ALG_NONE, 0 },
        { "none", (enum tbc_alg) - 257, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool ours = rows[i].len > 0;
        enum tbc_alg alg = TBC_ALG_ES256;

        CU_ASSERT_STRING_EQUAL(tbc_alg_name(rows[i].alg), rows[i].name);
        CU_ASSERT_EQUAL(tbc_alg_signature_len(rows[i].alg), rows[i].len);
        CU_ASSERT_EQUAL(tbc_alg_known(rows[i].alg), ours ? rows[i].alg : TBC_ALG_NONE);
        CU_ASSERT_EQUAL(tbc_alg_parse(tbc_span_str(rows[i].name), &alg), ours);
        CU_ASSERT_EQUAL(alg, ours ? rows[i].alg : TBC_ALG_NONE);
        CU_ASSERT(rows[i].len <= TBC_SIGNATURE_MAX);
    }
    CU_ASSERT_STRING_EQUAL(tbc_typ_text(TBC_TYP_N), "");
}

static void
a_live_proof_without_time_or_certificate_is_not_written(void)
{
    struct tbc_buf bytes = { 0 };

    CU_ASSERT_EQUAL(
        tbc_live_encode(&(struct tbc_live){ .certificate = tbc_span_str("x") }, &bytes),
        TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(tbc_live_encode(&(struct tbc_live){ .time = { 5 } }, &bytes),
                    TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(bytes.len, 0);
}

static void
a_text_of_another_version_needs_its_number_and_colon(void)
{
    static const struct {
        const char *text;
        enum tbc_token_kind kind;
    } rows[] = {
        { "TBC2:X", TBC_TOKEN_OTHER_VERSION }, { "TBC999:", TBC_TOKEN_OTHER_VERSION },
        { "TBC", TBC_TOKEN_FOREIGN },          { "TBC:", TBC_TOKEN_FOREIGN },
        { "TBC2", TBC_TOKEN_FOREIGN },         { "TBC2;", TBC_TOKEN_FOREIGN },
        { "TBC/:", TBC_TOKEN_FOREIGN },        { "TBC2/:", TBC_TOKEN_FOREIGN },
        { "TB", TBC_TOKEN_FOREIGN },           { "TBC1:", TBC_TOKEN_BROKEN },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf message = { 0 };

        CU_ASSERT_EQUAL(tbc_token_decode(tbc_span_str(rows[i].text), &message, NULL),
                        rows[i].kind);
        CU_ASSERT_EQUAL(message.len, 0);
        tbc_buf_fini(&message);
    }
}

TBC_SUITE("codec/cose", TEST(the_strict_reader_takes_one_form_only),
          TEST(the_general_reader_takes_what_rfc_9052_allows),
          TEST(a_text_comes_back_as_its_message_and_nothing_larger_does),
          TEST(a_live_proof_is_read_strictly),
          TEST(the_general_reader_says_what_it_refuses),
          TEST(the_general_reader_steps_over_headers_of_others),
          TEST(algorithms_have_names_lengths_and_numbers_and_others_have_none),
          TEST(a_live_proof_without_time_or_certificate_is_not_written),
          TEST(a_text_of_another_version_needs_its_number_and_colon))
