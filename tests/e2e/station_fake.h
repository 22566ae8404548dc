/* A station for tests of devices: it answers as it is told, over real sockets of the loopback,
 * in a thread of its own. */
#ifndef TBC_TESTS_STATION_FAKE_H
#define TBC_TESTS_STATION_FAKE_H

#include "codec/wire.h"
#include "sys/device.h"

struct station_fake;

struct station_fake_plan {
    bool away;     /* answers nothing at all */
    unsigned deaf; /* mutating requests that are dropped before the first answer */
    enum tbc_code apply_code; /* of each APPLY */
    uint64_t score;
};

struct station_fake_tally {
    unsigned hello_n;
    unsigned apply_n;
    unsigned issue_n;     /* with resent ones */
    unsigned issue_ids_n; /* different ones */
    size_t frames_n;      /* of the last APPLY */
    uint64_t assurance;   /* of the last APPLY */
    char number[TBC_NUMBER_MAX + 1];
    char language[4];
};

/* device receives a kiosk's file to reach it with.  NULL when it could not be raised. */
struct station_fake *station_fake_raise(const struct station_fake_plan *plan,
                                        struct tbc_device_file *device);
/* Stop it and tell what it saw. */
struct station_fake_tally station_fake_strike(struct station_fake **station);

#endif
