/* The worked example of docs/PROTOCOL.md is checked against the code: what it prints is what we
 * read, write and verify. */
#include "base/text.h"
#include "codec/cbor_any.h"
#include "codec/claims.h"
#include "codec/token.h"
#include "crypto/sign.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_MAX 65536

static char page[PAGE_MAX];

static void
read_page(void)
{
    struct tbc_buf path = { 0 };
    FILE *f;
    size_t n;

    CU_ASSERT_EQUAL_FATAL(
        tbc_buf_printf(&path, "%s/docs/PROTOCOL.md", tbc_test_env("TBC_SOURCE_DIR")),
        TBC_OK);
    f = fopen(tbc_buf_str(&path), "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    n = fread(page, 1, sizeof page - 1, f);
    CU_ASSERT_EQUAL(fclose(f), 0);
    page[n] = '\0';
    tbc_buf_fini(&path);
}

/* The contents of the fenced block of that name, without its last line end. */
static struct tbc_span
block(const char *name)
{
    char fence[32];
    const char *from;
    const char *to;

    (void)snprintf(fence, sizeof fence, "```%s\n", name);
    from = strstr(page, fence);
    to = from == NULL ? NULL : strstr(from + strlen(fence), "\n```");
    CU_ASSERT_PTR_NOT_NULL_FATAL(to);
    if (to == NULL) {
        return (struct tbc_span){ 0 };
    }
    from += strlen(fence);
    return tbc_span_of(from, (size_t)(to - from));
}

/* The bytes of a block of hexadecimal lines. */
static void
hex_block(const char *name, struct tbc_buf *out)
{
    struct tbc_span s = block(name);
    struct tbc_buf digits = { 0 };

    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != '\n') {
            CU_ASSERT_EQUAL(tbc_buf_append_u8(&digits, s.ptr[i]), TBC_OK);
        }
    }
    CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_buf_span(&digits), out, NULL), TBC_OK);
    tbc_buf_fini(&digits);
}

static void
the_text_holds_the_message_and_the_message_the_claims(void)
{
    struct tbc_buf text = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_buf claims = { 0 };
    struct tbc_buf again = { 0 };
    struct tbc_claims c;
    struct tbc_cose msg;

    read_page();
    hex_block("message", &message);
    hex_block("claims", &claims);
    CU_ASSERT_EQUAL(tbc_token_decode(block("text"), &text, NULL), TBC_TOKEN_OURS);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&text), tbc_buf_span(&message)));
    CU_ASSERT_EQUAL_FATAL(tbc_cose_open(&msg, tbc_buf_span(&message), NULL), TBC_OK);
    CU_ASSERT(tbc_span_equal(msg.payload, tbc_buf_span(&claims)));
    CU_ASSERT_EQUAL_FATAL(tbc_claims_decode(&c, msg.payload, NULL), TBC_OK);
    CU_ASSERT_STRING_EQUAL(c.iss, "VNP");
    CU_ASSERT_EQUAL(tbc_claims_encode(&c, &again), TBC_OK);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&again), tbc_buf_span(&claims)));
    tbc_buf_fini(&text);
    tbc_buf_fini(&message);
    tbc_buf_fini(&claims);
    tbc_buf_fini(&again);
}

static void
the_printed_notation_is_that_of_the_claims(void)
{
    struct tbc_span printed;
    struct tbc_buf claims = { 0 };
    struct tbc_buf diag = { 0 };
    struct tbc_buf one_line = { 0 };

    read_page();
    printed = block("diag");
    hex_block("claims", &claims);
    CU_ASSERT_EQUAL(tbc_cbor_diag(tbc_buf_span(&claims), &diag, NULL), TBC_OK);
    for (size_t i = 0; i < printed.len; i++) {
        if (printed.ptr[i] != '\n') {
            CU_ASSERT_EQUAL(tbc_buf_append_u8(&one_line, printed.ptr[i]), TBC_OK);
        }
    }
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&one_line), tbc_buf_span(&diag)));
    tbc_buf_fini(&claims);
    tbc_buf_fini(&diag);
    tbc_buf_fini(&one_line);
}

static void
the_printed_key_signed_the_message(void)
{
    struct tbc_buf cose = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_key *key = NULL;
    struct tbc_cose msg;
    uint8_t kid[TBC_KID_LEN];

    read_page();
    hex_block("key", &cose);
    hex_block("message", &message);
    CU_ASSERT_EQUAL_FATAL(tbc_key_parse_public(&key, tbc_buf_span(&cose)), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_cose_open(&msg, tbc_buf_span(&message), NULL), TBC_OK);
    tbc_key_kid(key, kid);
    CU_ASSERT_EQUAL(memcmp(kid, msg.kid, sizeof kid), 0);
    CU_ASSERT_EQUAL(tbc_verify_cose(key, &msg), TBC_OK);
    tbc_key_free(&key);
    tbc_buf_fini(&cose);
    tbc_buf_fini(&message);
}

TBC_SUITE("crypto/protocol",
          TEST(the_text_holds_the_message_and_the_message_the_claims),
          TEST(the_printed_notation_is_that_of_the_claims),
          TEST(the_printed_key_signed_the_message))
