/* What is old is dropped: once a day, in bites of bounded size, each a transaction of its own. */
#include "station.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>

#define BITE 200 /* rows of a kind */

static enum tbc_err
note_certificates(struct station *st, struct tbc_utc now, uint64_t n)
{
    const struct tbc_leaf leaf = {
        .kind = TBC_LEAF_ERASE, .time = now, .word = "AGE", .count = n
    };

    return n == 0 ? TBC_OK : tbc_journal_append(st->store, &leaf, NULL, NULL);
}

static enum tbc_err
take_bite(struct station *st, struct tbc_utc now, struct tbc_store_dropped *n)
{
    const struct tbc_store_ages ages = {
        .tickets = { now.s - st->conf.tickets_days * TBC_DAY_S },
        .faces = now,
        .records = { now.s - st->conf.records_days * TBC_DAY_S },
    };
    enum tbc_err err = tbc_store_begin(st->store);

    if (err != TBC_OK) {
        return err;
    }
    if ((err = tbc_store_sweep(st->store, &ages, BITE, n)) != TBC_OK ||
        (err = note_certificates(st, now, n->certificates)) != TBC_OK ||
        (err = tbc_store_commit(st->store)) != TBC_OK) {
        tbc_store_rollback(st->store);
    }
    return err;
}

enum tbc_err
station_sweep(struct station *st, struct tbc_utc now)
{
    struct tbc_store_dropped n;
    enum tbc_err err;

    /* A clock that went back has stopped issuing already; nothing is dropped by it either. */
    if (now.s < st->sweep_at.s || now.s + STATION_CLOCK_S < st->floor.s) {
        return TBC_OK;
    }
    if ((err = take_bite(st, now, &n)) != TBC_OK) {
        return err;
    }
    if (n.tickets + n.faces + n.certificates + n.keys == 0) {
        st->sweep_at.s = now.s + TBC_DAY_S;
        return station_scrub(st);
    }
    st->erased = true; /* the files are cleaned once, at the end */
    tbc_log(TBC_LOG_INFO,
            "dropped by age: %" PRIu64 " tickets, %" PRIu64 " templates, %" PRIu64
            " certificates",
            n.tickets, n.faces, n.certificates);
    return TBC_OK;
}
