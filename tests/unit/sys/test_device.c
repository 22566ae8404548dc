#include "net/client.h"
#include "suite.h"
#include "sys/device.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[] = "/tmp/tbc-device-XXXXXX";

static void
make(struct tbc_device_file *d)
{
    char unused[TBC_Z85_LEN + 1];

    *d = (struct tbc_device_file){ .name = "gate-1",
                                   .role = "gate",
                                   .front = "tcp://127.0.0.1:7710",
                                   .feed = "tcp://127.0.0.1:7711",
                                   .root = "a1010c" };
    CU_ASSERT_EQUAL(tbc_curve_pair(d->public_key, d->secret_key), TBC_OK);
    CU_ASSERT_EQUAL(tbc_curve_pair(d->station_key, unused), TBC_OK);
}

/* Keys may hold every letter of Z85: many pairs, so that none of them is special to INI. */
static void
every_pair_survives_writing_and_reading(void)
{
    (void)close(mkstemp(path));
    for (int i = 0; i < 50; i++) {
        struct tbc_device_file d;
        struct tbc_device_file back;

        make(&d);
        CU_ASSERT_EQUAL(tbc_device_replace(&d, path), TBC_OK);
        CU_ASSERT_EQUAL(tbc_device_read(&back, path), TBC_OK);
        CU_ASSERT_EQUAL(memcmp(&d, &back, sizeof d), 0);
    }
    (void)unlink(path);
}

static void
write_never_goes_over_an_existing_file(void)
{
    struct tbc_device_file d;
    struct stat st;

    make(&d);
    CU_ASSERT_EQUAL(tbc_device_write(&d, path), TBC_OK);
    CU_ASSERT_EQUAL(tbc_device_write(&d, path), TBC_ERR_EXISTS);
    CU_ASSERT_EQUAL(stat(path, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
}

static void
read_refuses_a_file_that_others_may_read(void)
{
    struct tbc_device_file d;

    CU_ASSERT_EQUAL(chmod(path, 0644), 0);
    CU_ASSERT_EQUAL(tbc_device_read(&d, path), TBC_ERR_DENIED);
    CU_ASSERT_EQUAL(d.secret_key[0], '\0');
    (void)unlink(path);
    CU_ASSERT_EQUAL(tbc_device_read(&d, path), TBC_ERR_NOT_FOUND);
}

static void
read_refuses_a_missing_or_short_key(void)
{
    struct tbc_device_file d;
    struct tbc_device_file back;

    make(&d);
    d.secret_key[39] = '\0';
    CU_ASSERT_EQUAL(tbc_device_replace(&d, path), TBC_OK);
    CU_ASSERT_EQUAL(tbc_device_read(&back, path), TBC_ERR_MALFORMED);
    d.front[0] = '\0';
    CU_ASSERT_EQUAL(tbc_device_replace(&d, path), TBC_OK);
    CU_ASSERT_EQUAL(tbc_device_read(&back, path), TBC_ERR_MALFORMED);
    (void)unlink(path);
}

/* The longest key that a root may be, in one line of the file. */
static void
the_longest_root_survives_writing_and_reading(void)
{
    struct tbc_device_file d;
    struct tbc_device_file back;

    make(&d);
    memset(d.root, 'a', TBC_ROOT_HEX_MAX);
    CU_ASSERT_EQUAL(tbc_device_replace(&d, path), TBC_OK);
    CU_ASSERT_EQUAL(tbc_device_read(&back, path), TBC_OK);
    CU_ASSERT_STRING_EQUAL(back.root, d.root);
    (void)unlink(path);
}

TBC_SUITE("sys/device", TEST(every_pair_survives_writing_and_reading),
          TEST(the_longest_root_survives_writing_and_reading),
          TEST(write_never_goes_over_an_existing_file),
          TEST(read_refuses_a_file_that_others_may_read),
          TEST(read_refuses_a_missing_or_short_key))
