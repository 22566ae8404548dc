/* The authority's protocol: one JSON object each way, docs/PROVIDER.md. */
#ifndef STATION_PROVIDER_ANSWER_H
#define STATION_PROVIDER_ANSWER_H

#include "store/store.h"

/* { "kind": "passport", "number": "P1234567" }.  The number holds letters and digits only. */
enum tbc_err station_provider_put_question(struct tbc_buf *out, enum tbc_doc_kind kind,
                                           const char *number) TBC_MUST_CHECK;

/* Read { "name", ? "latin", "template", ? "until" }.  Strict: other members are refused.
 *   person   kind and number are the caller's to set; { 0 } on error
 *   until    { 0 }: the answer says none
 *   what     the member that is wrong, on error
 * Errors: ERR_MALFORMED, ERR_NO_MEMORY. */
enum tbc_err
station_provider_read_answer(struct tbc_span in, struct tbc_store_person *person,
                             struct tbc_utc *until, const char **what) TBC_MUST_CHECK;

#endif
