/* Who goes in, out, and in again: the real station, asked over the real bus. */
#include "codec/cose.h"
#include "codec/manifest.h"
#include "crypto/seal.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"

#include <stdio.h>
#include <string.h>

/* A person with a ticket for each of these departures. */
static void
import_tickets(struct stage *s, unsigned person, const int64_t *departs, size_t n)
{
    static struct tbc_import in;
    struct tbc_import_reply out;

    memset(&in, 0, sizeof in);
    in.last = true;
    in.people_n = 1;
    in.people[0] = (struct tbc_import_person){
        .line = 2, .kind = TBC_DOC_PASSPORT, .name = "Anna Maria Rossi"
    };
    stage_passport(person, in.people[0].number);
    for (size_t i = 0; i < n; i++) {
        struct tbc_import_ticket *t = &in.tickets[in.tickets_n++];

        *t = (struct tbc_import_ticket){
            .line = i + 2,
            .kind = TBC_DOC_PASSPORT,
            .trip = { .train = "G1207", .from = "YZN", .to = "QYB" },
        };
        t->trip.depart.s = departs[i];
        memcpy(t->number, in.people[0].number, sizeof t->number);
    }
    CU_ASSERT_EQUAL(tbc_random(in.batch, sizeof in.batch), TBC_OK);
    CU_ASSERT(stage_is(stage_ask(s->client, TBC_OP_IMPORT, &in, &out), TBC_CODE_FINE));
}

/* How many rows of a manifest are for a departure. */
static size_t
rows_for(const struct tbc_manifest *m, int64_t depart)
{
    size_t n = 0;

    for (size_t i = 0; i < m->rows_n; i++) {
        n += m->trips[m->rows[i].trip].depart.s == depart ? 1 : 0;
    }
    return n;
}

static void
manifest_has_a_row_for_each_day_of_a_certificate(void)
{
    static struct stage s;
    const int64_t midnight = tbc_day_start(tbc_utc_day(tbc_clock_utc()) + 1).s;
    /* tomorrow at 00:10 and at noon; the day after at 00:10, which is boarded tomorrow; at noon */
    const int64_t departs[] = { midnight + 600, midnight + 43200,
                                midnight + TBC_DAY_S + 600,
                                midnight + TBC_DAY_S + 43200 };
    const size_t rows[] = { 3, 2, 3, 0 };
    const struct tbc_snapshot have = { 0 };
    struct tbc_snapshot_reply out;
    struct tbc_cose message;
    struct tbc_manifest m;

    stage_raise(&s);
    import_tickets(&s, 0, departs, 4);
    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_SNAPSHOT, &have, &out), TBC_CODE_FINE));
    CU_ASSERT_EQUAL_FATAL(tbc_cose_open(&message, out.manifest, NULL), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_manifest_decode(&m, message.payload, NULL), TBC_OK);
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(rows_for(&m, departs[i]), rows[i]);
    }
    tbc_manifest_fini(&m);
    stage_strike(&s);
}

TBC_SUITE("e2e/passback", TEST(manifest_has_a_row_for_each_day_of_a_certificate))
