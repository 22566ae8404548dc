/* Whose number that is, as the provider says; and the photographs that an identity authority gives as
 * reference: the examiner makes templates of them, and nothing else of the station looks at them. */
#include "face/examiner.h"
#include "station.h"
#include "sys/clock.h"

#define NO_EXAMINER UINT64_MAX

enum tbc_err
station_face_tries(struct station *st, const uint8_t blind[static TBC_BLIND_LEN],
                   struct tbc_utc now, uint64_t *left)
{
    uint64_t failures;
    enum tbc_err err = tbc_store_failures(
        st->store, blind, (struct tbc_utc){ now.s - STATION_FAILURE_S }, &failures);

    *left = station_tries_left(&st->conf.policy, failures);
    return err;
}

/* A picture leaves the station only for somebody who has a try left. */
static enum tbc_code
check_picture(struct station *st, struct station_call *call, struct tbc_span picture,
              const uint8_t *blind)
{
    uint64_t left = 0;
    enum tbc_err err;

    if (picture.len == 0 || !station_provider_compares(st->provider)) {
        return TBC_CODE_FINE;
    }
    if (picture.len > STATION_PICTURE_MAX) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "frames");
    }
    if ((err = station_face_tries(st, blind, call->now, &left)) != TBC_OK) {
        return station_trouble(call, err);
    }
    return left == 0 ? station_refuse(call, TBC_CODE_FACE_REFUSED, "too many tries")
                     : TBC_CODE_FINE;
}

enum tbc_code
station_claim(struct station *st, struct station_call *call, const struct tbc_doc *doc,
              struct tbc_span picture, struct station_claimed *who)
{
    enum tbc_err err = tbc_store_blind(st->store, doc->kind, doc->number, who->blind);
    enum tbc_code code;

    if (err != TBC_OK) {
        return station_trouble(call, err);
    }
    if ((code = check_picture(st, call, picture, who->blind)) != TBC_CODE_FINE) {
        return code;
    }
    switch (station_provider_find(st->provider, doc, picture, tbc_clock_mono(),
                                  &who->is, &err)) {
    case STATION_FOUND:
        return TBC_CODE_FINE;
    case STATION_FOUND_NOBODY:
        return station_refuse(call, TBC_CODE_NOT_FOUND, "person");
    case STATION_FOUND_LATER:
        call->problem.wait_ms = STATION_IDENTITY_WAIT_MS;
        return station_refuse(call, TBC_CODE_BUSY, "identity");
    case STATION_FOUND_AWAY:
        break;
    }
    return err == TBC_OK ? station_refuse(call, TBC_CODE_TROUBLE, "identity")
                         : station_trouble(call, err);
}

void
station_reference_step(struct station *st)
{
    struct tbc_span photo;
    size_t which;

    while (station_provider_photo(st->provider, &photo, &which)) {
        const struct tbc_examiner_request ask = { .kind = TBC_EXAMINER_TEMPLATE,
                                                  .frames = { photo },
                                                  .frame_n = 1 };
        uint64_t exam = NO_EXAMINER;
        enum tbc_err err = st->examiner == NULL
                               ? TBC_ERR_UNSUPPORTED
                               : tbc_examiner_send(st->examiner, &ask, &exam);

        if (err == TBC_ERR_BUSY) {
            return; /* it comes again */
        }
        station_provider_photo_sent(st->provider, which,
                                    err == TBC_OK ? exam : NO_EXAMINER);
        if (err != TBC_OK) {
            station_provider_take_template(st->provider, NO_EXAMINER, NULL,
                                           tbc_clock_mono());
        }
    }
}

void
station_reference_take(struct station *st, const struct tbc_examiner_answer *answer)
{
    const bool good = answer->err == TBC_OK && answer->has_template;

    station_provider_take_template(st->provider, answer->id,
                                   good ? answer->template_bytes : NULL,
                                   tbc_clock_mono());
}
