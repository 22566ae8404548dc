/* Token Status Lists as other issuers write them. */
#include "base/text.h"
#include "codec/status_any.h"
#include "suite.h"

#include <string.h>

#define SUB  "026161"
#define EXP  "041907d0"
#define IAT  "061903e8"
#define TTL  "19fffe05"
#define LST  "636c73744a78dadbb918000217015d" /* the draft's 16 bits */
#define BITS "646269747301"

static enum tbc_err
decode(const char *hex, struct tbc_status_any *s, struct tbc_fault *fault)
{
    struct tbc_buf bytes = { 0 };
    enum tbc_err err;

    CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(hex), &bytes, NULL), TBC_OK);
    err = tbc_status_any_decode(s, tbc_buf_span(&bytes), fault);
    tbc_buf_fini(&bytes);
    return err;
}

static void
any_order_form_and_company_of_the_claims_is_read(void)
{
    static const struct {
        const char *hex;
        bool has_sub;
        int64_t iat;
        int64_t exp;
        int64_t ttl;
        unsigned bits;
    } rows[] = {
        { "a5" SUB EXP IAT "19fffda2" LST BITS TTL, true, 1000, 2000, 5, 1 },
        { "a5" TTL "19fffda2" BITS LST IAT EXP SUB, true, 1000, 2000, 5, 1 },
        { "a1"
          "19fffda2" LST BITS,
          false, 0, 0, 0, 1 },
        { "bf"
          "19fffdbf" LST BITS "ffff",
          false, 0, 0, 0, 1 },
        { "a1"
          "19fffda2" LST "646269747308",
          false, 0, 0, 0, 8 },
        { "a1"
          "19fffda2" LST "646269747304",
          false, 0, 0, 0, 4 },
        { "a1"
          "19fffda2" LST "646269747302",
          false, 0, 0, 0, 2 },
        /* RFC 8392 sec. 2: a NumericDate may be a float, or lie before 1970 */
        { "a3"
          "06fb41da600000000000"
          "0420"
          "19fffda2" LST BITS,
          false, 1769996288, -1, 0, 1 },
        { "a3"
          "06fa4ed30000"
          "04f97bff"
          "19fffda2" LST BITS,
          false, 1769996288, 65504, 0, 1 },
        { "a3"
          "06f93555"
          "04f90001"
          "19fffda2" LST BITS,
          false, 0, 0, 0, 1 },
        /* claims and members that we do not know, with text keys too */
        { "a4"
          "0163697373"
          "6161820102"
          "391fff00"
          "19fffda3" LST BITS "6175667572692f2f78",
          false, 0, 0, 0, 1 },
        /* strings in chunks */
        { "a2"
          "027f616160ff"
          "19fffda2"
          "636c73745f4578dadbb918"
          "45000217015dff" BITS,
          true, 0, 0, 0, 1 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_status_any s;
        struct tbc_fault fault = { 0 };
        unsigned value;

        if (decode(rows[i].hex, &s, &fault) != TBC_OK) {
            printf("    %s: %s\n", rows[i].hex, fault.what);
            CU_FAIL("refused");
            continue;
        }
        CU_ASSERT(tbc_span_equal(tbc_buf_span(&s.sub),
                                 tbc_span_str(rows[i].has_sub ? "a" : "")));
        CU_ASSERT(s.iat.s == rows[i].iat && s.exp.s == rows[i].exp);
        CU_ASSERT(s.ttl_s == rows[i].ttl && s.list.bits == rows[i].bits);
        CU_ASSERT(tbc_span_equal(tbc_buf_span(&s.list.lst), tbc_span_str("\xb9\xa3")));
        CU_ASSERT_EQUAL(tbc_statuslist_get(&s.list, 1, &value), TBC_OK);
        tbc_status_any_fini(&s);
        CU_ASSERT_PTR_NULL(s.list.lst.ptr);
    }
}

static const struct {
    const char *hex;
    const char *what;
} refused[] = {
    { "", "end of input" },
    { "80", "not a map" },
    { "a0", "no status_list claim" },
    { "a1"
      "19fffda3" LST LST BITS,
      "member given twice" },
    { "a1"
      "19fffda3" BITS LST BITS,
      "member given twice" },
    { "a1" SUB, "no status_list claim" },
    { "a1"
      "19fffda2" LST BITS "00",
      "trailing bytes" },
    { "a2" SUB SUB, "claim given twice" },
    { "a2" IAT "1a000000061907d0", "claim given twice" }, /* 6 in a long form */
    { "a1"
      "404100",
      "not an integer" },
    { "a1"
      "02ff",
      "not the string expected" },
    { "a1"
      "0201",
      "not the string expected" },
    { "a1"
      "066161",
      "NumericDate" },
    { "a1"
      "06f5",
      "NumericDate" },
    { "a1"
      "06ff",
      "NumericDate" },
    { "a1"
      "061bffffffffffffffff",
      "integer" },
    { "a1"
      "19fffd01",
      "not a map" },
    { "a1"
      "19fffda0",
      "status_list" },
    { "a1"
      "19fffda1" LST,
      "status_list" },
    { "a1"
      "19fffda1" BITS,
      "status_list" },
    { "a1"
      "19fffda2" LST "646269747303",
      "bits" },
    { "a1"
      "19fffda2" LST "64626974736131",
      "not an integer" },
    { "a1"
      "19fffda2"
      "41ff" BITS,
      "not the string expected" },
    { "a1"
      "19fffda2"
      "636c737441ff" BITS,
      "lst" },
    { "a1"
      "19fffda2"
      "636c73746161" BITS,
      "not the string expected" },
    { "a1"
      "19fffe6161",
      "ttl" },
    { "a1"
      "19fffe20",
      "ttl" },
    { "a1"
      "06fb7ff8000000000000",
      "NumericDate" },
    { "a1"
      "06fb7ff0000000000000",
      "NumericDate" },
    { "a1"
      "06f9fc00",
      "NumericDate" },
    { "a1"
      "06fac7000000",
      "NumericDate" },
};

static void
what_is_no_status_list_is_named(void)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct tbc_status_any s;
        struct tbc_fault fault = { 0 };
        enum tbc_err err = decode(refused[i].hex, &s, &fault);

        if (err == TBC_OK || fault.what == NULL ||
            strcmp(fault.what, refused[i].what) != 0) {
            printf("    %s: %d, %s\n", refused[i].hex, (int)err, fault.what);
            CU_FAIL("another answer");
        }
        CU_ASSERT(fault.offset <= strlen(refused[i].hex) / 2);
        CU_ASSERT(s.sub.ptr == NULL && s.list.lst.ptr == NULL && s.iat.s == 0);
        tbc_status_any_fini(&s);
    }
}

/* Label 16 of RFC 9596: a text, or a number of the CoAP registry. */
static void
a_header_says_what_its_message_is_or_nothing(void)
{
    static const struct {
        const char *hex;
        enum tbc_status_typ typ;
    } rows[] = {
        { "", TBC_STATUS_TYP_NONE },
        { "a10126", TBC_STATUS_TYP_NONE },
        { "01", TBC_STATUS_TYP_NONE },
        { "a201261078"
          "1a6170706c69636174696f6e2f7374617475736c6973742b637774",
          TBC_STATUS_TYP_RIGHT },
        { "bf1078"
          "1a6170706c69636174696f6e2f7374617475736c6973742b637774"
          "0126ff",
          TBC_STATUS_TYP_RIGHT },
        { "a110190100", TBC_STATUS_TYP_RIGHT },
        { "a1106161", TBC_STATUS_TYP_OTHER },
        { "a1104161", TBC_STATUS_TYP_OTHER },
        { "a2616100106161", TBC_STATUS_TYP_OTHER },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf header = { 0 };

        CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(rows[i].hex), &header, NULL),
                              TBC_OK);
        CU_ASSERT_EQUAL(tbc_status_any_typ(tbc_buf_span(&header)), rows[i].typ);
        tbc_buf_fini(&header);
    }
}

TBC_SUITE("codec/status_any", TEST(any_order_form_and_company_of_the_claims_is_read),
          TEST(what_is_no_status_list_is_named),
          TEST(a_header_says_what_its_message_is_or_nothing))
