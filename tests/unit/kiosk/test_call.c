#include "call.h"
#include "suite.h"

#include <string.h>

static const uint8_t some_id[TBC_WIRE_ID_LEN] = { 1, 2, 3 };

static struct tbc_mono
at(int64_t ms)
{
    return (struct tbc_mono){ ms };
}

static enum kiosk_call_due
due(const struct kiosk_call *call, int64_t ms)
{
    return kiosk_call_due(call, KIOSK_CALL_GIVE_UP_MS, at(ms));
}

static void
an_unanswered_call_is_sent_again_and_then_given_up(void)
{
    struct kiosk_call call = { 0 };

    CU_ASSERT_EQUAL(due(&call, 0), KIOSK_CALL_WAIT);
    kiosk_call_begin(&call, TBC_OP_APPLY, some_id, at(1000));
    CU_ASSERT_EQUAL(due(&call, 1000), KIOSK_CALL_SEND);
    kiosk_call_sent(&call, 0, at(1000));
    CU_ASSERT_EQUAL(due(&call, 3999), KIOSK_CALL_WAIT);
    CU_ASSERT_EQUAL(due(&call, 4000), KIOSK_CALL_SEND);
    kiosk_call_sent(&call, 0, at(4000));
    CU_ASSERT_EQUAL(due(&call, 6999), KIOSK_CALL_WAIT);
    CU_ASSERT_EQUAL(due(&call, 11000), KIOSK_CALL_GIVE_UP);
}

static void
a_busy_station_is_asked_again_when_it_said(void)
{
    struct kiosk_call call = { 0 };

    kiosk_call_begin(&call, TBC_OP_APPLY, some_id, at(0));
    kiosk_call_sent(&call, 500, at(0));
    CU_ASSERT_EQUAL(due(&call, 499), KIOSK_CALL_WAIT);
    CU_ASSERT_EQUAL(due(&call, 500), KIOSK_CALL_SEND);
    kiosk_call_sent(&call, INT64_MAX, at(500)); /* not for ever */
    CU_ASSERT_EQUAL(due(&call, 5500), KIOSK_CALL_SEND);
}

static void
only_the_answer_to_this_very_request_counts(void)
{
    struct kiosk_call call = { 0 };
    struct tbc_reply reply = { .op = TBC_OP_APPLY };

    memcpy(reply.id, some_id, sizeof reply.id);
    CU_ASSERT(!kiosk_call_is_answer(&call, &reply));
    kiosk_call_begin(&call, TBC_OP_APPLY, some_id, at(0));
    CU_ASSERT(kiosk_call_is_answer(&call, &reply));
    reply.id[15] = 9;
    CU_ASSERT(!kiosk_call_is_answer(&call, &reply));
    reply.id[15] = 0;
    reply.op = TBC_OP_ISSUE;
    CU_ASSERT(!kiosk_call_is_answer(&call, &reply));
}

static void
each_code_has_its_event(void)
{
    static const struct {
        enum tbc_code code;
        enum kiosk_event apply;
        enum kiosk_event issue;
    } table[] = {
        { TBC_CODE_FINE, KIOSK_EV_APPLIED, KIOSK_EV_ISSUED },
        { TBC_CODE_BAD_REQUEST, KIOSK_EV_FAILED, KIOSK_EV_FAILED },
        { TBC_CODE_UNSUPPORTED, KIOSK_EV_FAILED, KIOSK_EV_FAILED },
        { TBC_CODE_DENIED, KIOSK_EV_FAILED, KIOSK_EV_FAILED },
        { TBC_CODE_CONFLICT, KIOSK_EV_FAILED, KIOSK_EV_FAILED },
        { TBC_CODE_BUSY, KIOSK_EV_NONE, KIOSK_EV_NONE },
        { TBC_CODE_NOT_FOUND, KIOSK_EV_NUMBER_UNKNOWN, KIOSK_EV_LAPSED },
        { TBC_CODE_QUOTA, KIOSK_EV_QUOTA, KIOSK_EV_QUOTA },
        { TBC_CODE_FACE_AGAIN, KIOSK_EV_FACE_AGAIN, KIOSK_EV_FACE_AGAIN },
        { TBC_CODE_FACE_REFUSED, KIOSK_EV_FACE_REFUSED, KIOSK_EV_FACE_REFUSED },
        { TBC_CODE_BAD_PICTURE, KIOSK_EV_FACE_AGAIN, KIOSK_EV_FACE_AGAIN },
        { TBC_CODE_LAPSED, KIOSK_EV_LAPSED, KIOSK_EV_LAPSED },
        { TBC_CODE_GUARDIAN, KIOSK_EV_GUARDIAN, KIOSK_EV_GUARDIAN },
        { TBC_CODE_EXISTS, KIOSK_EV_FAILED, KIOSK_EV_FAILED },
        { TBC_CODE_TROUBLE, KIOSK_EV_FAILED, KIOSK_EV_FAILED },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        CU_ASSERT_EQUAL(kiosk_call_event(TBC_OP_APPLY, table[i].code), table[i].apply);
        CU_ASSERT_EQUAL(kiosk_call_event(TBC_OP_ISSUE, table[i].code), table[i].issue);
    }
}

TBC_SUITE("kiosk/call", TEST(an_unanswered_call_is_sent_again_and_then_given_up),
          TEST(a_busy_station_is_asked_again_when_it_said),
          TEST(only_the_answer_to_this_very_request_counts),
          TEST(each_code_has_its_event))
