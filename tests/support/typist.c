#include "typist.h"

#include <string.h>

/* From left to right, top to bottom: the key, without Shift, with Shift. */
static const struct {
    unsigned short key;
    char plain;
    char shifted;
} keys[] = {
    { KEY_GRAVE, '`', '~' },       { KEY_1, '1', '!' },
    { KEY_2, '2', '@' },           { KEY_3, '3', '#' },
    { KEY_4, '4', '$' },           { KEY_5, '5', '%' },
    { KEY_6, '6', '^' },           { KEY_7, '7', '&' },
    { KEY_8, '8', '*' },           { KEY_9, '9', '(' },
    { KEY_0, '0', ')' },           { KEY_MINUS, '-', '_' },
    { KEY_EQUAL, '=', '+' },       { KEY_Q, 'q', 'Q' },
    { KEY_W, 'w', 'W' },           { KEY_E, 'e', 'E' },
    { KEY_R, 'r', 'R' },           { KEY_T, 't', 'T' },
    { KEY_Y, 'y', 'Y' },           { KEY_U, 'u', 'U' },
    { KEY_I, 'i', 'I' },           { KEY_O, 'o', 'O' },
    { KEY_P, 'p', 'P' },           { KEY_LEFTBRACE, '[', '{' },
    { KEY_RIGHTBRACE, ']', '}' },  { KEY_BACKSLASH, '\\', '|' },
    { KEY_A, 'a', 'A' },           { KEY_S, 's', 'S' },
    { KEY_D, 'd', 'D' },           { KEY_F, 'f', 'F' },
    { KEY_G, 'g', 'G' },           { KEY_H, 'h', 'H' },
    { KEY_J, 'j', 'J' },           { KEY_K, 'k', 'K' },
    { KEY_L, 'l', 'L' },           { KEY_SEMICOLON, ';', ':' },
    { KEY_APOSTROPHE, '\'', '"' }, { KEY_ENTER, '\n', '\n' },
    { KEY_Z, 'z', 'Z' },           { KEY_X, 'x', 'X' },
    { KEY_C, 'c', 'C' },           { KEY_V, 'v', 'V' },
    { KEY_B, 'b', 'B' },           { KEY_N, 'n', 'N' },
    { KEY_M, 'm', 'M' },           { KEY_COMMA, ',', '<' },
    { KEY_DOT, '.', '>' },         { KEY_SLASH, '/', '?' },
    { KEY_SPACE, ' ', ' ' },
};

unsigned short
typist_key(char letter, int *shift)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].plain == letter || keys[i].shifted == letter) {
            *shift = keys[i].plain != letter;
            return keys[i].key;
        }
    }
    *shift = 0;
    return 0;
}

static size_t
put(struct input_event *to, unsigned short key, int value)
{
    memset(to, 0, 2 * sizeof *to);
    to[0].type = EV_KEY;
    to[0].code = key;
    to[0].value = value;
    to[1].type = EV_SYN;
    to[1].code = SYN_REPORT;
    return 2;
}

size_t
typist_type(char letter, struct input_event events[static TYPIST_EVENTS])
{
    int shift;
    unsigned short key = typist_key(letter, &shift);
    size_t n = 0;

    if (key == 0) {
        return 0;
    }
    if (shift) {
        n += put(events + n, KEY_LEFTSHIFT, 1);
    }
    n += put(events + n, key, 1);
    n += put(events + n, key, 0);
    if (shift) {
        n += put(events + n, KEY_LEFTSHIFT, 0);
    }
    return n;
}
