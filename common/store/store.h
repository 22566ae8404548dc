/* What a station remembers: operations, no SQL.  Inside is a database behind store/sql.h.
 *
 * Personal data leave this module only in the structs below; on disk they are sealed field by
 * field (AES-256-GCM; associated data: table|column|row id) under a random key of that person,
 * which is sealed under the sealing key; and people are found by a blind index, an HMAC of document
 * kind and number under a key derived from the sealing key.
 *
 * Every change belongs to a transaction: begin, then for each request mark, changes, keep or undo,
 * and one commit for all of them.  What commit has not acknowledged did not happen. */
#ifndef TBC_STORE_STORE_H
#define TBC_STORE_STORE_H

#include "base/buf.h"
#include "codec/wire.h"
#include "crypto/seal.h"
#include "rail/cert.h"

#include <poll.h>

#define TBC_BLIND_LEN        32
#define TBC_STORE_DIGEST_LEN 32

struct tbc_store; /* opaque */

/* Open the database at where: postgresql://HOST/DATABASE, or the path of an SQLite file.  With make
 * its tables are made (ERR_EXISTS when there are some), else older ones are brought up to date.
 * Logs what is wrong.  Errors: as tbc_sql_open.
 *
 * Of several processes on one PostgreSQL, one has a transaction at a time: begin waits for the
 * others, so that what a transaction has read stays true until its commit.
 *
 * ERR_NETWORK, ERR_TIMEOUT, ERR_BUSY and ERR_IO of any function pass: roll back, tell nobody that it
 * happened, and begin again later; begin looks for the database anew. */
enum tbc_err
tbc_store_open(struct tbc_store **store, const char *where,
               const uint8_t key[static TBC_SEAL_KEY_LEN], bool make) TBC_MUST_CHECK;
void tbc_store_close(struct tbc_store **store);

enum tbc_err tbc_store_begin(struct tbc_store *s) TBC_MUST_CHECK;
enum tbc_err tbc_store_commit(struct tbc_store *s) TBC_MUST_CHECK;
void tbc_store_rollback(struct tbc_store *s);
/* When nobody waits: what the driver has put off, its log above all.  A second of rest is enough
 * for an hour of a station's work.  Errors as commit. */
enum tbc_err tbc_store_rest(struct tbc_store *s) TBC_MUST_CHECK;
/* After each transaction under load, when its replies have left: as much of that as keeps pace. */
enum tbc_err tbc_store_tend(struct tbc_store *s) TBC_MUST_CHECK;
/* One request's share of the transaction. */
enum tbc_err tbc_store_mark(struct tbc_store *s) TBC_MUST_CHECK;
enum tbc_err tbc_store_keep(struct tbc_store *s) TBC_MUST_CHECK;
enum tbc_err tbc_store_undo(struct tbc_store *s) TBC_MUST_CHECK;

/* Changing the sealing key while the store is in use.  Rows say under which of two keys they are;
 * what is written is sealed under the next from the beginning on, and bites of max rows of a kind
 * take over the rest, until done: then the next is the key, and its file may replace the other.
 * Begin also continues one that was broken off: ERR_CORRUPT, logged, when next is another key than
 * it began with.  The blind index keeps its key, sealed. */
enum tbc_err
tbc_store_rekey_begin(struct tbc_store *s,
                      const uint8_t next[static TBC_SEAL_KEY_LEN]) TBC_MUST_CHECK;
enum tbc_err
tbc_store_rekey_bite(struct tbc_store *s, size_t max, bool *done) TBC_MUST_CHECK;
/* After the file was replaced; also at a start that finds it replaced.  ERR_CORRUPT, logged: the
 * store's key is not the one to which it was changed. */
enum tbc_err tbc_store_rekey_end(struct tbc_store *s) TBC_MUST_CHECK;
/* Whether one has begun and not ended. */
enum tbc_err tbc_store_rekey_pending(struct tbc_store *s, bool *pending) TBC_MUST_CHECK;

/* While a server is waited for longer than a moment, waited_ms by now: wait for fd, at most ms, and serve
 * others, who may ask nothing of this store.  NULL: none.  A file is never waited for. */
typedef void (*tbc_store_patience)(void *arg, struct pollfd *fd, int ms,
                                   int64_t waited_ms);
void tbc_store_be_patient(struct tbc_store *s, tbc_store_patience patience, void *arg);

/* Versions and high-water marks by name; 0 when never set. */
enum tbc_err
tbc_store_get(struct tbc_store *s, const char *name, uint64_t *value) TBC_MUST_CHECK;
enum tbc_err
tbc_store_set(struct tbc_store *s, const char *name, uint64_t value) TBC_MUST_CHECK;

/* Secrets of the station itself, which all processes on this store share, sealed under its sealing
 * key; those of before are overwritten.  ERR_NOT_FOUND; ERR_CORRUPT, logged, when it does not open. */
#define TBC_STORE_PSEUDONYM "pseudonym"
enum tbc_err tbc_store_secret_get(struct tbc_store *s, const char *name,
                                  struct tbc_buf *plain) TBC_MUST_CHECK;
enum tbc_err tbc_store_secret_put(struct tbc_store *s, const char *name,
                                  struct tbc_span plain) TBC_MUST_CHECK;

/* Of leaves of the journal, by restores of backups that were older than what was restored. */
#define TBC_STORE_LOST "lost"

/* The fleet.  The number of this name rises with every device that is added, revoked
 * or found elsewhere. */
#define TBC_STORE_FLEET "fleet"

struct tbc_store_device {
    struct tbc_device_row row;
    uint8_t key[32]; /* CURVE public key */
};

/* ERR_EXISTS: the name or the key is taken, also by a revoked device. */
enum tbc_err tbc_store_device_add(struct tbc_store *s,
                                  const struct tbc_store_device *d) TBC_MUST_CHECK;
/* ERR_NOT_FOUND; revoking twice keeps the first time. */
enum tbc_err tbc_store_device_revoke(struct tbc_store *s, const char *name,
                                     struct tbc_utc at) TBC_MUST_CHECK;
enum tbc_err tbc_store_device_seen(struct tbc_store *s, const uint8_t key[static 32],
                                   struct tbc_utc at) TBC_MUST_CHECK;
/* Where its peers reach it; "": nowhere.  ERR_NOT_FOUND. */
enum tbc_err tbc_store_device_reach(struct tbc_store *s, const uint8_t key[static 32],
                                    const char *address) TBC_MUST_CHECK;
/* By name; at most max, ERR_LIMIT when there are more. */
enum tbc_err tbc_store_devices(struct tbc_store *s, struct tbc_store_device *out,
                               size_t max, size_t *n) TBC_MUST_CHECK;

/* The roster. */
struct tbc_store_person {
    enum tbc_doc_kind kind;
    char number[TBC_NUMBER_MAX + 1];
    char name[TBC_NAME_MAX + 1];
    char latin[TBC_NAME_MAX + 1];
    bool has_face;
    uint8_t face[TBC_TEMPLATE_LEN];
    struct tbc_utc until; /* the face is dropped then; { 0 }: stays */
};

enum tbc_err
tbc_store_blind(struct tbc_store *s, enum tbc_doc_kind kind, const char *number,
                uint8_t blind[static TBC_BLIND_LEN]) TBC_MUST_CHECK;
/* New or other than before: changed. */
enum tbc_err tbc_store_person_put(struct tbc_store *s, const struct tbc_store_person *p,
                                  bool *changed) TBC_MUST_CHECK;
/* ERR_NOT_FOUND, ERR_CORRUPT (a field does not open).  Wipe p when done. */
enum tbc_err
tbc_store_person_get(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
                     struct tbc_store_person *p) TBC_MUST_CHECK;

struct tbc_store_ticket {
    enum tbc_doc_kind kind;
    char number[TBC_NUMBER_MAX + 1];
    struct tbc_trip trip;
};

enum tbc_err tbc_store_ticket_put(struct tbc_store *s, const struct tbc_store_ticket *t,
                                  bool *changed) TBC_MUST_CHECK;
/* A person's trips that depart from..to (to excluded), by departure; the first max of them. */
enum tbc_err
tbc_store_trips(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
                struct tbc_utc from, struct tbc_utc to,
                struct tbc_trip trips[static TBC_WIRE_TRIPS_MAX],
                size_t *n) TBC_MUST_CHECK;
/* Everyone's tickets from a station, by train and departure; stops at the first error of fn and
 * returns it. */
typedef enum tbc_err (*tbc_store_ticket_fn)(void *arg,
                                            const struct tbc_store_ticket *ticket);
enum tbc_err tbc_store_departing(struct tbc_store *s, const char *station,
                                 struct tbc_utc from, struct tbc_utc to,
                                 tbc_store_ticket_fn fn, void *arg) TBC_MUST_CHECK;

/* Certificates. */
struct tbc_store_certificate {
    uint8_t cti[TBC_CTI_LEN];
    uint8_t blind[TBC_BLIND_LEN]; /* of the holder */
    uint64_t status_idx;
    struct tbc_utc issued;
    struct tbc_utc expires;
    enum tbc_medium medium;
    char device[TBC_WIRE_WORD_MAX + 1];  /* that issued it */
    char officer[TBC_WIRE_WORD_MAX + 1]; /* who approved; "" when a face was compared */
    char why[TBC_WIRE_WORD_MAX + 1];     /* the officer's reason */
    uint8_t bytes[TBC_LIVE_MAX];
    size_t bytes_len;
    uint64_t leaf;          /* position of its issue in the journal */
    struct tbc_utc revoked; /* { 0 }: not */
    char reason[TBC_WIRE_WORD_MAX + 1];
};

/* ERR_EXISTS: the cti or the status index was used before. */
enum tbc_err
tbc_store_certificate_put(struct tbc_store *s,
                          const struct tbc_store_certificate *c) TBC_MUST_CHECK;
/* Name the leaf of one that was issued before there was a journal. */
enum tbc_err
tbc_store_certificate_link(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                           uint64_t leaf) TBC_MUST_CHECK;
enum tbc_err
tbc_store_certificate_get(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                          struct tbc_store_certificate *c) TBC_MUST_CHECK;
/* The newest of a holder that is not revoked; ERR_NOT_FOUND. */
enum tbc_err
tbc_store_certificate_newest(struct tbc_store *s,
                             const uint8_t blind[static TBC_BLIND_LEN],
                             struct tbc_store_certificate *c) TBC_MUST_CHECK;
/* The one after cti in the order of their ids, NULL for the first; ERR_NOT_FOUND at the end. */
enum tbc_err tbc_store_certificate_next(struct tbc_store *s, const uint8_t *cti,
                                        struct tbc_store_certificate *c) TBC_MUST_CHECK;
/* How many a holder was issued since. */
enum tbc_err
tbc_store_certificate_count(struct tbc_store *s,
                            const uint8_t blind[static TBC_BLIND_LEN],
                            struct tbc_utc since, uint64_t *n) TBC_MUST_CHECK;
/* ERR_NOT_FOUND; ERR_EXISTS when it is revoked already. */
enum tbc_err
tbc_store_certificate_revoke(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                             const char *reason, struct tbc_utc at) TBC_MUST_CHECK;
/* The status indices of the revoked. */
typedef enum tbc_err (*tbc_store_index_fn)(void *arg, uint64_t idx);
enum tbc_err
tbc_store_revoked(struct tbc_store *s, tbc_store_index_fn fn, void *arg) TBC_MUST_CHECK;

/* One of a holder's, in the order of their ids: the one after cti, NULL for the first;
 * ERR_NOT_FOUND at the end. */
enum tbc_err
tbc_store_certificate_of(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
                         const uint8_t *cti,
                         struct tbc_store_certificate *c) TBC_MUST_CHECK;

/* What is held about a person, by pages of TBC_WIRE_ROWS_MAX rows from the row of that number on, in the
 * order of time. */
struct tbc_store_page {
    const uint8_t *blind;
    uint64_t from;
};

enum tbc_err
tbc_store_export_tickets(struct tbc_store *s, const struct tbc_store_page *page,
                         struct tbc_trip *out, size_t *n) TBC_MUST_CHECK;
enum tbc_err
tbc_store_export_certificates(struct tbc_store *s, const struct tbc_store_page *page,
                              struct tbc_store_certificate *out,
                              size_t *n) TBC_MUST_CHECK;
enum tbc_err
tbc_store_export_entries(struct tbc_store *s, const struct tbc_store_page *page,
                         struct tbc_export_entry *out, size_t *n) TBC_MUST_CHECK;
enum tbc_err
tbc_store_export_looks(struct tbc_store *s, const struct tbc_store_page *page,
                       struct tbc_export_look *out, size_t *n) TBC_MUST_CHECK;

/* What was forgotten. */
struct tbc_store_forgotten {
    uint64_t people; /* 0 or 1: was on the roster */
    uint64_t tickets;
    uint64_t
        certificates; /* the leaf that records it counts these: the audit wants to know */
    uint64_t entries;
};

/* Forget a certificate within the open transaction: its row, its uses, looks at it, notes and
 * remembered replies.  Its leaves stay, and its place in the status list when it is revoked.
 * n is added to. */
enum tbc_err
tbc_store_certificate_forget(struct tbc_store *s, const struct tbc_store_certificate *c,
                             struct tbc_store_forgotten *n) TBC_MUST_CHECK;
/* The same for a person and all that is theirs, their own key first.  ERR_NOT_FOUND when nothing is
 * known of them. */
enum tbc_err
tbc_store_person_forget(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
                        struct tbc_store_forgotten *n) TBC_MUST_CHECK;
/* What is dropped by its age: what ended before these times. */
struct tbc_store_ages {
    struct tbc_utc tickets; /* departed */
    struct tbc_utc faces;   /* the roster's date */
    struct tbc_utc records; /* the certificate's end */
};

struct tbc_store_dropped {
    uint64_t tickets;
    uint64_t faces;
    uint64_t certificates; /* as in struct tbc_store_forgotten */
    uint64_t keys;         /* of people of whom nothing else is left */
};

/* Drop at most max rows of each kind within the open transaction; all 0: nothing is left to drop.
 * Totals are kept under the names "dropped tickets", "dropped templates" and "dropped
 * certificates". */
enum tbc_err tbc_store_sweep(struct tbc_store *s, const struct tbc_store_ages *ages,
                             size_t max, struct tbc_store_dropped *n) TBC_MUST_CHECK;

/* After the commit: nothing of what was forgotten is left in the database's files.  With a
 * PostgreSQL the server's own log keeps it until it is recycled. */
enum tbc_err tbc_store_scrub(struct tbc_store *s) TBC_MUST_CHECK;

/* Presentations at gates. */
struct tbc_store_entry {
    struct tbc_entry entry;
    char device[TBC_WIRE_WORD_MAX + 1];
    bool conflict;
    uint8_t person[TBC_BLIND_LEN]; /* whose coming or going it is; not read back */
    size_t person_len;             /* 0: nobody's, it does not count */
    bool has_round; /* no other of that person and trip has that round; not read back */
    uint64_t round;
};

/* ERR_EXISTS: the event is known, or the round is taken. */
enum tbc_err tbc_store_entry_put(struct tbc_store *s,
                                 const struct tbc_store_entry *e) TBC_MUST_CHECK;
/* The same over an event that is known: what was asked has meanwhile happened. */
enum tbc_err tbc_store_entry_replace(struct tbc_store *s,
                                     const struct tbc_store_entry *e) TBC_MUST_CHECK;
enum tbc_err
tbc_store_entry_get(struct tbc_store *s, const uint8_t event[static TBC_WIRE_ID_LEN],
                    struct tbc_store_entry *e) TBC_MUST_CHECK;
/* What is known of an event by now.  round: NULL, it has none. */
enum tbc_err
tbc_store_entry_mark(struct tbc_store *s, const uint8_t event[static TBC_WIRE_ID_LEN],
                     bool conflict, const uint64_t *round) TBC_MUST_CHECK;

/* A person's comings and goings, and what was found of each when it was last looked at. */
struct tbc_store_use {
    struct tbc_use use;
    bool conflict;
    bool has_round;
    uint64_t round;
};

/* Those since a time, the newest max of them, the newest first. */
enum tbc_err
tbc_store_uses(struct tbc_store *s, struct tbc_span person, struct tbc_utc since,
               struct tbc_store_use *uses, size_t max, size_t *n) TBC_MUST_CHECK;
enum tbc_err
tbc_store_entry_count(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                      uint64_t *n) TBC_MUST_CHECK;

/* Requests that changed something, by id: digest of what was asked, and the reply.
 *   cti  of the certificate that the reply holds, with which it is forgotten, or NULL */
enum tbc_err
tbc_store_request_get(struct tbc_store *s, const uint8_t id[static TBC_WIRE_ID_LEN],
                      uint8_t digest[static TBC_STORE_DIGEST_LEN],
                      struct tbc_buf *reply) TBC_MUST_CHECK;
enum tbc_err
tbc_store_request_put(struct tbc_store *s, const uint8_t id[static TBC_WIRE_ID_LEN],
                      const uint8_t digest[static TBC_STORE_DIGEST_LEN],
                      struct tbc_span reply, struct tbc_utc at,
                      const uint8_t *cti) TBC_MUST_CHECK;
enum tbc_err
tbc_store_request_forget(struct tbc_store *s, struct tbc_utc before) TBC_MUST_CHECK;

/* Failed face checks of a person since a time; each add counts as of at, after those since. */
enum tbc_err
tbc_store_failures(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
                   struct tbc_utc since, uint64_t *n) TBC_MUST_CHECK;
enum tbc_err
tbc_store_failure_add(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
                      struct tbc_utc since, struct tbc_utc at) TBC_MUST_CHECK;
enum tbc_err
tbc_store_failures_forget(struct tbc_store *s, struct tbc_utc before) TBC_MUST_CHECK;

/* Signed lists, for the processes that did not sign them. */
struct tbc_store_list {
    uint64_t version;
    struct tbc_utc at; /* when it was made */
    struct tbc_buf bytes;
};

enum tbc_err
tbc_store_list_put(struct tbc_store *s, const char *name, uint64_t version,
                   struct tbc_utc at, struct tbc_span bytes) TBC_MUST_CHECK;
/* The list of that name when it is newer than that version; ERR_NOT_FOUND.  The caller frees its
 * bytes. */
enum tbc_err tbc_store_list_get(struct tbc_store *s, const char *name, uint64_t than,
                                struct tbc_store_list *list) TBC_MUST_CHECK;

/* Who looked at or changed whose record, and why; kept for the holder to read. */
enum tbc_err
tbc_store_access_put(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                     const char *device, const char *reason,
                     struct tbc_utc at) TBC_MUST_CHECK;

/* Add what was issued, by channel and by medium, and what gates found, since then. */
enum tbc_err tbc_store_figures(struct tbc_store *s, struct tbc_utc since,
                               struct tbc_stats_reply *out) TBC_MUST_CHECK;
/* Figures for the operator. */
enum tbc_err tbc_store_stats(struct tbc_store *s, struct tbc_utc now,
                             struct tbc_stats_reply *out) TBC_MUST_CHECK;

#endif
