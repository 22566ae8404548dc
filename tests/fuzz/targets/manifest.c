/* A manifest, as payload and as message: what is read is written again to the same bytes, every
 * holder in it is found, and no message is believed but the one that was signed. */
#include "fuzz.h"
#include "gate.h"

static void
check_rows(const struct tbc_manifest *m)
{
    for (size_t i = 0; i < m->rows_n; i++) {
        size_t n;
        const struct tbc_manifest_row *row =
            tbc_manifest_find(m, m->rows[i].holder, &n);

        FUZZ_HOLDS(row != NULL && row <= &m->rows[i] && &m->rows[i] < row + n);
        FUZZ_HOLDS(m->rows[i].trip < m->trips_n);
    }
}

static void
check_payload(struct tbc_span in)
{
    struct tbc_buf again = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_manifest m;
    enum tbc_err err = tbc_manifest_decode(&m, in, &fault);

    FUZZ_HOLDS(fuzz_is_told(err, &fault, in));
    FUZZ_HOLDS(err == TBC_OK || (m.rows == NULL && m.trips == NULL));
    if (err == TBC_OK) {
        check_rows(&m);
        FUZZ_HOLDS(tbc_manifest_encode(&m, &again) == TBC_OK);
        FUZZ_HOLDS(fuzz_equal(&again, in));
    }
    tbc_manifest_fini(&m);
    tbc_buf_fini(&again);
}

void
fuzz_target(struct tbc_span in)
{
    struct tbc_manifest m;
    enum tbc_err err = tbc_manifest_open(&m, in, gate_ring(), GATE_NOW, NULL);

    FUZZ_HOLDS(err != TBC_OK || gate_has_issued("manifest", in));
    tbc_manifest_fini(&m);
    check_payload(in);
}
