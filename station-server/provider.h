/* Who a document number belongs to: the identity provider.  Two kinds, one interface:
 *
 *     roster   what was imported into the store; answers at once
 *     https    an authority over TLS, docs/PROVIDER.md; answers later.  Who asks hears LATER
 *              and comes again; what was answered is kept in memory for a passenger's minutes, in
 *              no file, and wiped.
 *
 * One thread; nothing here waits. */
#ifndef STATION_PROVIDER_H
#define STATION_PROVIDER_H

#include "store/store.h"

struct station_provider; /* opaque */

struct station_provider_options {
    const char *url; /* NULL: the roster */
    const char *ca;
    const char *cert; /* NULL: no certificate of our own */
    const char *key;
    int64_t timeout_ms; /* of one try */
    int64_t hold_s;     /* an answer is good for at most that long */
};

enum station_found {
    STATION_FOUND,        /* person is set: wipe it */
    STATION_FOUND_NOBODY, /* the provider knows no such number */
    STATION_FOUND_LATER,  /* asked; come again */
    STATION_FOUND_AWAY,   /* the provider does not answer, or not sensibly; why: of the
                             store, or TBC_OK for an authority (logged) */
};

/* The store is borrowed.  ERR_MALFORMED (logged): no https URL, no CA. */
enum tbc_err station_provider_open(struct station_provider **provider,
                                   const struct station_provider_options *options,
                                   struct tbc_store *store) TBC_MUST_CHECK;
void station_provider_close(struct station_provider **provider);

enum station_found
station_provider_find(struct station_provider *p, const struct tbc_doc *doc,
                      struct tbc_mono now, struct tbc_store_person *person,
                      enum tbc_err *why);

/* To poll for reading, -1: none; and after how many ms to step anyway, -1: no need. */
int station_provider_fd(const struct station_provider *p);
int station_provider_wait_ms(const struct station_provider *p, struct tbc_mono now);
/* Take answers, try again, forget what is too old. */
void station_provider_step(struct station_provider *p, struct tbc_mono now);

#endif
