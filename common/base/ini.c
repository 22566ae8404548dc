#include "base/ini.h"

#include <string.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

void
tbc_ini_open(struct tbc_ini *ini, struct tbc_span in)
{
    *ini = (struct tbc_ini){ .in = in };
    if (tbc_span_starts(in, tbc_span_str(byte_order_mark))) {
        ini->at = sizeof byte_order_mark - 1;
    }
}

void
tbc_ini_fini(struct tbc_ini *ini)
{
    tbc_buf_fini(&ini->value);
    *ini = (struct tbc_ini){ 0 };
}

static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static struct tbc_span
trim(struct tbc_span s)
{
    size_t from = 0;

    while (from < s.len && is_blank(s.ptr[from])) {
        from++;
    }
    while (s.len > from && is_blank(s.ptr[s.len - 1])) {
        s.len--;
    }
    return tbc_span_sub(s, from, s.len - from);
}

/* Up to one of the marks that stands behind a blank.  In values only ';' is one: a colour begins
 * with '#'. */
static struct tbc_span
without_comment(struct tbc_span s, const char *marks)
{
    for (size_t i = 1; i < s.len; i++) {
        if (s.ptr[i] != '\0' && strchr(marks, s.ptr[i]) != NULL &&
            is_blank(s.ptr[i - 1])) {
            return trim(tbc_span_sub(s, 0, i));
        }
    }
    return s;
}

/* The next line without its end; false at the end of the input. */
static bool
next_line(struct tbc_ini *ini, struct tbc_span *line)
{
    struct tbc_span rest = tbc_span_sub(ini->in, ini->at, SIZE_MAX);
    const uint8_t *end;

    if (rest.len == 0) {
        return false;
    }
    end = memchr(rest.ptr, '\n', rest.len);
    *line = tbc_span_sub(rest, 0, end == NULL ? rest.len : (size_t)(end - rest.ptr));
    ini->at += line->len + (end == NULL ? 0 : 1);
    ini->line++;
    *line = trim(*line);
    return true;
}

static bool
copy_name(struct tbc_span from, char out[static TBC_INI_NAME_MAX + 1])
{
    if (from.len > TBC_INI_NAME_MAX || memchr(from.ptr, '\0', from.len) != NULL) {
        return false;
    }
    memcpy(out, from.ptr, from.len);
    out[from.len] = '\0';
    return true;
}

/* "[name]" and perhaps a comment. */
static const char *
take_section(struct tbc_ini *ini, struct tbc_span line)
{
    struct tbc_span name;

    line = without_comment(line, ";#");
    if (line.ptr[line.len - 1] != ']') {
        return "a section is not closed";
    }
    name = trim(tbc_span_sub(line, 1, line.len - 2));
    return name.len > 0 && copy_name(name, ini->section) ? NULL : "name of a section";
}

static const char *
take_key(struct tbc_ini *ini, struct tbc_span line)
{
    size_t at = 0;
    struct tbc_span name;
    struct tbc_span value;

    while (at < line.len && line.ptr[at] != '=' && line.ptr[at] != ':') {
        at++;
    }
    name = trim(tbc_span_sub(line, 0, at));
    if (at == line.len) {
        return "not a section, key or comment";
    }
    if (name.len == 0 || !copy_name(name, ini->name)) {
        return "name of a key";
    }
    value = without_comment(trim(tbc_span_sub(line, at + 1, SIZE_MAX)), ";");
    if (value.len > 0 && memchr(value.ptr, '\0', value.len) != NULL) {
        return "a NUL byte";
    }
    tbc_buf_clear(&ini->value);
    (void)tbc_buf_append_span(&ini->value, value);
    return NULL;
}

enum tbc_err
tbc_ini_next(struct tbc_ini *ini)
{
    struct tbc_span line;
    bool is_key = false;

    while (ini->fault == NULL && !is_key) {
        if (!next_line(ini, &line)) {
            return TBC_ERR_NOT_FOUND;
        }
        if (line.len == 0 || line.ptr[0] == ';' || line.ptr[0] == '#') {
            continue;
        }
        is_key = line.ptr[0] != '[';
        ini->fault = is_key ? take_key(ini, line) : take_section(ini, line);
    }
    return ini->fault == NULL ? tbc_buf_status(&ini->value) : TBC_ERR_MALFORMED;
}
