#include "conf.h"
#include "suite.h"
#include "sys/file.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/tbc-conf-XXXXXX";
static char path[64];
static char beside[64];

static int
remove_entry(const char *name, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(name);
}

static void
remove_folder(void)
{
    (void)nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void
make_folder(void)
{
    if (path[0] == '\0' && (mkdtemp(folder) == NULL || atexit(remove_folder) != 0)) {
        exit(2);
    }
    (void)snprintf(path, sizeof path, "%s/station.conf", folder);
    (void)snprintf(beside, sizeof beside, "%s/conf.d", folder);
}

static void
write_file(const char *file, const char *text)
{
    if (tbc_file_write(file, tbc_span_str(text), 0600) != TBC_OK) {
        exit(2);
    }
}

static enum tbc_err
read_text(const char *text, struct station_conf *conf)
{
    make_folder();
    write_file(path, text);
    return station_conf_read(conf, path, NULL);
}

static void
what_is_written_is_what_is_read(void)
{
    struct station_conf conf;
    struct station_conf back;
    struct tbc_buf text = { 0 };

    make_folder();
    station_conf_init(&conf);
    memcpy(conf.code, "YZN", 4);
    memcpy(conf.name_zh, "云州南", sizeof "云州南");
    memcpy(conf.store, "postgresql://a/b", sizeof "postgresql://a/b");
    conf.policy.quota_month = 7;
    CU_ASSERT_EQUAL(station_conf_put(&conf, &text), TBC_OK);
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_buf_span(&text), 0600), TBC_OK);
    CU_ASSERT_EQUAL(station_conf_read(&back, path, NULL), TBC_OK);
    CU_ASSERT_EQUAL(memcmp(&conf, &back, sizeof conf), 0);
    tbc_buf_fini(&text);
}

static void
absent_keys_keep_their_defaults(void)
{
    struct station_conf conf;

    CU_ASSERT_EQUAL(read_text("[station]\ncode = VNP\n", &conf), TBC_OK);
    CU_ASSERT_EQUAL(conf.policy.validity_s, 86400);
    CU_ASSERT_EQUAL(conf.commit_ms, 2);
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
        "[station]\ncode = VNP\n[listen]\nfront = tcp://127.0.0.1:70000\n",
        "[station]\ncode = VNP\n[listen]\nfeed = 127.0.0.1:7711\n",
        "[station]\ncode = VNP\n[store]\nurl = mysql://x\n",
        "[station]\ncode = VNP\n[log]\nlevel = loud\n",
        "[station]\ncode = VNP\ncode = VNP\n",
    };
    struct station_conf conf;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_EQUAL(read_text(bad[i], &conf), TBC_ERR_MALFORMED);
    }
    (void)unlink(path);
    CU_ASSERT_EQUAL(station_conf_read(&conf, path, NULL), TBC_ERR_NOT_FOUND);
}

/* A file that says this of that key and nothing else but the station's code. */
static enum tbc_err
say(const struct tbc_conf_key *key, const char *value)
{
    char text[1024];
    struct station_conf conf;

    (void)snprintf(text, sizeof text, "%s[%s]\n%s = %s\n",
                   strcmp(key->name, "code") == 0 ? "" : "[station]\ncode = VNP\n",
                   key->section, key->name, value);
    return read_text(text, &conf);
}

static void
try_number(const struct tbc_conf_key *key, int64_t number, bool good)
{
    struct station_conf conf;
    char value[32];

    station_conf_init(&conf);
    (void)snprintf(value, sizeof value, "%" PRId64, number);
    CU_ASSERT_EQUAL(tbc_conf_take(key, value, &conf) == NULL, good);
    if (!good) {
        CU_ASSERT_EQUAL(say(key, value), TBC_ERR_MALFORMED);
    }
}

static void
every_number_has_its_range(void)
{
    static const char *const wrong[] = {
        "", "x", "1x", "0x10", "1.5", "1 2", "99999999999999999999"
    };

    for (size_t i = 0; i < STATION_CONF_KEYS; i++) {
        const struct tbc_conf_key *key = &station_conf_keys[i];

        if (key->type != TBC_CONF_IS_NUMBER) {
            continue;
        }
        CU_ASSERT(key->least <= key->most);
        try_number(key, key->least, true);
        try_number(key, key->most, true);
        try_number(key, key->least - 1, false);
        try_number(key, key->most + 1, false);
        for (size_t j = 0; j < sizeof wrong / sizeof *wrong; j++) {
            CU_ASSERT_EQUAL(say(key, wrong[j]), TBC_ERR_MALFORMED);
        }
    }
}

static void
every_text_has_its_length(void)
{
    for (size_t i = 0; i < STATION_CONF_KEYS; i++) {
        const struct tbc_conf_key *key = &station_conf_keys[i];
        char text[600] = "";

        if (key->type != TBC_CONF_IS_TEXT) {
            continue;
        }
        CU_ASSERT(key->size < sizeof text);
        memset(text, 'A', key->size);
        CU_ASSERT_EQUAL(say(key, text), TBC_ERR_MALFORMED);
        CU_ASSERT_EQUAL(say(key, "\xff"), TBC_ERR_MALFORMED);
        if (key->check == NULL) {
            text[key->size - 1] = '\0';
            CU_ASSERT_EQUAL(say(key, text), TBC_OK);
        }
    }
}

static void
every_key_is_known_once_and_explained(void)
{
    struct station_conf conf;

    station_conf_init(&conf);
    for (size_t i = 0; i < STATION_CONF_KEYS; i++) {
        const struct tbc_conf_key *key = &station_conf_keys[i];
        struct tbc_buf preset = { 0 };

        CU_ASSERT(key->help != NULL && strlen(key->help) > 8);
        for (size_t j = 0; j < i; j++) {
            CU_ASSERT_NOT_EQUAL(strcmp(key->name, station_conf_keys[j].name), 0);
            CU_ASSERT_NOT_EQUAL(key->offset, station_conf_keys[j].offset);
        }
        tbc_conf_put(key, &conf, &preset);
        CU_ASSERT(strcmp(key->name, "code") == 0 ||
                  tbc_conf_take(key, tbc_buf_str(&preset), &conf) == NULL);
        tbc_buf_fini(&preset);
    }
}

static void
later_files_win_and_every_key_knows_its_line(void)
{
    static struct tbc_conf_origins from;
    struct station_conf conf;
    struct tbc_buf out = { 0 };
    char file[96];
    char want[192];

    make_folder();
    write_file(path, "[station]\ncode = VNP\n[policy]\nquota_month = 3\nskew_s = 7\n");
    CU_ASSERT_EQUAL(mkdir(beside, 0700), 0);
    (void)snprintf(file, sizeof file, "%s/20-b.conf", beside);
    write_file(file, "[policy]\n\nquota_month = 5\n");
    (void)snprintf(file, sizeof file, "%s/10-a.conf", beside);
    write_file(file, "[policy]\nquota_month = 4\n");
    (void)snprintf(file, sizeof file, "%s/30-c.conf.old", beside);
    write_file(file, "rubbish");
    (void)snprintf(file, sizeof file, "%s/.40-d.conf", beside);
    write_file(file, "rubbish");
    CU_ASSERT_EQUAL(station_conf_read(&conf, path, &from), TBC_OK);
    CU_ASSERT_EQUAL(conf.policy.quota_month, 5);
    CU_ASSERT_EQUAL(from.files_n, 3);
    CU_ASSERT_EQUAL(
        station_conf_set(&conf, &from, "url", "postgresql://u:pw@h/d", "--store"),
        TBC_OK);
    CU_ASSERT_EQUAL(station_conf_print(&conf, &from, &out), TBC_OK);
    (void)snprintf(want, sizeof want, "\nquota_month = 5  ; %s/20-b.conf:3\n", beside);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&out), want));
    (void)snprintf(want, sizeof want, "\nskew_s = 7  ; %s:5\n", path);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&out), want));
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&out), "\nproof_s = 15  ; default\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&out), "\n# url = (set)  ; --store\n"));
    CU_ASSERT_PTR_NULL(strstr(tbc_buf_str(&out), "pw@"));
    tbc_buf_fini(&out);
    (void)snprintf(file, sizeof file, "%s/10-a.conf", beside);
    write_file(file, "[policy]\nquota_month = 4\nquota_month = 4\n");
    CU_ASSERT_EQUAL(station_conf_read(&conf, path, &from), TBC_ERR_MALFORMED);
}

static void
only_live_keys_follow(void)
{
    struct station_conf conf;
    struct station_conf newer;

    station_conf_init(&conf);
    station_conf_init(&newer);
    newer.policy.quota_month = 9;
    newer.device_burst = 3;
    memcpy(newer.front, "tcp://127.0.0.1:1", 18);
    station_conf_follow(&conf, &newer);
    CU_ASSERT_EQUAL(conf.policy.quota_month, 9);
    CU_ASSERT_EQUAL(conf.device_burst, 3);
    CU_ASSERT_STRING_EQUAL(conf.front, "tcp://127.0.0.1:7710");
}

static void
options_are_judged_like_keys(void)
{
    struct station_conf conf;

    station_conf_init(&conf);
    CU_ASSERT_EQUAL(station_conf_set(&conf, NULL, "front", NULL, "--front"), TBC_OK);
    CU_ASSERT_STRING_EQUAL(conf.front, "tcp://127.0.0.1:7710");
    CU_ASSERT_EQUAL(station_conf_set(&conf, NULL, "front", "tcp://h:70000", "--front"),
                    TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(station_conf_set(&conf, NULL, "name_en", "a\nb", "--name-en"),
                    TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(station_conf_set(&conf, NULL, "name_en", "a ;b", "--name-en"),
                    TBC_ERR_MALFORMED);
}

TBC_SUITE("station/conf", TEST(what_is_written_is_what_is_read),
          TEST(absent_keys_keep_their_defaults), TEST(contradictions_are_refused),
          TEST(every_number_has_its_range), TEST(every_text_has_its_length),
          TEST(every_key_is_known_once_and_explained),
          TEST(later_files_win_and_every_key_knows_its_line),
          TEST(only_live_keys_follow), TEST(options_are_judged_like_keys))
