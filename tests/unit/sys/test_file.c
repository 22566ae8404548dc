#include "suite.h"
#include "sys/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/tbc-file-XXXXXX";
static bool made;

static void
path_of(const char *name, char path[static 128])
{
    made = made || mkdtemp(folder) != NULL;
    if (!made) {
        perror("mkdtemp");
        exit(2);
    }
    (void)snprintf(path, 128, "%s/%s", folder, name);
}

static void
write_then_read_gives_the_same_bytes_and_mode(void)
{
    char path[128];
    struct tbc_buf out = { 0 };
    struct stat st;

    path_of("a", path);
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_span_str("first"), 0600), TBC_OK);
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_span_str("second"), 0640), TBC_OK);
    CU_ASSERT_EQUAL(tbc_file_read(path, 6, &out), TBC_OK);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&out), tbc_span_str("second")));
    CU_ASSERT_EQUAL(stat(path, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0640);
    tbc_buf_fini(&out);
    (void)unlink(path);
}

static void
read_refuses_missing_folder_and_too_large(void)
{
    char path[128];
    struct tbc_buf out = { 0 };

    path_of("b", path);
    CU_ASSERT_EQUAL(tbc_file_read(path, 10, &out), TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(tbc_file_read(folder, 10, &out), TBC_ERR_IO);
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_span_str("12345678901"), 0600), TBC_OK);
    CU_ASSERT_EQUAL(tbc_file_read(path, 10, &out), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(out.len, 0);
    tbc_buf_fini(&out);
    (void)unlink(path);
}

static void
write_into_a_missing_folder_is_not_found(void)
{
    char path[128];

    path_of("none/c", path);
    CU_ASSERT_EQUAL(tbc_file_write(path, tbc_span_str("x"), 0600), TBC_ERR_NOT_FOUND);
    (void)rmdir(folder);
}

TBC_SUITE("sys/file", TEST(write_then_read_gives_the_same_bytes_and_mode),
          TEST(read_refuses_missing_folder_and_too_large),
          TEST(write_into_a_missing_folder_is_not_found))
