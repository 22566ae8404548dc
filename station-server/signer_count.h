/* The signer's own count of certificates, in a small file that only it writes:
 *
 *     let 00000000000000002048 signed 00000000000000001503 doubt 00000000000000000000 floor ... boot ...
 *
 * signed is written before each signature leaves, and survives every death of the process; let is on the
 * disk, synced, before that many are signed, a block at a time, and survives the loss of power.  After
 * one, the count goes on from let, and what may never have been signed is added to doubt.  floor is the
 * latest time of a certificate. */
#ifndef STATION_SIGNER_COUNT_H
#define STATION_SIGNER_COUNT_H

#include "base/err.h"
#include "base/when.h"

#include <stdint.h>

#define SIGNER_COUNT_BLOCK    1024
#define SIGNER_COUNT_FILE_MAX 256
#define SIGNER_BOOT_LEN       36

struct signer_count {
    int fd; /* open while the process lives; -1: none */
    uint64_t let;
    uint64_t signed_n;
    uint64_t doubt;
    struct tbc_utc floor;
    char boot[SIGNER_BOOT_LEN + 1]; /* which start of the machine this is */
    uint64_t synced; /* let, as this process knows it to be on the disk */
};

/* Open the file, made when it is not there, and read it.
 *   boot   this start of the machine (SIGNER_BOOT_LEN characters), or "" when nobody knows
 * Errors: ERR_CORRUPT (not what is above), ERR_IO, ERR_DENIED. */
enum tbc_err signer_count_open(struct signer_count *count, const char *path,
                               const char *boot) TBC_MUST_CHECK;

/* n more are going to be signed: written, and synced where it must be.  ERR_IO: sign nothing. */
enum tbc_err signer_count_add(struct signer_count *count, uint64_t n,
                              struct tbc_utc floor) TBC_MUST_CHECK;

/* The end: let is what was signed.  Whatever does not work leaves the file as it was. */
void signer_count_close(struct signer_count *count);

#endif
