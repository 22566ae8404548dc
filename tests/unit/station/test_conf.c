#include "conf.h"
#include "suite.h"
#include "sys/file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/tbc-conf-XXXXXX";

static enum tbc_err
read_text(const char *text, struct station_conf *conf)
{
    if (tbc_file_write(path, tbc_span_str(text), 0600) != TBC_OK) {
        exit(2);
    }
    return station_conf_read(conf, path);
}

static void
what_is_written_is_what_is_read(void)
{
    struct station_conf conf;
    struct station_conf back;
    struct tbc_buf text = { 0 };

    (void)close(mkstemp(path));
    station_conf_init(&conf);
    memcpy(conf.code, "YZN", 4);
    memcpy(conf.name_zh, "云州南", sizeof "云州南");
    conf.policy.quota_month = 7;
    CU_ASSERT_EQUAL(station_conf_put(&conf, &text), TBC_OK);
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_buf_span(&text), 0600), TBC_OK);
    CU_ASSERT_EQUAL(station_conf_read(&back, path), TBC_OK);
    CU_ASSERT_EQUAL(memcmp(&conf, &back, sizeof conf), 0);
    tbc_buf_fini(&text);
}

static void
absent_keys_keep_their_defaults(void)
{
    struct station_conf conf;

    CU_ASSERT_EQUAL(read_text("[station]\ncode = VNP\n", &conf), TBC_OK);
    CU_ASSERT_EQUAL(conf.policy.validity_s, 86400);
    CU_ASSERT_STRING_EQUAL(conf.front, "tcp://127.0.0.1:7710");
}

static void
contradictions_are_refused(void)
{
    static const char *const bad[] = {
        "",
        "[station]\ncode = vnp\n",
        "[station]\ncode = VERYLONGCODE\n",
        "[station]\ncode = VNP\n[policy]\nquota_month = 0\n",
        "[station]\ncode = VNP\n[policy]\nface_accept_permille = 300\n",
        "[station]\ncode = VNP\n[policy]\nrenewal_s = 86400\n",
        "[station]\ncode = VNP\n[policy]\ngate_closes_s = 3600\n",
        "[station]\ncode = VNP\n[policy]\nquota = 5\n",
    };
    struct station_conf conf;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_EQUAL(read_text(bad[i], &conf), TBC_ERR_MALFORMED);
    }
    (void)unlink(path);
    CU_ASSERT_EQUAL(station_conf_read(&conf, path), TBC_ERR_NOT_FOUND);
}

TBC_SUITE("station/conf", TEST(what_is_written_is_what_is_read),
          TEST(absent_keys_keep_their_defaults), TEST(contradictions_are_refused))
