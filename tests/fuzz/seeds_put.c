#include "base/text.h"
#include "mutate.h"
#include "seeds.h"
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SEED UINT64_C(20260202)

static void
make_folder(const char *path)
{
    CU_ASSERT_FATAL(mkdir(path, 0755) == 0 || errno == EEXIST);
}

void
seeds_put(const char *target, const char *name, struct tbc_span bytes)
{
    const char *source = tbc_test_env("TBC_SOURCE_DIR");
    char path[1024];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/tests/fuzz/corpus", source);
    make_folder(path);
    (void)snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s", source, target);
    make_folder(path);
    (void)snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s/%s", source, target,
                   name);
    f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    if (f != NULL) {
        CU_ASSERT_EQUAL(fwrite(bytes.ptr, 1, bytes.len, f), bytes.len);
        CU_ASSERT_EQUAL(fclose(f), 0);
    }
}

void
seeds_put_text(const char *target, const char *name, const char *text)
{
    seeds_put(target, name, tbc_span_str(text));
}

void
seeds_put_hex(const char *target, const char *name, const char *hex)
{
    struct tbc_buf bytes = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(hex), &bytes, NULL), TBC_OK);
    seeds_put(target, name, tbc_buf_span(&bytes));
    tbc_buf_fini(&bytes);
}

void
seeds_put_edits(const char *target, struct tbc_span in, struct tbc_span donor, size_t n)
{
    struct mutate *m = calloc(1, sizeof *m);

    CU_ASSERT_PTR_NOT_NULL_FATAL(m);
    for (size_t i = 0; m != NULL && i < n; i++) {
        struct tbc_buf out = { 0 };
        const char *edit;
        char name[64];

        m->state = SEED + i;
        edit = mutate_cbor(m, in, donor, &out);
        CU_ASSERT_PTR_NOT_NULL_FATAL(edit);
        (void)snprintf(name, sizeof name, "edit-%02zu-%s", i, edit == NULL ? "" : edit);
        for (char *p = name; *p != '\0'; p++) {
            if (*p == ' ') {
                *p = '-';
            }
        }
        seeds_put(target, name, tbc_buf_span(&out));
        tbc_buf_fini(&out);
    }
    free(m);
}
