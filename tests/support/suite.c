#include "suite.h"

#include <CUnit/TestRun.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *skipped; /* why the running test left early; NULL: it did not */
static unsigned skipped_n;

void
tbc_test_skip(const char *why)
{
    skipped = why;
}

const char *
tbc_test_env(const char *name)
{
    const char *value = getenv(name);

    if (value == NULL) {
        fprintf(stderr, "%s is not set: run the tests through ctest or ./dev test\n",
                name);
        exit(2);
    }
    return value;
}

static void
before_test(const CU_pTest test, const CU_pSuite suite)
{
    (void)test;
    (void)suite;
    skipped = NULL;
}

static void
after_test(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failures)
{
    if (failures == NULL && skipped != NULL) {
        skipped_n++;
        printf("skipped %s: %s: %s\n", suite->pName, test->pName, skipped);
        return;
    }
    printf("%s %s: %s\n", failures == NULL ? "ok" : "FAILED", suite->pName,
           test->pName);
    for (CU_pFailureRecord f = failures; f != NULL; f = f->pNext) {
        printf("    %s:%u: %s\n", f->strFileName, f->uiLineNumber, f->strCondition);
    }
}

static void
add_tests(CU_pSuite suite, const struct tbc_test *tests, size_t n, const char *filter)
{
    for (size_t i = 0; i < n; i++) {
        if (filter == NULL || strstr(tests[i].name, filter) != NULL) {
            CU_add_test(suite, tests[i].name, tests[i].run);
        }
    }
}

int
tbc_suite_run(const char *name, const struct tbc_test *tests, size_t n, int argc,
              char **argv)
{
    CU_pSuite suite;
    unsigned failed;
    unsigned run;

    setvbuf(stdout, NULL, _IOLBF, 0);
    /* gates are started on machines that do other things too: let them wait for the station */
    (void)setenv("TBC_GATE_WAIT_MS", "1500", 0);
    (void)setenv("TBC_GATE_HTTP", "off", 0); /* and be many */
    if (CU_initialize_registry() != CUE_SUCCESS ||
        (suite = CU_add_suite(name, NULL, NULL)) == NULL) {
        fprintf(stderr, "%s: CUnit: %s\n", name, CU_get_error_msg());
        return 2;
    }
    add_tests(suite, tests, n, argc > 1 ? argv[1] : NULL);
    CU_set_test_start_handler(before_test);
    CU_set_test_complete_handler(after_test);
    CU_run_all_tests();
    run = CU_get_number_of_tests_run();
    failed = CU_get_number_of_tests_failed();
    printf("tests: %u passed, %u failed, %u skipped\n", run - failed - skipped_n,
           failed, skipped_n);
    CU_cleanup_registry();
    return run == 0 || failed > 0;
}
