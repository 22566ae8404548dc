#include "printer.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct tbc_utc noon = { 1795435200 };

static void
touch(const char *path)
{
    FILE *f = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fclose(f), 0);
}

static void
slips_become_private_pictures_in_order(void)
{
    char folder[] = "printer.XXXXXX";
    char name[64];
    struct kiosk_printer printer;
    struct tbc_buf why = { 0 };
    struct tbc_buf first = { 0 };
    struct tbc_buf second = { 0 };
    struct tbc_picture slip = { 0 };
    struct tbc_picture back = { 0 };
    struct stat st;

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    (void)snprintf(name, sizeof name, "file:%s", folder);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&slip, 8, 4, 1), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(kiosk_printer_open(&printer, name, &why), TBC_OK);
    CU_ASSERT_EQUAL(kiosk_printer_print(&printer, &slip, "desk", noon, &first), TBC_OK);
    CU_ASSERT_EQUAL(kiosk_printer_print(&printer, &slip, "certificate", noon, &second),
                    TBC_OK);
    CU_ASSERT(strcmp(tbc_buf_str(&first), tbc_buf_str(&second)) < 0);
    CU_ASSERT_EQUAL(tbc_picture_read(&back, tbc_buf_str(&first)), TBC_OK);
    CU_ASSERT_EQUAL(back.width, 8);
    CU_ASSERT_EQUAL(stat(tbc_buf_str(&first), &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
    CU_ASSERT_EQUAL(unlink(tbc_buf_str(&first)), 0);
    CU_ASSERT_EQUAL(unlink(tbc_buf_str(&second)), 0);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
    tbc_picture_fini(&back);
    tbc_picture_fini(&slip);
    tbc_buf_fini(&first);
    tbc_buf_fini(&second);
    tbc_buf_fini(&why);
}

static void
without_paper_nothing_is_printed(void)
{
    char folder[] = "printer.XXXXXX";
    char name[64];
    char sign[64];
    struct kiosk_printer printer;
    struct tbc_buf why = { 0 };
    struct tbc_picture slip = { 0 };

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    (void)snprintf(name, sizeof name, "file:%s", folder);
    (void)snprintf(sign, sizeof sign, "%s/paper-out", folder);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&slip, 8, 4, 1), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(kiosk_printer_open(&printer, name, &why), TBC_OK);
    CU_ASSERT(kiosk_printer_has_paper(&printer));
    touch(sign);
    CU_ASSERT(!kiosk_printer_has_paper(&printer));
    CU_ASSERT_EQUAL(kiosk_printer_print(&printer, &slip, "desk", noon, NULL),
                    TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(unlink(sign), 0);
    CU_ASSERT_EQUAL(rmdir(folder), 0); /* it is empty */
    tbc_picture_fini(&slip);
    tbc_buf_fini(&why);
}

static void
what_is_no_printer_is_named(void)
{
    static const struct {
        const char *name;
        enum tbc_err err;
    } table[] = {
        { "lp0", TBC_ERR_MALFORMED },
        { "file:", TBC_ERR_MALFORMED },
        { "file:/no/such/folder", TBC_ERR_NOT_FOUND },
        { "file:/dev/null", TBC_ERR_NOT_FOUND },
        { "none", TBC_OK },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct kiosk_printer printer;
        struct tbc_buf why = { 0 };

        CU_ASSERT_EQUAL(kiosk_printer_open(&printer, table[i].name, &why),
                        table[i].err);
        CU_ASSERT_EQUAL(why.len > 0, table[i].err != TBC_OK);
        CU_ASSERT(!kiosk_printer_has_paper(&printer));
        tbc_buf_fini(&why);
    }
}

TBC_SUITE("kiosk/printer", TEST(slips_become_private_pictures_in_order),
          TEST(without_paper_nothing_is_printed), TEST(what_is_no_printer_is_named))
