#include "rail/verdict.h"
#include "suite.h"

static void
every_name_parses_back_to_its_verdict(void)
{
    for (unsigned i = 0; i < TBC_VERDICT_N; i++) {
        enum tbc_verdict v;

        CU_ASSERT(
            tbc_verdict_parse(tbc_span_str(tbc_verdict_name((enum tbc_verdict)i)), &v));
        CU_ASSERT_EQUAL(v, i);
    }
}

static void
only_the_two_accepted_open(void)
{
    for (unsigned i = 0; i < TBC_VERDICT_N; i++) {
        CU_ASSERT_EQUAL(tbc_verdict_opens((enum tbc_verdict)i),
                        i == TBC_ACCEPTED || i == TBC_ACCEPTED_OFFLINE);
    }
}

static void
what_is_outside_the_list_stays_shut(void)
{
    enum tbc_verdict v = TBC_ACCEPTED;

    CU_ASSERT_FALSE(tbc_verdict_parse(tbc_span_str("accepted"), &v));
    CU_ASSERT_EQUAL(v, TBC_MALFORMED);
    CU_ASSERT_FALSE(tbc_verdict_opens((enum tbc_verdict)TBC_VERDICT_N));
    CU_ASSERT_STRING_EQUAL(tbc_verdict_name((enum tbc_verdict)TBC_VERDICT_N),
                           "MALFORMED");
    CU_ASSERT_EQUAL(tbc_verdict_outcome((enum tbc_verdict)200), TBC_OUTCOME_REFUSED);
}

static void
refusals_stand_before_acceptances(void)
{
    for (unsigned i = 0; i < TBC_ACCEPTED; i++) {
        CU_ASSERT_FALSE(tbc_verdict_opens((enum tbc_verdict)i));
    }
}

TBC_SUITE("rail/verdict", TEST(every_name_parses_back_to_its_verdict),
          TEST(only_the_two_accepted_open), TEST(what_is_outside_the_list_stays_shut),
          TEST(refusals_stand_before_acceptances))
