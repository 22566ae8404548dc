/* What other processes on the same store have done: taken over once a second.  A station alone on
 * its store asks the same and hears nothing new. */
#include "station.h"
#include "sys/log.h"

bool
station_error_passes(enum tbc_err err)
{
    return err == TBC_ERR_NETWORK || err == TBC_ERR_TIMEOUT || err == TBC_ERR_BUSY ||
           err == TBC_ERR_IO;
}

static enum tbc_err
share_fleet(struct station *st)
{
    uint64_t version;
    enum tbc_err err = tbc_store_get(st->store, TBC_STORE_FLEET, &version);

    if (err == TBC_OK && version != st->fleet_version &&
        (err = station_fleet_load(st)) == TBC_OK) {
        st->fleet_version = version;
    }
    return err;
}

enum tbc_err
station_share(struct station *st)
{
    uint64_t feed;
    enum tbc_err err;

    if ((err = share_fleet(st)) != TBC_OK ||
        (err = tbc_store_get(st->store, "feed", &feed)) != TBC_OK) {
        return err;
    }
    return feed == st->feed ? TBC_OK : station_lists_share(st, feed);
}
