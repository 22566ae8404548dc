/* A railway of one station made by hand: keys, lists, a manifest of many tickets, certificates of its
 * passengers, and the journal of a gate that was told of all this before its station fell silent. */
#ifndef TBC_BENCH_RAILWAY_H
#define TBC_BENCH_RAILWAY_H

#include "codec/manifest.h"
#include "crypto/key.h"

#define RAILWAY_TEXT 768
#define RAILWAY_PATH 160

struct railway {
    char folder[RAILWAY_PATH];
    char device[RAILWAY_PATH]; /* the gate's file */
    char data[RAILWAY_PATH];   /* its folder */
    struct tbc_key *root;
    struct tbc_key *station;
    struct tbc_key *phone;
    struct tbc_manifest manifest;
    uint32_t passengers; /* that have a certificate so far */
};

/* tickets: rows of the manifest; the first passengers of railway_code have theirs among them.  Fails
 * the running test, fatally, when anything goes wrong. */
void railway_make(struct railway *r, size_t tickets);
void railway_free(struct railway *r);

/* The code of the next passenger, with a newline; live: a proof of now by a phone around it. */
void railway_code(struct railway *r, bool live, char text[static RAILWAY_TEXT]);

#endif
