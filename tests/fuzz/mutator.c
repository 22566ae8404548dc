/* libFuzzer's mutations with ours beside them, for targets that read CBOR or QR texts: half of the
 * time the structure is edited instead of the bytes. */
#include "base/text.h"
#include "codec/token.h"
#include "mutate.h"

#include <string.h>

size_t fuzz_mutate(uint8_t *data, size_t size, size_t max) __asm__("LLVMFuzzerMutate");
size_t fuzz_mutator(uint8_t *data, size_t size, size_t max,
                    unsigned seed) __asm__("LLVMFuzzerCustomMutator");

/* The message inside a QR text, or the bytes themselves. */
static bool
unwrap(struct tbc_span in, struct tbc_buf *message)
{
    if (tbc_span_starts(in, tbc_span_str(TBC_TEXT_PREFIX)) &&
        tbc_token_decode(in, message, NULL) == TBC_TOKEN_OURS) {
        return true;
    }
    (void)tbc_buf_append_span(message, in);
    return false;
}

static size_t
wrap(bool is_text, struct tbc_span message, uint8_t *out, size_t max)
{
    struct tbc_buf whole;

    tbc_buf_init_fixed(&whole, out, max);
    if (!is_text) {
        (void)tbc_buf_append_span(&whole, message);
        return whole.len;
    }
    (void)tbc_buf_append_str(&whole, TBC_TEXT_PREFIX);
    (void)tbc_base45_encode(message, &whole);
    return whole.len;
}

/* One structured edit, with pieces of the input before; 0 when there is nothing to edit. */
static size_t
edit(struct tbc_span in, uint8_t *out, size_t max, unsigned seed)
{
    static struct mutate m;
    static struct tbc_buf before; /* a message; one for the life of the program */
    struct tbc_buf message = { 0 };
    struct tbc_buf edited = { 0 };
    bool is_text = unwrap(in, &message);
    size_t len = 0;

    m.state = seed;
    if (mutate_cbor(&m, tbc_buf_span(&message), tbc_buf_span(&before), &edited) !=
        NULL) {
        len = wrap(is_text, tbc_buf_span(&edited), out, max);
    }
    tbc_buf_clear(&before);
    (void)tbc_buf_append_span(&before, tbc_buf_span(&message));
    tbc_buf_fini(&message);
    tbc_buf_fini(&edited);
    return len;
}

size_t
fuzz_mutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    size_t len = (seed & 1) == 0 ? 0 : edit(tbc_span_of(data, size), data, max, seed);

    return len > 0 ? len : fuzz_mutate(data, size, max);
}
