/* The manifest: who has a ticket from here today and tomorrow, by pseudonyms. */
#include "codec/manifest.h"

#include "station.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANIFEST_DAYS 2 /* today and tomorrow */
/* A train that has gone is named so long, also past midnight: who comes late is told so, and who is
 * inside can leave. */
#define MANIFEST_PAST_S (INT64_C(6) * 3600)

/* Building a manifest: tickets come by train and departure. */
struct building {
    struct station *st;
    struct tbc_manifest manifest;
    size_t trips_cap;
    size_t rows_cap;
};

/* Room for one more of the size; the arrays double. */
static bool
grow(void **array, size_t *cap, size_t n, size_t size, size_t most)
{
    size_t next = *cap == 0 ? 64 : *cap * 2;
    void *to;

    if (n < *cap) {
        return true;
    }
    if (n >= most || (to = realloc(*array, next * size)) == NULL) {
        return false;
    }
    *array = to;
    *cap = next;
    return true;
}

static bool
is_trip(const struct tbc_trip *a, const struct tbc_trip *b)
{
    return a->depart.s == b->depart.s && strcmp(a->train, b->train) == 0 &&
           strcmp(a->to, b->to) == 0;
}

/* The trip's place in the manifest, added when it is new. */
static enum tbc_err
place_trip(struct building *b, const struct tbc_trip *trip, uint32_t *at)
{
    struct tbc_manifest *m = &b->manifest;
    void *array = m->trips;

    for (size_t i = m->trips_n; i > 0; i--) {
        if (is_trip(&m->trips[i - 1], trip)) {
            *at = (uint32_t)(i - 1);
            return TBC_OK;
        }
        if (strcmp(m->trips[i - 1].train, trip->train) != 0) {
            break;
        }
    }
    if (!grow(&array, &b->trips_cap, m->trips_n, sizeof *m->trips,
              TBC_MANIFEST_TRIPS_MAX)) {
        return TBC_ERR_LIMIT;
    }
    m->trips = array;
    *at = (uint32_t)m->trips_n;
    m->trips[m->trips_n] = *trip;
    m->trips[m->trips_n++].seat[0] = '\0';
    return TBC_OK;
}

/* A row for each day whose certificates are good for it. */
static enum tbc_err
add_ticket(void *arg, const struct tbc_store_ticket *ticket)
{
    struct building *b = arg;
    struct tbc_manifest *m = &b->manifest;
    int64_t first;
    int64_t last;
    uint32_t trip;
    enum tbc_err err = place_trip(b, &ticket->trip, &trip);

    tbc_ticket_days(ticket->trip.depart, &b->st->conf.policy, &first, &last);
    for (int64_t d = first; d <= last && err == TBC_OK; d++) {
        void *array = m->rows;

        if (!grow(&array, &b->rows_cap, m->rows_n, sizeof *m->rows,
                  TBC_MANIFEST_ROWS_MAX)) {
            return TBC_ERR_LIMIT;
        }
        m->rows = array;
        m->rows[m->rows_n].trip = trip;
        err = station_pseudonym(&b->st->pseudonyms, d, ticket->kind, ticket->number,
                                m->rows[m->rows_n].holder);
        m->rows_n++;
    }
    return err;
}

/* The days of the manifest, with what can still be or already be boarded at their ends. */
static void
set_span(const struct station *st, struct tbc_utc now, struct tbc_utc *from,
         struct tbc_utc *to)
{
    const int64_t today = tbc_utc_day(now);

    *from = tbc_day_start(today);
    if (now.s - MANIFEST_PAST_S < from->s) {
        from->s = now.s - MANIFEST_PAST_S;
    }
    *to = tbc_day_start(today + MANIFEST_DAYS);
    to->s += st->conf.policy.gate_opens_s;
}

enum tbc_err
station_manifest_make(struct station *st, struct tbc_utc now, uint64_t version,
                      struct tbc_buf *payload)
{
    const int64_t today = tbc_utc_day(now);
    struct tbc_utc from;
    struct tbc_utc to;
    struct building b = { .st = st };
    enum tbc_err err;

    b.manifest.version = version;
    b.manifest.iat = now;
    b.manifest.exp = tbc_day_start(today + MANIFEST_DAYS);
    (void)snprintf(b.manifest.station, sizeof b.manifest.station, "%s", st->conf.code);
    set_span(st, now, &from, &to);
    err = tbc_store_departing(st->store, st->conf.code, from, to, add_ticket, &b);
    if (err == TBC_OK) {
        tbc_manifest_sort(&b.manifest);
        err = tbc_manifest_encode(&b.manifest, payload);
    }
    tbc_manifest_fini(&b.manifest);
    return err;
}
