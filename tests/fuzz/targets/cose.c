/* COSE_Sign1: the strict reader takes nothing that the general one refuses or reads otherwise, and
 * what it takes is written again to the same bytes. */
#include "codec/cose.h"

#include "codec/cose_any.h"
#include "fuzz.h"

static void
check_same(const struct tbc_cose *msg, const struct tbc_cose_any *any)
{
    FUZZ_HOLDS(any->alg == msg->alg && any->has_payload);
    FUZZ_HOLDS(fuzz_equal(&any->body_protected, msg->body_protected));
    FUZZ_HOLDS(fuzz_equal(&any->payload, msg->payload));
    FUZZ_HOLDS(fuzz_equal(&any->signature, msg->signature));
    FUZZ_HOLDS(fuzz_equal(&any->kid, tbc_span_of(msg->kid, sizeof msg->kid)));
}

static void
check_again(const struct tbc_cose *msg, struct tbc_span in)
{
    struct tbc_buf header = { 0 };
    struct tbc_buf again = { 0 };

    FUZZ_HOLDS(tbc_cose_put_protected(&header, msg->alg, msg->kid, msg->typ) == TBC_OK);
    FUZZ_HOLDS(fuzz_equal(&header, msg->body_protected));
    FUZZ_HOLDS(tbc_cose_put(&again, tbc_buf_span(&header), msg->payload,
                            msg->signature) == TBC_OK);
    FUZZ_HOLDS(fuzz_equal(&again, in));
    tbc_buf_fini(&header);
    tbc_buf_fini(&again);
}

void
fuzz_target(struct tbc_span in)
{
    struct tbc_fault fault = { 0 };
    struct tbc_fault any_fault = { 0 };
    struct tbc_cose msg;
    struct tbc_cose_any any;
    enum tbc_err strict = tbc_cose_open(&msg, in, &fault);
    enum tbc_err general = tbc_cose_any_open(&any, in, &any_fault);

    FUZZ_HOLDS(fuzz_is_told(strict, &fault, in));
    FUZZ_HOLDS(fuzz_is_told(general, &any_fault, in));
    FUZZ_HOLDS(strict != TBC_OK || general == TBC_OK);
    if (strict == TBC_OK && general == TBC_OK) {
        check_same(&msg, &any);
        check_again(&msg, in);
    }
    tbc_cose_any_fini(&any);
}
