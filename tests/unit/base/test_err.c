#include "base/err.h"
#include "suite.h"

#include <string.h>

static void
every_error_has_a_text_of_its_own(void)
{
    static const enum tbc_err errs[] = {
#define X(name, text) TBC_##name,
        TBC_ERR_LIST(X)
#undef X
    };
    const size_t n = sizeof errs / sizeof *errs;

    CU_ASSERT_EQUAL(TBC_OK, 0);
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT(strlen(tbc_err_text(errs[i])) > 3);
        for (size_t j = 0; j < i; j++) {
            CU_ASSERT_STRING_NOT_EQUAL(tbc_err_text(errs[i]), tbc_err_text(errs[j]));
        }
    }
    CU_ASSERT_STRING_EQUAL(tbc_err_text((enum tbc_err)n), "unknown error");
}

TBC_SUITE("base/err", TEST(every_error_has_a_text_of_its_own))
