#include "journal_rig.h"

#include "store/sums.h"
#include "suite.h"
#include "sys/file.h"

#include <stdio.h>
#include <string.h>

#define FILE_MAX (64u << 20)

char journal_printed[32768];

int
journal_run(const char *const argv[])
{
    static struct tbc_process p;
    static char line[TBC_PROCESS_LINE];
    static char said[4096];
    size_t n = 0;
    int rc;

    journal_printed[0] = '\0';
    if (!tbc_process_start(&p, "tbc", argv)) {
        return -1;
    }
    while (tbc_process_line(&p, line, STAGE_START_MS)) {
        n += (size_t)snprintf(
            journal_printed + n,
            n < sizeof journal_printed ? sizeof journal_printed - n : 0, "%s\n", line);
        n = n < sizeof journal_printed ? n : sizeof journal_printed - 1;
    }
    rc = tbc_process_wait(&p, STAGE_START_MS, said, sizeof said);
    (void)snprintf(journal_printed + n, sizeof journal_printed - n, "%s", said);
    return rc;
}

int
journal_audit(struct stage *s, const char *old)
{
    return journal_run((const char *const[]){ "audit", "verify", "--data", s->data,
                                              old == NULL ? NULL : "--old", old,
                                              NULL });
}

int
journal_history(struct stage *s, const char *device, const char *what)
{
    return journal_run((const char *const[]){ "history", "--trust",
                                              stage_path(s, "trust.cose"), "--device",
                                              device, what, NULL });
}

bool
journal_prints(const char *const *words, size_t n)
{
    const char *at = journal_printed;

    for (size_t i = 0; i < n && at != NULL; i++) {
        at = strstr(at, words[i]);
        if (at == NULL) {
            (void)fprintf(stderr, "no %s in:\n%s\n", words[i], journal_printed);
        } else {
            at += strlen(words[i]);
        }
    }
    return at != NULL;
}

bool
journal_issue(struct stage *s, unsigned passenger, struct tbc_issue_reply *out)
{
    const struct tbc_assist in = stage_assistance(passenger);

    return stage_is(stage_ask(s->client, TBC_OP_ASSIST, &in, out), TBC_CODE_FINE);
}

void
journal_put_hex(const uint8_t *cti, char hex[static 2 * TBC_CTI_LEN + 1])
{
    for (size_t i = 0; i < TBC_CTI_LEN; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", cti[i]);
    }
}

void
journal_copy(const char *from, const char *to)
{
    struct tbc_buf bytes = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_file_read(from, FILE_MAX, &bytes), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(to, tbc_buf_span(&bytes), 0600), TBC_OK);
    tbc_buf_fini(&bytes);
}

void
journal_alter(struct stage *s, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;

    /* an insider knows how to write pages that look right */
    CU_ASSERT_EQUAL_FATAL(tbc_sums_install(), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open_v2(stage_path(s, "station.db"), &db,
                                          SQLITE_OPEN_READWRITE, TBC_SUMS_VFS),
                          SQLITE_OK);
    CU_ASSERT_EQUAL(
        sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL),
        SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
        CU_FAIL(sql);
        (void)fprintf(stderr, "%s: %s\n", sql, why);
    }
    sqlite3_free(why);
    (void)sqlite3_close(db);
}
