#include "scan/source.h"

#include <string.h>

/* The text up to the next comma, or all; *rest moves behind it, to NULL at the end. */
static struct tbc_span
take_part(const char **rest)
{
    const char *start = *rest;
    const char *comma = strchr(start, ',');

    *rest = comma == NULL ? NULL : comma + 1;
    return tbc_span_of(start, comma == NULL ? strlen(start) : (size_t)(comma - start));
}

static bool
copy(char *to, size_t size, struct tbc_span from)
{
    if (from.len == 0 || from.len >= size) {
        return false;
    }
    memcpy(to, from.ptr, from.len);
    to[from.len] = '\0';
    return true;
}

static bool
take_detail(struct tbc_source *s, struct tbc_span part, const char **why)
{
    static const char prefix[] = "prefix=";
    static const char suffix[] = "suffix=";
    const size_t n = sizeof prefix - 1; /* both */

    if (tbc_span_starts(part, tbc_span_str(prefix)) ||
        tbc_span_starts(part, tbc_span_str(suffix))) {
        struct tbc_span value = tbc_span_sub(part, n, part.len);

        *why = "prefix= and suffix= take 1 to 16 letters, with %02 for the byte 2";
        return part.ptr[0] == 'p'
                   ? tbc_trim_parse(value, s->trim.prefix, &s->trim.prefix_len)
                   : tbc_trim_parse(value, s->trim.suffix, &s->trim.suffix_len);
    }
    *why = "after the device of a scanner comes one word, and prefix= and suffix=";
    return s->detail[0] == '\0' && copy(s->detail, sizeof s->detail, part);
}

enum tbc_err
tbc_source_parse(struct tbc_source *source, const char *name, const char **why)
{
    const char *rest = name;

    *source = (struct tbc_source){ 0 };
    if (!copy(source->path, sizeof source->path, take_part(&rest))) {
        *why = "the source names no device";
        return TBC_ERR_UNSUPPORTED;
    }
    while (rest != NULL) {
        if (!take_detail(source, take_part(&rest), why)) {
            return TBC_ERR_UNSUPPORTED;
        }
    }
    *why = NULL;
    return TBC_OK;
}
