#include "table.h"

#include "base/text.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tbc_table {
    FILE *file;
    char *line;
    size_t line_size;
    char *fields; /* the same line, cut at its spaces */
    unsigned number;
};

struct tbc_table *
tbc_table_open(const char *name)
{
    struct tbc_table *t = calloc(1, sizeof *t);
    char path[512];

    (void)snprintf(path, sizeof path, "%s/tests/vectors/%s",
                   tbc_test_env("TBC_SOURCE_DIR"), name);
    if (t == NULL || (t->file = fopen(path, "r")) == NULL) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    return t;
}

void
tbc_table_close(struct tbc_table **table)
{
    struct tbc_table *t = *table;

    if (t != NULL) {
        (void)fclose(t->file);
        free(t->line);
        free(t->fields);
        free(t);
    }
    *table = NULL;
}

static void
cut(char *text, struct tbc_row *row)
{
    while (text != NULL && row->n < TBC_ROW_FIELDS) {
        char *space = strchr(text, ' ');

        row->field[row->n++] = text;
        if (space != NULL) {
            *space++ = '\0';
        }
        text = space;
    }
    for (size_t i = row->n; i < TBC_ROW_FIELDS; i++) {
        row->field[i] = "";
    }
}

bool
tbc_table_next(struct tbc_table *table, struct tbc_row *row)
{
    ssize_t len;

    do {
        if ((len = getline(&table->line, &table->line_size, table->file)) < 0) {
            return false;
        }
        table->number++;
    } while (len <= 1 || table->line[0] == '#');
    if (table->line[len - 1] == '\n') {
        table->line[len - 1] = '\0';
    }
    free(table->fields);
    table->fields = strdup(table->line);
    CU_ASSERT_PTR_NOT_NULL_FATAL(table->fields);
    *row = (struct tbc_row){ .line = table->line, .number = table->number };
    cut(table->fields, row);
    return true;
}

bool
tbc_row_is(const struct tbc_row *row, size_t i, const char *word)
{
    return strcmp(row->field[i], word) == 0;
}

void
tbc_row_hex(const struct tbc_row *row, size_t i, struct tbc_buf *out)
{
    tbc_buf_clear(out);
    if (!tbc_row_is(row, i, "-") &&
        tbc_hex_decode(tbc_span_str(row->field[i]), out, NULL) != TBC_OK) {
        tbc_row_blame(row, "a field that is not hexadecimal");
    }
}

struct tbc_span
tbc_row_rest(const struct tbc_row *row, size_t i)
{
    return i < row->n ? tbc_span_str(row->line + (row->field[i] - row->field[0]))
                      : tbc_span_str("");
}

struct tbc_span
tbc_row_barred(const struct tbc_row *row)
{
    const char *first = strchr(row->line, '|');
    const char *last = strrchr(row->line, '|');

    if (first == NULL || first == last) {
        tbc_row_blame(row, "no bars");
        return tbc_span_str("");
    }
    return tbc_span_of((const uint8_t *)first + 1, (size_t)(last - first - 1));
}

void
tbc_row_blame(const struct tbc_row *row, const char *what)
{
    printf("    line %u: %s: %.100s\n", row->number, what, row->line);
    CU_FAIL("a row of the table");
}
