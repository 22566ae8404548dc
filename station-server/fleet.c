/* The fleet as this process knows it: who has a key, and when each last asked something. */
#include "station.h"

#include <string.h>

static struct tbc_store_device *
find(struct station *st, const uint8_t key[static 32])
{
    for (size_t i = 0; i < st->fleet_n; i++) {
        if (memcmp(st->fleet[i].key, key, sizeof st->fleet[i].key) == 0) {
            return &st->fleet[i];
        }
    }
    return NULL;
}

const struct tbc_store_device *
station_device(struct station *st, const uint8_t key[static 32])
{
    const struct tbc_store_device *d = find(st, key);

    return d != NULL && d->row.revoked.s == 0 ? d : NULL;
}

void
station_fleet_note(struct station *st, const uint8_t key[static 32], struct tbc_utc now)
{
    struct tbc_store_device *d = find(st, key);

    if (d != NULL && now.s > d->row.seen.s) {
        d->row.seen = now;
    }
}

static size_t
count_revoked(const struct station *st)
{
    size_t n = 0;

    for (size_t i = 0; i < st->fleet_n; i++) {
        n += st->fleet[i].row.revoked.s != 0 ? 1 : 0;
    }
    return n;
}

enum tbc_err
station_fleet_load(struct station *st)
{
    const size_t n = st->fleet_n;
    size_t now_n = 0;
    const size_t revoked = count_revoked(st);
    uint64_t peers = 0;
    enum tbc_err err =
        station_peers_version(st, &peers); /* first: never above its list */

    memcpy(st->fleet_before, st->fleet, sizeof st->fleet);
    if (err == TBC_OK) {
        err = tbc_store_devices(st->store, st->fleet, STATION_FLEET_MAX, &now_n);
    }
    if (err == TBC_OK) {
        st->fleet_n =
            now_n; /* while the store is away, those of before are in service */
    }
    /* the store hears of it every ten minutes only */
    for (size_t i = 0; i < n && err == TBC_OK; i++) {
        station_fleet_note(st, st->fleet_before[i].key, st->fleet_before[i].row.seen);
    }
    if (err == TBC_OK) {
        err = station_peers_make(st, peers);
    }
    if (st->server != NULL && count_revoked(st) > revoked) {
        tbc_server_renew_feed(st->server); /* those still hear it */
    }
    return err;
}

enum tbc_err
station_fleet_keep(struct station *st, struct tbc_utc since)
{
    enum tbc_err err = tbc_store_begin(st->store);

    for (size_t i = 0; i < st->fleet_n && err == TBC_OK; i++) {
        if (st->fleet[i].row.seen.s >= since.s && st->fleet[i].row.seen.s != 0) {
            err = tbc_store_device_seen(st->store, st->fleet[i].key,
                                        st->fleet[i].row.seen);
        }
    }
    if (err != TBC_OK || (err = tbc_store_commit(st->store)) != TBC_OK) {
        tbc_store_rollback(st->store);
    }
    return err;
}
