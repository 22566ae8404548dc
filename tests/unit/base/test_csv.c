#include "base/csv.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

/* All rows as text: cells in [], rows one behind the other; faults as "!line fault". */
static void
read_all(struct tbc_span in, char *out, size_t size)
{
    struct tbc_csv csv;
    size_t len = 0;
    enum tbc_err err;

    out[0] = '\0';
    tbc_csv_open(&csv, in);
    while ((err = tbc_csv_next(&csv)) == TBC_OK) {
        len += (size_t)snprintf(out + len, size - len, "%zu", csv.line);
        for (size_t i = 0; i < csv.n; i++) {
            len += (size_t)snprintf(
                out + len, size - len, "[%.*s]", (int)csv.cells[i].len,
                csv.cells[i].len == 0 ? "" : (const char *)csv.cells[i].ptr);
        }
    }
    if (err == TBC_ERR_MALFORMED) {
        (void)snprintf(out + len, size - len, "!%zu %s", csv.line, csv.fault);
    }
    tbc_csv_fini(&csv);
}

static void
reads_what_rfc_4180_allows(void)
{
    static const struct {
        const char *in;
        const char *out;
    } rows[] = {
        { "", "" },
        { "\n\r\n", "" },
        { "a,b", "1[a][b]" },
        { "a,b\r\n1,2\r\n", "1[a][b]2[1][2]" },
        { "a,b\n\n1,\n", "1[a][b]3[1][]" },
        { "\xef\xbb\xbf"
          "a,b\n",
          "1[a][b]" },
        { "a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", "1[a][b]2[x,y][say \"hi\"]" },
        { "a\n\"\"\n", "1[a]2[]" },
        { "名,号\n林晓禾,1", "1[名][号]2[林晓禾][1]" },
    };
    char out[256];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        read_all(tbc_span_str(rows[i].in), out, sizeof out);
        CU_ASSERT_STRING_EQUAL(out, rows[i].out);
    }
}

static void
refuses_and_names_the_line(void)
{
    static const struct {
        const char *in;
        const char *out;
    } rows[] = {
        { "a,b\n1\n", "1[a][b]!2 fewer cells than the header" },
        { "a,b\n1,2,3\n", "1[a][b]!2 more cells than the header" },
        { "a\n\"open\n\n", "1[a]!2 a quote is not closed" },
        { "a\n\"x\"y\n", "1[a]!2 text behind a closing quote" },
        { "a\nx\"y\"\n", "1[a]!2 a quote in the middle of a cell" },
        { "a\n=1+1\n", "1[a]!2 a cell begins like a formula" },
        { "a\n\"+1\"\n", "1[a]!2 a cell begins like a formula" },
        { "a\n@x\n", "1[a]!2 a cell begins like a formula" },
        { "a\n-x\n", "1[a]!2 a cell begins like a formula" },
        { "a\n\t=1\n", "1[a]!2 a cell begins like a formula" },
        { "a\n\"x\ny\"\n", "1[a]!2 a line break or NUL in a cell" },
        { "a\nx\ry\n", "1[a]!2 a line break or NUL in a cell" },
        { "a\n\xc1\xd6\xcf\xfe\n", "1[a]!2 not UTF-8" }, /* GBK */
        { "\xff\xfe"
          "a\n",
          "!1 not UTF-8" },
    };
    char out[256];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        read_all(tbc_span_str(rows[i].in), out, sizeof out);
        CU_ASSERT_STRING_EQUAL(out, rows[i].out);
    }
    read_all(tbc_span_of("a\n\0\n", 4), out, sizeof out);
    CU_ASSERT_STRING_EQUAL(out, "1[a]!2 a line break or NUL in a cell");
}

static void
refuses_rows_and_headers_without_end(void)
{
    static char wide[TBC_CSV_CELLS_MAX + 2];
    static char lengthy[TBC_CSV_ROW_MAX + 2];
    char out[256];

    memset(wide, ',', sizeof wide - 1);
    read_all(tbc_span_str(wide), out, sizeof out);
    CU_ASSERT_STRING_EQUAL(out, "!1 too many cells");
    memset(lengthy, 'x', sizeof lengthy - 1);
    read_all(tbc_span_str(lengthy), out, sizeof out);
    CU_ASSERT_STRING_EQUAL(out, "!1 the row is too long");
}

static void
a_fault_stays_until_the_table_is_closed(void)
{
    struct tbc_csv csv;

    tbc_csv_open(&csv, tbc_span_str("a\nx,y\nz\n"));
    CU_ASSERT_EQUAL(tbc_csv_next(&csv), TBC_OK);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(tbc_csv_next(&csv), TBC_ERR_MALFORMED);
        CU_ASSERT_EQUAL(csv.line, 2);
        CU_ASSERT_EQUAL(csv.n, 0);
    }
    tbc_csv_fini(&csv);
    CU_ASSERT_PTR_NULL(csv.fault);
}

TBC_SUITE("base/csv", TEST(reads_what_rfc_4180_allows),
          TEST(refuses_and_names_the_line), TEST(refuses_rows_and_headers_without_end),
          TEST(a_fault_stays_until_the_table_is_closed))
