/* The keys of the pseudonyms in certificates and manifests, and how one follows another.
 *
 * Every day of the railway has one key, so that a certificate and the manifest's row for its holder
 * always meet.  A next key serves from a day on that no manifest of before its announcement reaches:
 * whichever manifest a gate has, it was made with the right key.  The old key stays until the last
 * certificate under it has expired, and is then overwritten.
 *
 * The keys stand in the store, sealed, where all processes of the station find them; pseudonym.key
 * of the folder is the one of the present day. */
#ifndef STATION_PSEUDONYM_H
#define STATION_PSEUDONYM_H

#include "rail/cert.h"
#include "setup.h"
#include "store/store.h"

#define STATION_PSEUDONYM_LEN 32

struct station_pseudonyms {
    struct tbc_store *store; /* borrowed */
    char data[STATION_PATH_MAX];
    bool is_shared;                      /* other processes may be on the store */
    uint8_t file[STATION_PSEUDONYM_LEN]; /* what pseudonym.key says */
    uint8_t
        steady[STATION_PSEUDONYM_LEN]; /* made of the first key, and never changed */
    uint8_t key[STATION_PSEUDONYM_LEN];
    uint8_t next[STATION_PSEUDONYM_LEN]; /* when has_next */
    bool has_next;
    int64_t from_day; /* the next key serves from this day on */
    uint64_t version; /* of the store's keys, as they were last read */
};

/* The keys of the store, or pseudonym.key as its first.  Where no other process has the store, a file
 * of a key that it does not know, as after the restore of an older backup, is believed. */
enum tbc_err
station_pseudonyms_open(struct station_pseudonyms *p, struct tbc_store *store,
                        const char *data, bool is_shared) TBC_MUST_CHECK;
void station_pseudonyms_fini(struct station_pseudonyms *p);

/* At the start and at SIGHUP: announce pseudonym-next.key, when it is there and new. */
enum tbc_err station_pseudonyms_change(struct station_pseudonyms *p,
                                       struct tbc_utc now) TBC_MUST_CHECK;
/* At each beat, outside of transactions: take over what other processes have announced, keep
 * pseudonym.key, and drop the old key in its time; *dropped is then true, and the database's files
 * still hold it.  validity_s: of certificates. */
enum tbc_err station_pseudonyms_tend(struct station_pseudonyms *p, struct tbc_utc now,
                                     int64_t validity_s, bool *dropped) TBC_MUST_CHECK;

/* The key of that day; borrowed until the next call of the above. */
struct tbc_span station_pseudonym_key(const struct station_pseudonyms *p, int64_t day);
/* As tbc_pseudonym, with the key of that day. */
enum tbc_err station_pseudonym(const struct station_pseudonyms *p, int64_t day,
                               enum tbc_doc_kind kind, const char *number,
                               uint8_t out[static TBC_HOLDER_LEN]) TBC_MUST_CHECK;

#endif
