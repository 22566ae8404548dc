/* One CUnit suite for each test program: a list of sentences, run in order.
 *
 *     static void read_uint_refuses_long_form(void) { CU_ASSERT(...); }
 *     TBC_SUITE("codec/cbor", TEST(read_uint_refuses_long_form))
 */
#ifndef TBC_TESTS_SUITE_H
#define TBC_TESTS_SUITE_H

#include <CUnit/CUnit.h>

#include <stddef.h>

struct tbc_test {
    const char *name;
    void (*run)(void);
};

/* Runs the tests and prints "ok NAME" or what failed for each, and at the end the line
 * "tests: P passed, F failed, S skipped" that ./dev test adds up.  Returns main's exit code.
 * An argument on the command line runs only the tests whose names contain it. */
int tbc_suite_run(const char *name, const struct tbc_test *tests, size_t n, int argc,
                  char **argv);

/* The same for tests that mostly wait: each runs in a process of its own, so many at once, and is
 * reported in its turn.  With an argument as above. */
int tbc_suite_run_apart(const char *name, const struct tbc_test *tests, size_t n,
                        size_t at_once, int argc, char **argv);

/* Leave the running test as skipped, with the reason; counted apart, never as passed. */
void tbc_test_skip(const char *why);

/* Value of a variable that CMake sets for every test; the program fails loudly without it. */
const char *tbc_test_env(const char *name);

#define TEST(function)      \
    {                       \
#        function, function \
    }
#define TBC_SUITE(name, ...)                                                        \
    static const struct tbc_test suite_tests[] = { __VA_ARGS__ };                   \
    int main(int argc, char **argv)                                                 \
    {                                                                               \
        return tbc_suite_run(name, suite_tests,                                     \
                             sizeof suite_tests / sizeof *suite_tests, argc, argv); \
    }

#define TBC_SUITE_APART(name, at_once, ...)                                           \
    static const struct tbc_test suite_tests[] = { __VA_ARGS__ };                     \
    int main(int argc, char **argv)                                                   \
    {                                                                                 \
        return tbc_suite_run_apart(name, suite_tests,                                 \
                                   sizeof suite_tests / sizeof *suite_tests, at_once, \
                                   argc, argv);                                       \
    }

#endif
