/* The authority's protocol: one JSON object each way, docs/PROVIDER.md. */
#ifndef STATION_PROVIDER_ANSWER_H
#define STATION_PROVIDER_ANSWER_H

#include "store/store.h"

/* { "kind": "passport", "number": "P1234567", ? "photo": base64 }.  The number holds letters and
 * digits only; no photo when picture is empty. */
enum tbc_err station_provider_put_question(struct tbc_buf *out, enum tbc_doc_kind kind,
                                           const char *number,
                                           struct tbc_span picture) TBC_MUST_CHECK;

/* What an answer must say of the face. */
enum station_face_wanted {
    STATION_FACE_REFERENCE, /* "template", or "photo" */
    STATION_FACE_SCORE,     /* "score" */
    STATION_FACE_NONE
};

struct station_provider_reply {
    struct tbc_store_person person; /* kind and number are the caller's to set */
    struct tbc_buf photo;           /* owned; else person has a face */
    int64_t permille;               /* the score */
    struct tbc_utc until;           /* { 0 }: the answer says none */
};
void station_provider_reply_fini(struct station_provider_reply *reply);

/* Read { "name", ? "latin", the face as it is wanted, ? "until" }.  Strict: other members are refused.
 *   reply    { 0 } on error
 *   what     the member that is wrong, on error
 * Errors: ERR_MALFORMED, ERR_NO_MEMORY. */
enum tbc_err
station_provider_read_answer(struct tbc_span in, enum station_face_wanted wanted,
                             struct station_provider_reply *reply,
                             const char **what) TBC_MUST_CHECK;

#endif
