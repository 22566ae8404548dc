#include "mutate.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* One edit of a text: what comes before the place, what is put there, how much is dropped. */
struct text_edit {
    struct mutate *m;
    struct tbc_span in;
    size_t at;
    struct tbc_buf *out;
};

static void
put(const struct text_edit *e, size_t at, const char *what, size_t drop)
{
    (void)tbc_buf_append_span(e->out, tbc_span_sub(e->in, 0, at));
    (void)tbc_buf_append_str(e->out, what);
    (void)tbc_buf_append_span(e->out, tbc_span_sub(e->in, at + drop, SIZE_MAX));
}

static void
change_prefix(const struct text_edit *e)
{
    static const char *const prefixes[] = {
        "tbc1:",
        "TBC:",
        "TBC2:",
        "TBC01:",
        "TBC1",
        "TBC1::",
        "TBC11:",
        " TBC1:",
        "TBC1;",
        "tBC1:",
        "HC1:",
        "",
        "TBC99999999999999999999:",
        "\xef\xbb\xbfTBC1:",
        "TBC\xef\xbc\x91:",
        "\nTBC1:",
        "TBC1: ",
    };

    put(e, 0, prefixes[mutate_below(e->m, COUNT(prefixes))],
        e->in.len < 5 ? e->in.len : 5);
}

static void
change_case(const struct text_edit *e)
{
    bool all = mutate_below(e->m, 2) == 0;
    size_t base = e->out->len;

    (void)tbc_buf_append_span(e->out, e->in);
    for (size_t i = 0; i < e->in.len; i++) {
        uint8_t *c = &e->out->ptr[base + i];

        if ((all || i == e->at) && *c >= 'A' && *c <= 'Z') {
            *c = (uint8_t)(*c - 'A' + 'a');
        }
    }
}

static void
put_letters(const struct text_edit *e)
{
    static const char *const letters[] = {
        "0",     "Z",   ":", " ", ":::",  "GGW",          "::",           "\t",
        "\r",    "\n",  "=", "_", "\x80", "\xef\xbc\x90", "\xe6\x9e\x97", "!",
        "TBC1:", "%25", "+",
    };

    put(e, e->at, letters[mutate_below(e->m, COUNT(letters))], mutate_below(e->m, 4));
}

static void
put_nul(const struct text_edit *e)
{
    put(e, e->at, "", 0);
    (void)tbc_buf_append(e->out, "", 1); /* and one behind a sound text */
}

static void
drop_letters(const struct text_edit *e)
{
    put(e, e->at, "", 1 + mutate_below(e->m, 6));
}

static void
swap_letters(const struct text_edit *e)
{
    size_t base = e->out->len;
    size_t other = mutate_below(e->m, e->in.len);
    uint8_t c;

    (void)tbc_buf_append_span(e->out, e->in);
    c = e->out->ptr[base + e->at];
    e->out->ptr[base + e->at] = e->out->ptr[base + other];
    e->out->ptr[base + other] = c;
}

static void
change_ends(const struct text_edit *e)
{
    static const char *const ends[] = { "\r\n\r\n", "\n\r", "\n\n", "0",  "00",
                                        "000",      " ",    "\t",   "::", "." };

    put(e, e->in.len, ends[mutate_below(e->m, COUNT(ends))], 0);
}

static void
say_twice(const struct text_edit *e)
{
    (void)tbc_buf_append_span(e->out, e->in);
    (void)tbc_buf_append_str(e->out, mutate_below(e->m, 2) == 0 ? "\r\n" : "");
    (void)tbc_buf_append_span(e->out, e->in);
}

static const struct {
    const char *name;
    void (*run)(const struct text_edit *);
} edits[] = {
    { "prefix", change_prefix },      { "case", change_case },
    { "put letters", put_letters },   { "put NUL", put_nul },
    { "drop letters", drop_letters }, { "swap letters", swap_letters },
    { "text ends", change_ends },     { "twice", say_twice },
};

const char *
mutate_text(struct mutate *m, struct tbc_span in, struct tbc_buf *out)
{
    struct text_edit e = { .m = m, .in = in, .out = out };
    size_t which = mutate_below(m, COUNT(edits));

    if (in.len == 0) {
        return NULL;
    }
    e.at = mutate_below(m, in.len);
    edits[which].run(&e);
    return edits[which].name;
}
