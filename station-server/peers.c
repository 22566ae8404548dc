/* The gates that share their entries while the station is away.  Each says in HELLO where it
 * listens; SNAPSHOT tells it to the others.  A change spends a number of the feed and sends nothing:
 * the next beat shows the gap, and whoever sees one asks for a SNAPSHOT. */
#include "net/client.h"
#include "station.h"
#include "sys/log.h"

#include <stdio.h>
#include <string.h>

#define MARK "peers" /* name of the version's high-water mark */

/* In seconds, as the other lists: never twice the same, and above those that a restored database
 * has forgotten. */
enum tbc_err
station_peers_changed(struct station *st, struct tbc_utc now)
{
    uint64_t version;
    uint64_t feed;
    enum tbc_err err;

    if ((err = tbc_store_get(st->store, MARK, &version)) != TBC_OK ||
        (err = tbc_store_get(st->store, "feed", &feed)) != TBC_OK) {
        return err;
    }
    version = (uint64_t)now.s > version ? (uint64_t)now.s : version + 1;
    if ((err = tbc_store_set(st->store, MARK, version)) != TBC_OK) {
        return err;
    }
    return tbc_store_set(st->store, "feed", feed + 1);
}

static bool
is_reachable(const char *address)
{
    return tbc_address_has_host(address) && strchr(address, '*') == NULL;
}

enum tbc_code
station_peers_hello(struct station *st, struct station_call *call)
{
    const struct tbc_store_device *d = call->device;
    const char *address = st->in.hello.group;
    enum tbc_err err;

    if (*address != '\0' && (d->row.role != TBC_ROLE_GATE || !is_reachable(address))) {
        return station_refuse(call, TBC_CODE_BAD_REQUEST, "group");
    }
    if (strcmp(address, d->row.address) == 0) {
        return TBC_CODE_FINE;
    }
    if ((err = tbc_store_device_reach(st->store, d->key, address)) != TBC_OK ||
        (err = station_peers_changed(st, call->now)) != TBC_OK) {
        return station_trouble(call, err);
    }
    st->fleet_changed = true;
    return TBC_CODE_FINE;
}

static bool
is_peer(const struct tbc_device_row *row)
{
    return row->role == TBC_ROLE_GATE && row->revoked.s == 0 && row->address[0] != '\0';
}

/* The fleet is sorted by name: who is beyond the bound is so for everybody. */
static void
gather(struct station *st, struct tbc_peers *peers)
{
    for (size_t i = 0; i < st->fleet_n; i++) {
        const struct tbc_store_device *d = &st->fleet[i];
        struct tbc_peer_row *row = &peers->rows[peers->rows_n];

        if (!is_peer(&d->row)) {
            continue;
        }
        if (peers->rows_n == TBC_WIRE_PEERS_MAX) {
            tbc_log(TBC_LOG_WARN,
                    "%s: more than %d gates with --group; it stays without peers",
                    d->row.name, TBC_WIRE_PEERS_MAX);
            continue;
        }
        memcpy(row->name, d->row.name, sizeof row->name);
        memcpy(row->key, d->key, sizeof row->key);
        memcpy(row->address, d->row.address, sizeof row->address);
        peers->rows_n++;
    }
}

enum tbc_err
station_peers_version(struct station *st, uint64_t *version)
{
    return tbc_store_get(st->store, MARK, version);
}

enum tbc_err
station_peers_make(struct station *st, uint64_t version)
{
    struct tbc_buf bytes = { 0 };
    enum tbc_err err;

    memset(&st->group, 0, sizeof st->group); /* too large for a literal */
    st->group.version = version;
    gather(st, &st->group);
    err = tbc_wire_put(&bytes, &tbc_wire_peers_shape, &st->group);
    if (err == TBC_OK && bytes.len > TBC_WIRE_LIST_MAX) {
        err = TBC_ERR_LIMIT;
    }
    if (err != TBC_OK) {
        tbc_buf_fini(&bytes);
        return err;
    }
    tbc_buf_fini(&st->peers.bytes);
    st->peers = (struct station_list){ .bytes = bytes, .version = version };
    return TBC_OK;
}
