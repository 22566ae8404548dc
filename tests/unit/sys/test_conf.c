#include "suite.h"
#include "sys/conf.h"

#include <stdio.h>
#include <string.h>

struct conf {
    char name[8];
    int64_t port;
};

static const struct tbc_conf_key keys[] = {
    TBC_CONF_TEXT("a", "name", struct conf, name),
    TBC_CONF_NUMBER("a", "port", struct conf, port, 0, 65535),
};

static enum tbc_err
read_conf(const char *text, struct conf *c)
{
    *c = (struct conf){ .name = "old", .port = 7 };
    return tbc_conf_read("t.conf", tbc_span_str(text), keys, 2, c);
}

static void
reads_what_stands_there_and_keeps_the_rest(void)
{
    struct conf c;

    CU_ASSERT_EQUAL(read_conf("# c\n[a]\nport = 65535\n", &c), TBC_OK);
    CU_ASSERT_STRING_EQUAL(c.name, "old");
    CU_ASSERT_EQUAL(c.port, 65535);
    CU_ASSERT_EQUAL(read_conf("[a]\nname = 林晓\n", &c), TBC_OK);
    CU_ASSERT_STRING_EQUAL(c.name, "林晓");
    CU_ASSERT_EQUAL(read_conf("", &c), TBC_OK);
}

static void
refuses_what_the_table_does_not_allow(void)
{
    static const char *const bad[] = {
        "[a]\nport = 70000\n",
        "[a]\nport = -1\n",
        "[a]\nport = 1x\n",
        "[a]\nport =\n",
        "[a]\nother = 1\n",
        "[b]\nport = 1\n",
        "port = 1\n",
        "[a]\njunk\n",
        "[a]\nport = 1\nport = 1\n",
        "[a]\nname = 12345678\n",
        "[a\nport = 1\n",
        "[a]\nname = \xb1\xb1\n",
        "[a]\nport = 99999999999999999999\n",
    };
    struct conf c;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_EQUAL(read_conf(bad[i], &c), TBC_ERR_MALFORMED);
    }
    CU_ASSERT_EQUAL(tbc_conf_read("t.conf", tbc_span_of("[a]\n\0", 5), keys, 2, &c),
                    TBC_ERR_MALFORMED);
}

TBC_SUITE("sys/conf", TEST(reads_what_stands_there_and_keeps_the_rest),
          TEST(refuses_what_the_table_does_not_allow))
