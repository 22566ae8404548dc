/* tbc-examiner: the other side of face/examiner.h.  Started by a program of ours with one socket
 * as descriptor 3; no use by hand.
 *
 * It loads its models, narrows itself, says "ready", and then answers request after request
 * until the socket ends.  It logs nothing: it only ever sees faces. */
#include "face/examine.h"
#include "narrow.h"
#include "sys/child.h"

#include <stdio.h>
#include <unistd.h>

#define PATIENCE_S 20 /* five frames of the greatest size take a tenth of it */

/* One request, one answer.  False at the end of the socket, and when the asking side, which is
 * trusted, does not speak our language: then we are not of one build and end. */
static bool
serve(struct tbc_face_engine *engine, struct tbc_buf *in, struct tbc_buf *out)
{
    struct tbc_examiner_request request;
    struct tbc_examiner_answer answer = { 0 };

    if (!tbc_child_read(TBC_CHILD_FD, TBC_EXAMINE_FRAME_MAX, in) ||
        tbc_examine_read_request(tbc_buf_span(in), &answer.id, &request) != TBC_OK) {
        return false;
    }
    (void)alarm(PATIENCE_S); /* a picture that keeps a decoder busy for ever ends us */
    tbc_examine(engine, &request, &answer);
    (void)alarm(0);
    tbc_buf_clear(in);
    tbc_buf_clear(out);
    tbc_examine_put_answer(out, &answer);
    tbc_wipe(&answer, sizeof answer);
    return tbc_child_write(TBC_CHILD_FD, out);
}

int
main(int argc, char **argv)
{
    struct tbc_face_engine *engine = NULL;
    struct tbc_buf in = { 0 };
    struct tbc_buf out = { 0 };
    const char *why = NULL;
    enum tbc_err err;

    if (argc < 2 || argc > 3) {
        (void)fputs("tbc-examiner is started by tbc-station and tbc, not by hand\n",
                    stderr);
        return 2;
    }
    if ((err = tbc_face_open(&engine, argv[1], argc == 3 ? argv[2] : NULL, &why)) ==
        TBC_OK) {
        err = station_narrow(TBC_CHILD_FD, &why);
    }
    tbc_examine_put_ready(&out, err, why);
    if (!tbc_child_write(TBC_CHILD_FD, &out) || err != TBC_OK) {
        _exit(3);
    }
    while (serve(engine, &in, &out)) {
    }
    _exit(0); /* no library's clean-up: it might ask for what is no longer allowed */
}
