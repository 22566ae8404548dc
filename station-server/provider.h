/* Who a document number belongs to: the identity provider.  Two kinds, one interface:
 *
 *     roster   what was imported into the store; answers at once
 *     https    an authority over TLS, docs/PROVIDER.md; answers later.  Who asks hears LATER
 *              and comes again; what was answered is kept in memory for a passenger's minutes, in
 *              no file, and wiped.
 *
 * An authority gives a reference of the face, or it compares the face itself.  A reference that is a
 * photograph is never decoded here: the caller has the examiner make a template of it.
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
    bool compares;      /* the authority compares faces itself */
};

/* Longer ones are not sent to an authority. */
#define STATION_PICTURE_MAX (1u << 20)

/* Whose number it is.  Wipe it. */
struct station_identity {
    struct tbc_store_person person;
    bool
        is_compared; /* the authority has compared the picture; the person has no face here */
    int64_t permille; /* what it came to */
};

enum station_found {
    STATION_FOUND,        /* the identity is set */
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

/* picture: of who says so, for an authority that compares; empty: nobody is to be compared.  Another
 * picture is another question. */
enum station_found
station_provider_find(struct station_provider *p, const struct tbc_doc *doc,
                      struct tbc_span picture, struct tbc_mono now,
                      struct station_identity *who, enum tbc_err *why);
bool station_provider_compares(const struct station_provider *p);

/* A photograph that waits for the examiner: false when none does.  Borrowed until the next call; say
 * by which number its template will come, 0: it could not be sent and comes again. */
bool station_provider_photo(struct station_provider *p, struct tbc_span *photo,
                            size_t *which);
void
station_provider_photo_sent(struct station_provider *p, size_t which, uint64_t exam);
/* template: TBC_TEMPLATE_LEN bytes, NULL: there is no good face on it. */
void station_provider_take_template(struct station_provider *p, uint64_t exam,
                                    const uint8_t *template_bytes, struct tbc_mono now);

/* To poll for reading, -1: none; and after how many ms to step anyway, -1: no need. */
int station_provider_fd(const struct station_provider *p);
int station_provider_wait_ms(const struct station_provider *p, struct tbc_mono now);
/* Take answers, try again, forget what is too old. */
void station_provider_step(struct station_provider *p, struct tbc_mono now);

#endif
