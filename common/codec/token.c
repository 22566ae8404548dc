#include "codec/token.h"

#include "base/text.h"

#define CODED_MAX ((size_t)TBC_LIVE_MAX / 2 * 3)

enum tbc_err
tbc_token_encode(struct tbc_span message, struct tbc_buf *text)
{
    size_t from = text->len;

    if (message.len > TBC_LIVE_MAX) {
        return TBC_ERR_LIMIT;
    }
    (void)tbc_buf_append_str(text, TBC_TEXT_PREFIX);
    (void)tbc_base45_encode(message, text);
    return tbc_buf_whole(text, from, TBC_OK);
}

/* Scanners end a text with CR, LF or both. */
static struct tbc_span
without_line_end(struct tbc_span text)
{
    if (text.len > 0 && text.ptr[text.len - 1] == '\n') {
        text.len--;
    }
    if (text.len > 0 && text.ptr[text.len - 1] == '\r') {
        text.len--;
    }
    return text;
}

/* "TBC", digits, ":". */
static bool
has_version(struct tbc_span text)
{
    size_t at = 3;

    if (!tbc_span_starts(text, tbc_span_str("TBC"))) {
        return false;
    }
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9') {
        at++;
    }
    return at > 3 && at < text.len && text.ptr[at] == ':';
}

static enum tbc_token_kind
broken(struct tbc_fault *fault, const char *what, size_t offset)
{
    if (fault != NULL) {
        *fault = (struct tbc_fault){ .what = what, .offset = offset };
    }
    return TBC_TOKEN_BROKEN;
}

enum tbc_token_kind
tbc_token_decode(struct tbc_span text, struct tbc_buf *message, struct tbc_fault *fault)
{
    const struct tbc_span prefix = tbc_span_str(TBC_TEXT_PREFIX);
    struct tbc_span coded;
    size_t at = 0;

    text = without_line_end(text);
    if (!tbc_span_starts(text, prefix)) {
        return has_version(text) ? TBC_TOKEN_OTHER_VERSION : TBC_TOKEN_FOREIGN;
    }
    coded = tbc_span_sub(text, prefix.len, text.len);
    if (coded.len == 0 || coded.len > CODED_MAX) {
        return broken(fault, "length of the text", text.len);
    }
    if (tbc_base45_decode(coded, message, &at) != TBC_OK) {
        return broken(fault, "Base45", prefix.len + at);
    }
    return TBC_TOKEN_OURS;
}
