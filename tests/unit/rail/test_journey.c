#include "rail/journey.h"
#include "suite.h"

static void
a_telecode_is_of_capitals_and_digits_and_fits(void)
{
    static const struct {
        const char *text;
        bool is_valid;
    } rows[] = {
        { "VNP", true },   { "A", true },         { "ABCDEF7", true },
        { "", false },     { "ABCDEFGH", false }, { "vnp", false },
        { "VN P", false }, { "VN\n", false },     { "云", false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_EQUAL(tbc_telecode_is_valid(rows[i].text), rows[i].is_valid);
    }
}

TBC_SUITE("rail/journey", TEST(a_telecode_is_of_capitals_and_digits_and_fits))
