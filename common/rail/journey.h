/* A trip on a ticket, as the confirm screen shows it and the gate's manifest carries it. */
#ifndef TBC_RAIL_JOURNEY_H
#define TBC_RAIL_JOURNEY_H

#include "base/when.h"

#include <stdbool.h>

#define TBC_TELECODE_MAX 7 /* three letters inside China ("VNP"); room for others */
#define TBC_TRAIN_MAX    11
#define TBC_PLACE_MAX    47 /* a station's name, bytes of UTF-8 */
#define TBC_SEAT_MAX     23
#define TBC_PLATFORM_MAX 7

/* 1..TBC_TELECODE_MAX capital letters and digits. */
bool tbc_telecode_is_valid(const char *s);

struct tbc_trip {
    char train[TBC_TRAIN_MAX + 1];   /* "G1207" */
    char from[TBC_TELECODE_MAX + 1]; /* telecode */
    char to[TBC_TELECODE_MAX + 1];   /* telecode */
    char from_zh[TBC_PLACE_MAX + 1]; /* "云州南" */
    char from_en[TBC_PLACE_MAX + 1]; /* "Yunzhou South" */
    char to_zh[TBC_PLACE_MAX + 1];
    char to_en[TBC_PLACE_MAX + 1];
    char seat[TBC_SEAT_MAX + 1];         /* "05-12F": coach, seat; empty: none */
    char platform[TBC_PLATFORM_MAX + 1]; /* "6"; empty: not known yet */
    struct tbc_utc depart;
};

#endif
