/* A status list, as payload and as message: what the strict reader takes the general one reads the
 * same; written and read again it says the same; the list has its cap; no message is believed but
 * the one that was signed. */
#include "codec/status_any.h"
#include "fuzz.h"
#include "gate.h"

static void
check_again(const struct tbc_statuslist *list)
{
    struct tbc_buf bytes = { 0 };
    struct tbc_buf twice = { 0 };
    struct tbc_statuslist again;

    FUZZ_HOLDS(tbc_statuslist_encode(list, &bytes) == TBC_OK);
    FUZZ_HOLDS(tbc_statuslist_decode(&again, tbc_buf_span(&bytes), NULL) == TBC_OK);
    FUZZ_HOLDS(fuzz_equal(&again.lst, tbc_buf_span(&list->lst)));
    FUZZ_HOLDS(tbc_statuslist_encode(&again, &twice) == TBC_OK);
    FUZZ_HOLDS(fuzz_equal(&twice, tbc_buf_span(&bytes)));
    tbc_statuslist_fini(&again);
    tbc_buf_fini(&bytes);
    tbc_buf_fini(&twice);
}

/* Every index has a value that fits, and the first beyond the end has none. */
static void
check_values(const struct tbc_statuslist *list)
{
    uint64_t n = (uint64_t)list->lst.len * 8 / list->bits;
    unsigned value;

    FUZZ_HOLDS(tbc_statuslist_get(list, n, &value) == TBC_ERR_RANGE);
    FUZZ_HOLDS(tbc_statuslist_get(list, UINT64_MAX, &value) == TBC_ERR_RANGE);
    if (n > 0) {
        FUZZ_HOLDS(tbc_statuslist_get(list, n - 1, &value) == TBC_OK &&
                   value < 1u << list->bits);
    }
}

static void
check_payload(struct tbc_span in)
{
    struct tbc_fault fault = { 0 };
    struct tbc_fault any_fault = { 0 };
    struct tbc_statuslist list;
    struct tbc_status_any any;
    enum tbc_err err = tbc_statuslist_decode(&list, in, &fault);
    enum tbc_err general = tbc_status_any_decode(&any, in, &any_fault);

    FUZZ_HOLDS(fuzz_is_told(err, &fault, in));
    FUZZ_HOLDS(fuzz_is_told(general, &any_fault, in));
    FUZZ_HOLDS(err != TBC_OK || general == TBC_OK);
    FUZZ_HOLDS(general != TBC_OK || any.list.lst.len <= TBC_STATUS_LIST_MAX);
    if (err == TBC_OK && general == TBC_OK) {
        FUZZ_HOLDS(fuzz_equal(&any.list.lst, tbc_buf_span(&list.lst)));
        FUZZ_HOLDS(any.list.bits == list.bits && any.iat.s == list.iat.s);
        check_values(&list);
        check_again(&list);
    }
    tbc_statuslist_fini(&list);
    tbc_status_any_fini(&any);
}

void
fuzz_target(struct tbc_span in)
{
    struct tbc_statuslist list;
    enum tbc_err err = tbc_statuslist_open(&list, in, gate_ring(), GATE_NOW, NULL);

    FUZZ_HOLDS(err != TBC_OK || gate_has_issued("statuslist", in));
    tbc_statuslist_fini(&list);
    check_payload(in);
}
