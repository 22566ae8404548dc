#include "photos.h"

#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *
look_up(const char *variable, const char *usual, const char *file, char *path,
        size_t size)
{
    const char *folder = getenv(variable);

    if (folder != NULL) {
        (void)snprintf(path, size, "%s/%s", folder, file);
    } else {
        (void)snprintf(path, size, "%s/build/%s/%s", tbc_test_env("TBC_SOURCE_DIR"),
                       usual, file);
    }
    return access(path, R_OK) == 0 ? path : NULL;
}

const char *
photos_models(void)
{
    static char folder[1024];
    static char manifest[1024];

    if (look_up("TBC_MODELS", "models", "manifest", manifest, sizeof manifest) ==
        NULL) {
        tbc_test_skip("no face models: run cmake/models.sh");
        return NULL;
    }
    return look_up("TBC_MODELS", "models", "", folder, sizeof folder);
}

const char *
photos_person(const char *file, char *path, size_t size)
{
    if (look_up("TBC_PEOPLE", "people", file, path, size) == NULL) {
        tbc_test_skip("no photographs: run cmake/people.sh");
        return NULL;
    }
    return path;
}

void
photos_load(const char *path, struct tbc_buf *out)
{
    FILE *f = fopen(path, "rbe");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    while (!feof(f)) {
        CU_ASSERT_EQUAL_FATAL(tbc_buf_reserve(out, 1 << 16), TBC_OK);
        out->len += fread(out->ptr + out->len, 1, 1 << 16, f);
        CU_ASSERT_FALSE_FATAL(ferror(f));
    }
    CU_ASSERT_EQUAL(fclose(f), 0);
}
