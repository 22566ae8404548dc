#include "base/ills.h"
#include "suite.h"

static const struct tbc_ill list[] = {
    { "STORE", "the disk is full", "make room" },
    { "CLOCK", "the clock is wrong", "set it" },
    { "TRUST", "no list", "sign one" },
};

#define N (sizeof list / sizeof *list)

static void
the_page_names_each_ill_and_the_way_out(void)
{
    static const struct {
        uint64_t ills;
        bool ready;
        const char *page;
    } rows[] = {
        { 0, true, "{\"ready\":true,\"problems\":[]}\n" },
        { 1 << 1, true,
          "{\"ready\":true,\"problems\":[{\"name\":\"CLOCK\",\"what\":\"the clock is "
          "wrong\",\"way_out\":\"set it\"}]}\n" },
        { 1 << 0 | 1 << 2, false,
          "{\"ready\":false,\"problems\":[{\"name\":\"STORE\",\"what\":\"the disk is "
          "full\",\"way_out\":\"make room\"},{\"name\":\"TRUST\",\"what\":\"no "
          "list\",\"way_out\":\"sign one\"}]}\n" },
        { UINT64_C(1) << 63, false, "{\"ready\":false,\"problems\":[]}\n" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf out = { 0 };

        tbc_ills_put(list, N, rows[i].ills, rows[i].ready, &out);
        CU_ASSERT_STRING_EQUAL(tbc_buf_str(&out), rows[i].page);
        tbc_buf_fini(&out);
    }
}

static void
the_status_line_goes_on_with_each_sentence(void)
{
    struct tbc_buf out = { 0 };

    CU_ASSERT_EQUAL(tbc_buf_append_str(&out, "serving"), TBC_OK);
    tbc_ills_tell(list, N, 0, &out);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&out), "serving");
    tbc_ills_tell(list, N, 1 << 0 | 1 << 1, &out);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&out),
                           "serving; the disk is full; the clock is wrong");
    tbc_buf_fini(&out);
}

TBC_SUITE("base/ills", TEST(the_page_names_each_ill_and_the_way_out),
          TEST(the_status_line_goes_on_with_each_sentence))
