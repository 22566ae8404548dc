/* Inside of the face floor and of tbc-examiner: what the two sides say to each other, and the
 * examination itself, in deterministic CBOR:
 *
 *     request  = { 1: id, 2: kind, 3: [1*5 file], ? 4: reference }
 *     answer   = { 1: id, 2: err, 3: [*5 quality], 4: good_n, 5: score, 6: live, ? 7: template }
 *     ready    = { 1: 0, 2: err, 8: why }
 *
 * kind, err and quality are the numbers of their enums: both sides are of one build.  score and
 * live are millionths.  The first message of an examiner is ready, and it is the only one with
 * id 0. */
#ifndef TBC_FACE_EXAMINE_H
#define TBC_FACE_EXAMINE_H

#include "base/buf.h"
#include "face/examiner.h"

#define TBC_EXAMINE_WHY_SIZE  512
#define TBC_EXAMINE_FRAME_MAX (TBC_EXAMINER_MESSAGE_MAX + 4096u)

/* Each appends one whole message, framed as sys/child.h says; check tbc_buf_status. */
void tbc_examine_put_request(struct tbc_buf *out, uint64_t id,
                             const struct tbc_examiner_request *request);
void
tbc_examine_put_answer(struct tbc_buf *out, const struct tbc_examiner_answer *answer);
void tbc_examine_put_ready(struct tbc_buf *out, enum tbc_err err, const char *why);

/* Of a message without its length.  ERR_MALFORMED, ERR_LIMIT.  The request borrows from it. */
enum tbc_err
tbc_examine_read_request(struct tbc_span message, uint64_t *id,
                         struct tbc_examiner_request *request) TBC_MUST_CHECK;
/* Also ready: answer->id is then 0 and why (TBC_EXAMINE_WHY_SIZE bytes) is set. */
enum tbc_err
tbc_examine_read_answer(struct tbc_span message, struct tbc_examiner_answer *answer,
                        char *why) TBC_MUST_CHECK;

/* Decode, inspect, embed, average, compare, wipe.  Fills everything but answer->id. */
void
tbc_examine(struct tbc_face_engine *engine, const struct tbc_examiner_request *request,
            struct tbc_examiner_answer *answer);

#endif
