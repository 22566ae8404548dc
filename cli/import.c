/* tbc import people, tickets: all rows or none; the bad line is named. */
#include "base/csv.h"
#include "base/text.h"
#include "commands.h"
#include "crypto/seal.h"
#include "face/examiner.h"
#include "progress.h"
#include "station.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <inttypes.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_LEN (64u << 20)
#define PICTURE_MAX  (8u << 20)
#define EXAMINE_MS   30000
#define CELL_MAX     256
#define PATH_LEN     1024
#define COLUMNS_MAX  12

/* A column of the table: its name in the header, and whether it must be there. */
struct column {
    const char *name;
    bool wanted;
};

enum people_column {
    P_KIND,
    P_NUMBER,
    P_NAME,
    P_LATIN,
    P_PHOTO,
    P_UNTIL,
    P_COLUMNS
};
static const struct column people_columns[P_COLUMNS] = {
    { "kind", true },   { "number", true }, { "name", true },
    { "latin", false }, { "photo", false }, { "until", false },
};

enum ticket_column {
    T_KIND,
    T_NUMBER,
    T_TRAIN,
    T_DEPART,
    T_FROM,
    T_FROM_ZH,
    T_FROM_EN,
    T_TO,
    T_TO_ZH,
    T_TO_EN,
    T_SEAT,
    T_PLATFORM,
    T_COLUMNS,
};
static const struct column ticket_columns[T_COLUMNS] = {
    { "kind", true },     { "number", true }, { "train", true },
    { "depart", true },   { "from", true },   { "from_zh", false },
    { "from_en", false }, { "to", true },     { "to_zh", false },
    { "to_en", false },   { "seat", false },  { "platform", false },
};

/* One row, ready to be sent. */
struct row {
    union {
        struct tbc_import_person person;
        struct tbc_import_ticket ticket;
    } as;
    uint8_t face[TBC_FACE_TEMPLATE_BYTES];
    bool has_face;
};

struct importing {
    bool people; /* else tickets */
    const char *device;
    const char *photos;
    const char *models;
    bool as_json;
    const char *path; /* of the CSV */
    struct tbc_csv csv;
    size_t place[COLUMNS_MAX]; /* cell of each column; SIZE_MAX: not there */
    struct row *rows;
    size_t n;
    size_t cap;
    json_t *seen; /* keys of the rows so far */
    struct tbc_examiner *examiner;
    struct tbc_examiner_answer answer; /* the last one */
    enum cli_exit rc;                  /* of the first complaint */
    struct cli_progress progress;
};

/* "tbc: people.csv:3: number: ..." */
static bool complain(struct importing *im, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool
complain(struct importing *im, const char *format, ...)
{
    char what[CELL_MAX];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    cli_progress_end(&im->progress);
    cli_say("%s:%zu: %s", im->path, im->csv.line, what);
    im->rc = CLI_MALFORMED;
    return false;
}

static const struct column *
columns_of(const struct importing *im, size_t *n)
{
    *n = im->people ? (size_t)P_COLUMNS : (size_t)T_COLUMNS;
    return im->people ? people_columns : ticket_columns;
}

static bool
place_cell(struct importing *im, size_t cell)
{
    const struct tbc_span name = im->csv.cells[cell];
    size_t n;
    const struct column *columns = columns_of(im, &n);

    for (size_t i = 0; i < n; i++) {
        if (!tbc_span_equal(name, tbc_span_str(columns[i].name))) {
            continue;
        }
        if (im->place[i] != SIZE_MAX) {
            return complain(im, "column %s stands there twice", columns[i].name);
        }
        im->place[i] = cell;
        return true;
    }
    return complain(im, "unknown column: %.*s", (int)(name.len < 40 ? name.len : 40),
                    name.len == 0 ? "" : (const char *)name.ptr);
}

static bool
read_header(struct importing *im)
{
    size_t n;
    const struct column *columns = columns_of(im, &n);
    enum tbc_err err = tbc_csv_next(&im->csv);

    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        im->place[i] = SIZE_MAX;
    }
    if (err != TBC_OK) {
        return complain(im, "%s",
                        im->csv.fault == NULL ? "no header line" : im->csv.fault);
    }
    for (size_t i = 0; i < im->csv.n; i++) {
        if (!place_cell(im, i)) {
            return false;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (columns[i].wanted && im->place[i] == SIZE_MAX) {
            return complain(im, "column %s is missing", columns[i].name);
        }
    }
    return true;
}

/* The cell of a column as text; "" when the column is not there. */
static bool
take_cell(struct importing *im, size_t column, char *out, size_t size)
{
    size_t n;
    const struct column *c = &columns_of(im, &n)[column];
    struct tbc_span cell = { 0 };

    if (im->place[column] != SIZE_MAX) {
        cell = im->csv.cells[im->place[column]];
    }
    if (cell.len >= size) {
        return complain(im, "%s: longer than %zu bytes", c->name, size - 1);
    }
    if (cell.len == 0 && c->wanted) {
        return complain(im, "%s: empty", c->name);
    }
    memset(out, 0, size);
    if (cell.len > 0) {
        memcpy(out, cell.ptr, cell.len);
    }
    return true;
}

/* kind and number stand first in both tables. */
static bool
take_document(struct importing *im, uint64_t *kind, char number[TBC_NUMBER_MAX + 1])
{
    char word[16];
    char typed[CELL_MAX];
    enum tbc_doc_kind k;
    enum tbc_doc_fault fault;
    struct tbc_doc doc;

    if (!take_cell(im, P_KIND, word, sizeof word) ||
        !take_cell(im, P_NUMBER, typed, sizeof typed)) {
        return false;
    }
    if (!tbc_doc_kind_parse(tbc_span_str(word), &k)) {
        return complain(im, "kind: one of cn, passport, hkm, tw is wanted");
    }
    fault =
        tbc_doc_judge(k, tbc_span_str(typed), tbc_utc_day(tbc_clock_utc()), &doc, NULL);
    if (fault != TBC_DOC_FINE) {
        return complain(im, "number: %s", tbc_doc_fault_text(fault));
    }
    *kind = k;
    memcpy(number, doc.number, sizeof doc.number);
    return true;
}

static bool
start_examiner(struct importing *im)
{
    const char *why = NULL;

    if (im->examiner != NULL) {
        return true;
    }
    if (im->models == NULL) {
        return complain(im, "photo: --models DIR is wanted to read it");
    }
    if (tbc_examiner_start(&im->examiner, NULL, im->models, NULL, &why) != TBC_OK) {
        cli_say("%s: %s", im->models, why == NULL ? "cannot be used" : why);
        im->rc = CLI_UNKNOWN;
        return false;
    }
    return true;
}

static bool
examine(struct importing *im, struct tbc_span picture, const char *photo,
        struct row *row)
{
    struct tbc_examiner_answer *answer = &im->answer;
    const struct tbc_examiner_request ask = {
        .kind = TBC_EXAMINER_TEMPLATE,
        .frames = { picture },
        .frame_n = 1,
    };
    enum tbc_err err = tbc_examiner_ask(im->examiner, &ask, EXAMINE_MS, answer);

    if (err == TBC_OK) {
        err = answer->err;
    }
    if (err != TBC_OK) {
        return complain(im, "photo: %s: %s", photo, tbc_err_text(err));
    }
    if (!answer->has_template) {
        return complain(im, "photo: %s: %s", photo,
                        answer->frame_n == 0
                            ? "no face"
                            : tbc_face_quality_name(answer->quality[0]));
    }
    memcpy(row->face, answer->template_bytes, sizeof row->face);
    row->has_face = true;
    tbc_wipe(answer, sizeof *answer);
    return true;
}

/* A photograph lies in the one folder; its name is no path. */
static bool
take_photo(struct importing *im, struct row *row)
{
    struct tbc_buf picture = { 0 };
    char photo[CELL_MAX] = "";
    char path[PATH_LEN];
    enum tbc_err err;
    bool ok = false;

    if (!take_cell(im, P_PHOTO, photo, sizeof photo)) {
        return false;
    }
    if (photo[0] == '\0') {
        return true;
    }
    if (strchr(photo, '/') != NULL || photo[0] == '.') {
        return complain(im, "photo: a file name is wanted, not a path");
    }
    (void)snprintf(path, sizeof path, "%s/%s", im->photos, photo);
    if ((err = tbc_file_read(path, PICTURE_MAX, &picture)) != TBC_OK) {
        (void)complain(im, "photo: %s: %s", path, tbc_err_text(err));
    } else {
        ok = start_examiner(im) && examine(im, tbc_buf_span(&picture), photo, row);
    }
    tbc_buf_fini(&picture);
    return ok;
}

/* The same person or ticket twice is a mistake of the table. */
static bool
check_new(struct importing *im, const char *key)
{
    json_t *before = json_object_get(im->seen, key);

    if (before != NULL) {
        return complain(im, "the same as line %" JSON_INTEGER_FORMAT,
                        json_integer_value(before));
    }
    if (json_object_set_new(im->seen, key, json_integer((json_int_t)im->csv.line)) !=
        0) {
        return complain(im, "%s", tbc_err_text(TBC_ERR_NO_MEMORY));
    }
    return true;
}

/* The last day, at the railway, on which the face may be used. */
static bool
take_until(struct importing *im, struct tbc_utc *until)
{
    char day[CELL_MAX] = "";
    char end[CELL_MAX + 24];

    if (!take_cell(im, P_UNTIL, day, sizeof day)) {
        return false;
    }
    if (day[0] == '\0') {
        return true;
    }
    (void)snprintf(end, sizeof end, "%sT23:59:59+08:00", day);
    return tbc_utc_parse(tbc_span_str(end), until) == TBC_OK ||
           complain(im, "until: not a day like 2026-12-31");
}

static bool
take_person(struct importing *im, struct row *row)
{
    struct tbc_import_person *p = &row->as.person;
    char key[CELL_MAX];

    p->line = im->csv.line;
    if (!take_document(im, &p->kind, p->number) ||
        !take_cell(im, P_NAME, p->name, sizeof p->name) ||
        !take_cell(im, P_LATIN, p->latin, sizeof p->latin) ||
        !take_until(im, &p->until)) {
        return false;
    }
    (void)snprintf(key, sizeof key, "%" PRIu64 " %s", p->kind, p->number);
    return check_new(im, key) && take_photo(im, row);
}

static bool
take_ticket(struct importing *im, struct row *row)
{
    struct tbc_import_ticket *t = &row->as.ticket;
    char depart[CELL_MAX];
    char key[CELL_MAX];

    t->line = im->csv.line;
    if (!take_document(im, &t->kind, t->number) ||
        !take_cell(im, T_TRAIN, t->trip.train, sizeof t->trip.train) ||
        !take_cell(im, T_DEPART, depart, sizeof depart) ||
        !take_cell(im, T_FROM, t->trip.from, sizeof t->trip.from) ||
        !take_cell(im, T_FROM_ZH, t->trip.from_zh, sizeof t->trip.from_zh) ||
        !take_cell(im, T_FROM_EN, t->trip.from_en, sizeof t->trip.from_en) ||
        !take_cell(im, T_TO, t->trip.to, sizeof t->trip.to) ||
        !take_cell(im, T_TO_ZH, t->trip.to_zh, sizeof t->trip.to_zh) ||
        !take_cell(im, T_TO_EN, t->trip.to_en, sizeof t->trip.to_en) ||
        !take_cell(im, T_SEAT, t->trip.seat, sizeof t->trip.seat) ||
        !take_cell(im, T_PLATFORM, t->trip.platform, sizeof t->trip.platform)) {
        return false;
    }
    if (tbc_utc_parse(tbc_span_str(depart), &t->trip.depart) != TBC_OK) {
        return complain(im, "depart: not a time like 2026-02-03T09:41:00+08:00");
    }
    (void)snprintf(key, sizeof key, "%" PRIu64 " %s %s %" PRId64, t->kind, t->number,
                   t->trip.train, t->trip.depart.s);
    return check_new(im, key);
}

static bool
add_row(struct importing *im)
{
    struct row row = { 0 };

    if (!(im->people ? take_person(im, &row) : take_ticket(im, &row))) {
        tbc_wipe(&row, sizeof row);
        return false;
    }
    if (im->n == im->cap) {
        size_t cap = im->cap == 0 ? 64 : im->cap * 2;
        struct row *rows = realloc(im->rows, cap * sizeof *rows);

        if (rows == NULL) {
            return complain(im, "%s", tbc_err_text(TBC_ERR_NO_MEMORY));
        }
        im->rows = rows;
        im->cap = cap;
    }
    im->rows[im->n++] = row;
    tbc_wipe(&row, sizeof row);
    return true;
}

static bool
read_rows(struct importing *im)
{
    enum tbc_err err = TBC_OK;
    bool fine = true;

    im->progress.what = "rows read";

    while (fine && (err = tbc_csv_next(&im->csv)) == TBC_OK) {
        fine = add_row(im);
        cli_progress_step(&im->progress, im->n, 0);
    }
    cli_progress_end(&im->progress);
    if (!fine) {
        return false;
    }
    if (err != TBC_ERR_NOT_FOUND) {
        return complain(im, "%s",
                        im->csv.fault == NULL ? tbc_err_text(err) : im->csv.fault);
    }
    return im->n > 0 || complain(im, "no rows");
}

/* The next part of at most TBC_WIRE_ROWS_MAX rows from *at on. */
static void
fill_part(const struct importing *im, size_t *at, struct tbc_import *part)
{
    part->people_n = 0;
    part->tickets_n = 0;
    while (*at < im->n && part->people_n + part->tickets_n < TBC_WIRE_ROWS_MAX) {
        const struct row *row = &im->rows[(*at)++];

        if (im->people) {
            struct tbc_import_person *p = &part->people[part->people_n++];

            *p = row->as.person;
            p->face = row->has_face ? tbc_span_of(row->face, sizeof row->face)
                                    : (struct tbc_span){ 0 };
        } else {
            part->tickets[part->tickets_n++] = row->as.ticket;
        }
    }
    part->last = *at == im->n;
}

static enum cli_exit
send_rows(struct importing *im, struct cli_station *s, struct tbc_import_reply *counts)
{
    struct tbc_import *part = calloc(1, sizeof *part);
    struct tbc_problem problem = { 0 };
    struct cli_progress progress = { .what = "rows sent" };
    enum cli_exit rc = CLI_YES;
    size_t at = 0;

    if (part == NULL || tbc_random(part->batch, sizeof part->batch) != TBC_OK) {
        free(part);
        return cli_fail("memory", TBC_ERR_NO_MEMORY);
    }
    while (at < im->n && rc == CLI_YES) {
        fill_part(im, &at, part);
        rc = cli_station_call(s, TBC_OP_IMPORT, part, counts, &problem);
        part->part++;
        cli_progress_step(&progress, at, im->n);
    }
    cli_progress_end(&progress);
    if (rc != CLI_YES && problem.line != 0) {
        cli_say("%s:%" PRIu64 ": %s", im->path, problem.line, problem.what);
    } else if (rc != CLI_YES && problem.what[0] != '\0') {
        cli_say("%s: the station says: %s", im->path, problem.what);
    }
    tbc_wipe(part, sizeof *part);
    free(part);
    return rc;
}

static void
print_counts(const struct importing *im, const struct tbc_import_reply *counts)
{
    const char *what = im->people ? "people" : "tickets";
    const uint64_t changed = im->people ? counts->people : counts->tickets;

    if (im->as_json) {
        cli_print_json(json_pack("{s:I, s:I}", what, (json_int_t)im->n, "changed",
                                 (json_int_t)changed));
    } else {
        printf("%zu %s, %" PRIu64 " new or changed\n", im->n, what, changed);
    }
}

static enum cli_exit
import_rows(struct importing *im)
{
    struct tbc_import_reply counts = { 0 };
    struct cli_station s;
    enum cli_exit rc = cli_station_open(&s, im->device);

    if (rc != CLI_YES) {
        return rc;
    }
    if ((rc = send_rows(im, &s, &counts)) == CLI_YES) {
        print_counts(im, &counts);
    }
    cli_station_close(&s);
    return rc;
}

static enum cli_exit
read_options(int argc, char **argv, struct importing *im)
{
    static const struct option options[] = { { "photos", required_argument, NULL, 'p' },
                                             { "models", required_argument, NULL, 'm' },
                                             CLI_OPTION_DEVICE,
                                             CLI_OPTION_JSON,
                                             { 0 } };
    int c;

    im->models = getenv("TBC_MODELS");
    while ((c = cli_option(argc, argv, "", options)) != -1) {
        if (c == '?') {
            return CLI_USAGE;
        }
        im->photos = c == 'p' ? optarg : im->photos;
        im->models = c == 'm' ? optarg : im->models;
        im->device = c == CLI_DEVICE ? optarg : im->device;
        im->as_json = im->as_json || c == CLI_JSON;
    }
    if (argc - optind != 1) {
        return cli_misuse("import wants one CSV file");
    }
    im->path = argv[optind];
    return CLI_YES;
}

/* Photographs lie beside the table unless told otherwise. */
static enum cli_exit
import_file(struct importing *im)
{
    struct tbc_buf file = { 0 };
    char folder[PATH_LEN];
    enum cli_exit rc = cli_read(im->path, FILE_MAX_LEN, &file);

    if (rc != CLI_YES) {
        tbc_buf_fini(&file);
        return rc;
    }
    (void)snprintf(folder, sizeof folder, "%s", im->path);
    if (im->photos == NULL) {
        im->photos = dirname(folder);
    }
    im->seen = json_object();
    tbc_csv_open(&im->csv, tbc_buf_span(&file));
    rc = read_header(im) && read_rows(im) ? import_rows(im) : im->rc;
    tbc_csv_fini(&im->csv);
    tbc_examiner_stop(&im->examiner);
    json_decref(im->seen);
    if (im->rows != NULL) {
        tbc_wipe(im->rows, im->cap * sizeof *im->rows);
    }
    free(im->rows);
    tbc_buf_fini(&file);
    return rc;
}

enum cli_exit
cli_import_people(int argc, char **argv)
{
    struct importing im = { .people = true, .rc = CLI_UNKNOWN };
    enum cli_exit rc = read_options(argc, argv, &im);

    return rc == CLI_YES ? import_file(&im) : rc;
}

enum cli_exit
cli_import_tickets(int argc, char **argv)
{
    struct importing im = { .people = false, .rc = CLI_UNKNOWN };
    enum cli_exit rc = read_options(argc, argv, &im);

    return rc == CLI_YES ? import_file(&im) : rc;
}
