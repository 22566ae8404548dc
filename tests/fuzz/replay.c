/* Replays a corpus without libFuzzer: every file of the folders, in the order of their names.
 * usage: replay_NAME FOLDER... */
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned broken; /* oracles of the present file */

void
fuzz_holds(bool holds, const char *condition, const char *file, int line)
{
    if (!holds) {
        printf("    %s:%d: %s\n", file, line, condition);
        broken++;
    }
}

/* The whole file on memory of exactly its size. */
static uint8_t *
load(const char *folder, const char *name, size_t *len)
{
    char path[1024];
    struct stat st;
    uint8_t *bytes = NULL;
    int fd;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) {
        return NULL;
    }
    if (fstat(fd, &st) == 0) {
        *len = (size_t)st.st_size;
        bytes = malloc(*len == 0 ? 1 : *len);
    }
    if (bytes != NULL && read(fd, bytes, *len) != (ssize_t)*len) {
        free(bytes);
        bytes = NULL;
    }
    (void)close(fd);
    return bytes;
}

static bool
replay(const char *folder, const char *name)
{
    size_t len = 0;
    uint8_t *bytes = load(folder, name, &len);

    broken = bytes == NULL ? 1 : 0;
    if (bytes != NULL) {
        fuzz_target(tbc_span_of(bytes, len));
    }
    free(bytes);
    printf("%s %s\n", broken == 0 ? "ok" : "FAILED", name);
    return broken == 0;
}

/* False when there is no such folder, or nothing in it. */
static bool
replay_folder(const char *folder, unsigned *passed, unsigned *failed)
{
    struct dirent **entries = NULL;
    unsigned before = *passed + *failed;
    int n = scandir(folder, &entries, NULL, alphasort);

    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.') {
            bool ok = replay(folder, entries[i]->d_name);

            *passed += ok ? 1 : 0;
            *failed += ok ? 0 : 1;
        }
        free(entries[i]);
    }
    free(entries);
    return *passed + *failed > before;
}

int
main(int argc, char **argv)
{
    unsigned passed = 0;
    unsigned failed = 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i < argc; i++) {
        if (!replay_folder(argv[i], &passed, &failed)) {
            fprintf(stderr, "%s: no corpus there\n", argv[i]);
            failed++;
        }
    }
    printf("tests: %u passed, %u failed, 0 skipped\n", passed, failed);
    return failed > 0 || passed == 0;
}
