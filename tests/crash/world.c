#include "world.h"

#include "store/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE        64
#define DEVICES_MAX 512

void
world_number(uint32_t person, char number[static TBC_NUMBER_MAX + 1])
{
    (void)snprintf(number, TBC_NUMBER_MAX + 1, "P%07u", person % 10000000);
}

void
world_device(uint32_t number, char name[static TBC_WIRE_WORD_MAX + 1])
{
    (void)snprintf(name, TBC_WIRE_WORD_MAX + 1, "extra-%u", number);
}

struct reading {
    struct world *world;
    struct tbc_store *store;
    const struct ledger *ledger;
    uint8_t (*blinds)[TBC_BLIND_LEN]; /* of the people */
    uint32_t people;
};

static enum tbc_err
blind_people(struct reading *r)
{
    enum tbc_err err = TBC_OK;

    if ((r->blinds = calloc(r->people + 1, sizeof *r->blinds)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    for (uint32_t i = 0; i < r->people && err == TBC_OK; i++) {
        char number[TBC_NUMBER_MAX + 1];

        world_number(i, number);
        err = tbc_store_blind(r->store, TBC_DOC_PASSPORT, number, r->blinds[i]);
    }
    return err;
}

static uint32_t
person_of(const struct reading *r, const uint8_t *blind)
{
    for (uint32_t i = 0; i < r->people; i++) {
        if (memcmp(r->blinds[i], blind, TBC_BLIND_LEN) == 0) {
            return i;
        }
    }
    return LEDGER_NOBODY;
}

static enum tbc_err
keep_certificate(struct reading *r, const struct tbc_store_certificate *c)
{
    struct world *w = r->world;
    struct ledger_certificate found = { .person = person_of(r, c->blind),
                                        .idx = c->status_idx,
                                        .revoked = c->revoked.s != 0 };

    if (w->certificates_n == w->certificates_cap) {
        size_t cap = w->certificates_cap == 0 ? 256 : 2 * w->certificates_cap;
        void *more = realloc(w->certificates, cap * sizeof *w->certificates);

        if (more == NULL) {
            return TBC_ERR_NO_MEMORY;
        }
        w->certificates = more;
        w->certificates_cap = cap;
    }
    memcpy(found.cti, c->cti, sizeof found.cti);
    w->certificates[w->certificates_n++] = found;
    return TBC_OK;
}

static enum tbc_err
read_certificates(struct reading *r)
{
    struct tbc_store_certificate c;
    uint8_t cti[TBC_CTI_LEN];
    enum tbc_err err = tbc_store_certificate_next(r->store, NULL, &c);

    while (err == TBC_OK && (err = keep_certificate(r, &c)) == TBC_OK) {
        memcpy(cti, c.cti, sizeof cti);
        err = tbc_store_certificate_next(r->store, cti, &c);
    }
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

static int
by_cti(const void *key, const void *row)
{
    const struct ledger_certificate *c = row;

    return memcmp(key, c->cti, sizeof c->cti);
}

/* Which of the ledger's kinds a leaf records. */
static enum ledger_kind
kind_of(const struct tbc_leaf *leaf)
{
    if (tbc_leaf_is_issue(leaf)) {
        return LEDGER_ISSUE;
    }
    if (leaf->kind == TBC_LEAF_REVOKE) {
        return LEDGER_REVOKE;
    }
    if (leaf->kind == TBC_LEAF_ENTER) {
        return LEDGER_ENTER;
    }
    return leaf->kind == TBC_LEAF_LOOKUP && strcmp(leaf->word, "FINE") == 0
               ? LEDGER_LOOK
               : LEDGER_KINDS;
}

static enum tbc_err
count_leaf(struct world *w, const struct tbc_journal_row *row)
{
    struct ledger_certificate *c;
    struct tbc_leaf leaf;
    enum ledger_kind kind;
    enum tbc_err err = tbc_leaf_decode(&leaf, tbc_span_of(row->bytes, row->len), NULL);

    if (err != TBC_OK || (kind = kind_of(&leaf)) == LEDGER_KINDS || !leaf.has_cti) {
        return err;
    }
    c = bsearch(leaf.cti, w->certificates, w->certificates_n, sizeof *c, by_cti);
    if (c == NULL) {
        return TBC_ERR_CORRUPT; /* a leaf of a certificate that is not there */
    }
    c->leaves[kind]++;
    return TBC_OK;
}

static enum tbc_err
read_leaves(struct reading *r)
{
    static struct tbc_journal_row rows[PAGE];
    uint64_t from = 0;
    size_t n;
    enum tbc_err err;

    do {
        err = tbc_journal_page(r->store, from, rows, PAGE, &n);
        for (size_t i = 0; i < n && err == TBC_OK; i++) {
            err = count_leaf(r->world, &rows[i]);
        }
        from += n;
    } while (err == TBC_OK && n > 0);
    return err;
}

/* How many people of an import are there, each with the one ticket. */
static enum tbc_err
read_import(struct reading *r, const struct ledger_fact *f, unsigned *people)
{
    static struct tbc_store_person person;
    enum tbc_err err = TBC_OK;

    for (uint32_t i = f->subject; i < f->subject + LEDGER_PEOPLE && err == TBC_OK;
         i++) {
        struct tbc_trip trips[TBC_WIRE_TRIPS_MAX];
        size_t n;

        err = tbc_store_person_get(r->store, r->blinds[i], &person);
        tbc_wipe(&person, sizeof person);
        if (err == TBC_ERR_NOT_FOUND) {
            err = TBC_OK;
            continue;
        }
        if (err == TBC_OK) {
            err = tbc_store_trips(r->store, r->blinds[i], (struct tbc_utc){ 0 },
                                  (struct tbc_utc){ INT64_C(1) << 40 }, trips, &n);
            *people += n > 1 ? LEDGER_PEOPLE + 1 : (unsigned)n;
        }
    }
    return err;
}

static enum tbc_err
read_facts(struct reading *r)
{
    static struct tbc_store_device devices[DEVICES_MAX];
    size_t devices_n = 0;
    enum tbc_err err = tbc_store_devices(r->store, devices, DEVICES_MAX, &devices_n);

    for (size_t i = 0; i < r->ledger->n && err == TBC_OK; i++) {
        const struct ledger_fact *f = &r->ledger->facts[i];

        if (f->kind == LEDGER_IMPORT) {
            err = read_import(r, f, &r->world->stands[i]);
        } else if (f->kind == LEDGER_ENTER) {
            struct tbc_store_entry entry;

            err = tbc_store_entry_get(r->store, f->name, &entry);
            r->world->stands[i] = err == TBC_OK ? 1 : 0;
            err = err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
        } else if (f->kind == LEDGER_DEVICE) {
            char name[TBC_WIRE_WORD_MAX + 1];

            world_device(f->subject, name);
            for (size_t k = 0; k < devices_n; k++) {
                r->world->stands[i] += strcmp(devices[k].row.name, name) == 0;
            }
        }
    }
    return err;
}

enum tbc_err
world_read(struct world *w, const char *data, const struct ledger *l, uint32_t people)
{
    struct reading r = { .world = w, .ledger = l, .people = people };
    uint8_t key[TBC_SEAL_KEY_LEN];
    char path[512];
    enum tbc_err err;

    memset(w, 0, sizeof *w);
    (void)snprintf(path, sizeof path, "%s/sealing.key", data);
    if ((err = tbc_secret_read(path, key, sizeof key)) != TBC_OK) {
        return err;
    }
    (void)snprintf(path, sizeof path, "%s/station.db", data);
    if ((w->stands = calloc(l->n + 1, sizeof *w->stands)) == NULL) {
        err = TBC_ERR_NO_MEMORY;
    } else if ((err = tbc_store_open(&r.store, path, key, false)) == TBC_OK &&
               (err = blind_people(&r)) == TBC_OK &&
               (err = read_certificates(&r)) == TBC_OK &&
               (err = read_leaves(&r)) == TBC_OK) {
        err = read_facts(&r);
    }
    tbc_store_close(&r.store);
    free(r.blinds);
    tbc_wipe(key, sizeof key);
    return err;
}

void
world_fini(struct world *w)
{
    free(w->certificates);
    free(w->stands);
    memset(w, 0, sizeof *w);
}
