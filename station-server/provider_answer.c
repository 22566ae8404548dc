#include "provider_answer.h"

#include "base/text.h"

#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum tbc_err
station_provider_put_question(struct tbc_buf *out, enum tbc_doc_kind kind,
                              const char *number, struct tbc_span picture)
{
    enum tbc_err err = tbc_buf_printf(out, "{\"kind\":\"%s\",\"number\":\"%s\"",
                                      tbc_doc_kind_word(kind), number);

    if (err == TBC_OK && picture.len > 0 &&
        (err = tbc_buf_append_str(out, ",\"photo\":\"")) == TBC_OK &&
        (err = tbc_base64_encode(picture, out)) == TBC_OK) {
        err = tbc_buf_append_str(out, "\"");
    }
    return err == TBC_OK ? tbc_buf_append_str(out, "}") : err;
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

static bool
take_photo(const json_t *object, struct tbc_buf *out)
{
    const json_t *member = json_object_get(object, "photo");
    const char *text = json_string_value(member);

    return text != NULL &&
           tbc_base64_decode(tbc_span_of(text, json_string_length(member)), out,
                             NULL) == TBC_OK &&
           out->len > 0;
}

static bool
take_score(const json_t *object, int64_t *permille)
{
    const json_t *member = json_object_get(object, "score");

    *permille = json_integer_value(member);
    return json_is_integer(member) && *permille >= 0 && *permille <= 1000;
}

/* A member is refused where nobody wants it. */
static const char *
take_face(const json_t *root, enum station_face_wanted wanted,
          struct station_provider_reply *reply)
{
    const bool has_template = json_object_get(root, "template") != NULL;
    const bool has_photo = json_object_get(root, "photo") != NULL;
    const bool has_score = json_object_get(root, "score") != NULL;

    if (wanted != STATION_FACE_REFERENCE && (has_template || has_photo)) {
        return has_template ? "template" : "photo";
    }
    if (wanted != STATION_FACE_SCORE && has_score) {
        return "score";
    }
    switch (wanted) {
    case STATION_FACE_REFERENCE:
        if (has_photo) {
            return !has_template && take_photo(root, &reply->photo) ? NULL : "photo";
        }
        reply->person.has_face = take_template(root, reply->person.face);
        return reply->person.has_face ? NULL : "template";
    case STATION_FACE_SCORE:
        return take_score(root, &reply->permille) ? NULL : "score";
    case STATION_FACE_NONE:
        break;
    }
    return NULL;
}

/* What is wrong, or NULL. */
static const char *
take_all(const json_t *root, enum station_face_wanted wanted,
         struct station_provider_reply *reply)
{
    static const char *const known[] = { "name",  "latin", "template",
                                         "photo", "score", "until" };
    const char *what;
    size_t members = 0;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        members += json_object_get(root, known[i]) != NULL ? 1 : 0;
    }
    if (!json_is_object(root) || json_object_size(root) != members) {
        return "an object with members of the protocol";
    }
    if (!take_text(root, "name", reply->person.name, sizeof reply->person.name)) {
        return "name";
    }
    if (json_object_get(root, "latin") != NULL &&
        !take_text(root, "latin", reply->person.latin, sizeof reply->person.latin)) {
        return "latin";
    }
    if ((what = take_face(root, wanted, reply)) != NULL) {
        return what;
    }
    return take_until(root, &reply->until) ? NULL : "until";
}

void
station_provider_reply_fini(struct station_provider_reply *reply)
{
    tbc_buf_fini(&reply->photo);
    tbc_wipe(reply, sizeof *reply);
}

enum tbc_err
station_provider_read_answer(struct tbc_span in, enum station_face_wanted wanted,
                             struct station_provider_reply *reply, const char **what)
{
    json_t *root;

    json_set_alloc_funcs(allocate, wipe_and_free);
    root = json_loadb((const char *)in.ptr, in.len, JSON_REJECT_DUPLICATES, NULL);
    *reply = (struct station_provider_reply){ 0 };
    *what = root == NULL ? "JSON" : take_all(root, wanted, reply);
    json_decref(root);
    if (*what != NULL) {
        station_provider_reply_fini(reply);
        return TBC_ERR_MALFORMED;
    }
    return TBC_OK;
}
