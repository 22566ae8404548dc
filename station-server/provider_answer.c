#include "provider_answer.h"

#include "base/text.h"

#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum tbc_err
station_provider_put_question(struct tbc_buf *out, enum tbc_doc_kind kind,
                              const char *number)
{
    return tbc_buf_printf(out, "{\"kind\":\"%s\",\"number\":\"%s\"}",
                          tbc_doc_kind_word(kind), number);
}

/* jansson keeps what it has read: names and templates are wiped when it gives them back. */
static void *
allocate(size_t size)
{
    max_align_t *block =
        size > SIZE_MAX - sizeof *block ? NULL : malloc(sizeof *block + size);

    if (block == NULL) {
        return NULL;
    }
    memcpy(block, &size, sizeof size);
    return block + 1;
}

static void
wipe_and_free(void *given)
{
    max_align_t *block = given;
    size_t size;

    if (block != NULL) {
        block--;
        memcpy(&size, block, sizeof size);
        tbc_wipe(block, sizeof *block + size);
        free(block);
    }
}

/* A text of 1..size-1 bytes without control characters. */
static bool
take_text(const json_t *object, const char *name, char *out, size_t size)
{
    const json_t *member = json_object_get(object, name);
    const char *text = json_string_value(member);
    const size_t len = json_string_length(member);

    if (text == NULL || len == 0 || len >= size) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f) {
            return false;
        }
    }
    memcpy(out, text, len + 1);
    return true;
}

static bool
take_template(const json_t *object, uint8_t out[static TBC_TEMPLATE_LEN])
{
    const json_t *member = json_object_get(object, "template");
    const char *text = json_string_value(member);

    return text != NULL && tbc_hex_fixed(tbc_span_of(text, json_string_length(member)),
                                         out, TBC_TEMPLATE_LEN);
}

static bool
take_until(const json_t *object, struct tbc_utc *until)
{
    const json_t *member = json_object_get(object, "until");
    const char *text = json_string_value(member);

    return member == NULL ||
           (text != NULL && tbc_utc_parse(tbc_span_of(text, json_string_length(member)),
                                          until) == TBC_OK);
}

/* What is wrong, or NULL. */
static const char *
take_all(const json_t *root, struct tbc_store_person *person, struct tbc_utc *until)
{
    static const char *const known[] = { "name", "latin", "template", "until" };
    size_t members = 0;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        members += json_object_get(root, known[i]) != NULL ? 1 : 0;
    }
    if (!json_is_object(root) || json_object_size(root) != members) {
        return "an object with members of the protocol";
    }
    if (!take_text(root, "name", person->name, sizeof person->name)) {
        return "name";
    }
    if (json_object_get(root, "latin") != NULL &&
        !take_text(root, "latin", person->latin, sizeof person->latin)) {
        return "latin";
    }
    if (!take_template(root, person->face)) {
        return "template";
    }
    return take_until(root, until) ? NULL : "until";
}

enum tbc_err
station_provider_read_answer(struct tbc_span in, struct tbc_store_person *person,
                             struct tbc_utc *until, const char **what)
{
    json_t *root;

    json_set_alloc_funcs(allocate, wipe_and_free);
    root = json_loadb((const char *)in.ptr, in.len, JSON_REJECT_DUPLICATES, NULL);
    *person = (struct tbc_store_person){ 0 };
    *until = (struct tbc_utc){ 0 };
    *what = root == NULL ? "JSON" : take_all(root, person, until);
    json_decref(root);
    if (*what != NULL) {
        tbc_wipe(person, sizeof *person);
        return TBC_ERR_MALFORMED;
    }
    person->has_face = true;
    return TBC_OK;
}
