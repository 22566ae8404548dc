/* Document numbers and names; the first byte chooses the kind.  A good number stays good when it is
 * judged again and was never wrong while it was typed; masks hide and fit. */
#include "base/text.h"
#include "fuzz.h"
#include "rail/person.h"

#include <string.h>

#define TODAY 20486 /* 2026-02-02 */

/* A kiosk judges after each letter: no beginning of a good number may look like an error. */
static void
check_beginnings(enum tbc_doc_kind kind, struct tbc_span text)
{
    for (size_t len = 0; len < text.len; len++) {
        struct tbc_doc doc;
        enum tbc_doc_fault fault =
            tbc_doc_judge(kind, tbc_span_sub(text, 0, len), TODAY, &doc, NULL);

        FUZZ_HOLDS(fault == TBC_DOC_FINE || fault == TBC_DOC_TOO_SHORT);
    }
}

static void
check_number(enum tbc_doc_kind kind, struct tbc_span text)
{
    char masked[TBC_NUMBER_MAX + 1];
    struct tbc_doc doc;
    struct tbc_doc again;
    size_t at = 0;

    if (tbc_doc_judge(kind, text, TODAY, &doc, &at) != TBC_DOC_FINE) {
        FUZZ_HOLDS(doc.number[0] == '\0' && at <= text.len);
        return;
    }
    FUZZ_HOLDS(tbc_doc_judge(kind, tbc_span_str(doc.number), TODAY, &again, NULL) ==
               TBC_DOC_FINE);
    FUZZ_HOLDS(strcmp(doc.number, again.number) == 0);
    check_beginnings(kind, text);
    tbc_number_mask(doc.number, masked);
    FUZZ_HOLDS(strlen(masked) == strlen(doc.number) && strchr(masked, '*') != NULL);
    FUZZ_HOLDS(tbc_doc_age(&doc, TODAY) >= -1 && tbc_doc_age(&doc, TODAY) < 2026);
}

static void
check_name(struct tbc_span text)
{
    char name[TBC_NAME_MAX + 1] = "";
    char masked[TBC_NAME_MAX + 1];

    if (text.len > TBC_NAME_MAX || !tbc_utf8_is_valid(text) ||
        memchr(text.ptr, 0, text.len) != NULL) {
        return;
    }
    memcpy(name, text.ptr, text.len);
    tbc_name_mask(name, masked);
    FUZZ_HOLDS(strlen(masked) <= TBC_MASKED_MAX && strchr(masked, '*') != NULL);
    FUZZ_HOLDS(tbc_utf8_is_valid(tbc_span_str(masked)));
}

void
fuzz_target(struct tbc_span in)
{
    if (in.len > 0) {
        struct tbc_span text = tbc_span_sub(in, 1, SIZE_MAX);

        check_number((enum tbc_doc_kind)(in.ptr[0] % TBC_DOC_N), text);
        check_name(text);
    }
}
