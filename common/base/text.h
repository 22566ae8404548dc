/* Text forms of bytes: hexadecimal, Base45 (RFC 9285), Base64 (RFC 4648), and the UTF-8 check (RFC 3629). */
#ifndef TBC_BASE_TEXT_H
#define TBC_BASE_TEXT_H

#include "base/buf.h"

/* Well-formed UTF-8, no surrogates, no overlong forms, nothing above U+10FFFF. */
bool tbc_utf8_is_valid(struct tbc_span s);

/* The number of characters (code points) of valid UTF-8. */
size_t tbc_utf8_count(struct tbc_span s);

/* The bytes of the next character at *at, moving *at past it; empty at the end. */
struct tbc_span tbc_utf8_next(struct tbc_span s, size_t *at);

/* Copy valid UTF-8 into size bytes with its NUL; what does not fit is cut between characters. */
void tbc_utf8_copy(char *out, size_t size, const char *in);

/* Lower-case hexadecimal, appended. */
enum tbc_err tbc_hex_encode(struct tbc_span in, struct tbc_buf *out);

/* Either case, even length, nothing else.  Errors: ERR_MALFORMED with *fault_at the offset (may
 * be NULL), or those of tbc_buf_append. */
enum tbc_err tbc_hex_decode(struct tbc_span in, struct tbc_buf *out,
                            size_t *fault_at) TBC_MUST_CHECK;

/* Hexadecimal of exactly n bytes into a fixed array.  False otherwise. */
bool tbc_hex_fixed(struct tbc_span in, uint8_t *out, size_t n) TBC_MUST_CHECK;

/* RFC 9285 sec. 4: two bytes give three letters, a last single byte gives two. */
enum tbc_err tbc_base45_encode(struct tbc_span in, struct tbc_buf *out);

/* RFC 9285 sec. 4.2, strict: refuses a length of 1 mod 3, letters outside the alphabet, groups
 * above 65535, pairs above 255.  Errors as tbc_hex_decode. */
enum tbc_err tbc_base45_decode(struct tbc_span in, struct tbc_buf *out,
                               size_t *fault_at) TBC_MUST_CHECK;

/* RFC 4648 sec. 4, padded. */
enum tbc_err tbc_base64_encode(struct tbc_span in, struct tbc_buf *out);
/* Strict: refuses foreign letters, white space, missing padding and bits that are set behind the last
 * byte.  Errors as tbc_hex_decode. */
enum tbc_err tbc_base64_decode(struct tbc_span in, struct tbc_buf *out,
                               size_t *fault_at) TBC_MUST_CHECK;

#endif
