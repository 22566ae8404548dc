#include "watch.h"

void
gate_watch_told(struct gate_watch *watch, struct tbc_utc station, struct tbc_mono at)
{
    watch->has_station = station.s > 0;
    watch->station = station;
    watch->station_at = at;
}

void
gate_watch_raise(struct gate_watch *watch, struct tbc_utc at)
{
    if (at.s > watch->floor.s) {
        watch->floor = at;
    }
}

enum gate_clock
gate_watch_now(struct gate_watch *watch, struct tbc_utc local, struct tbc_mono mono,
               struct tbc_utc *now)
{
    struct tbc_utc station = {
        watch->station.s + (mono.ms - watch->station_at.ms) / 1000,
    };
    bool too_low = local.s < watch->floor.s - GATE_CLOCK_BACK_S;
    bool off = watch->has_station && (local.s < station.s - GATE_CLOCK_OFF_S ||
                                      local.s > station.s + GATE_CLOCK_OFF_S);

    if (!too_low && !off) {
        *now = local;
        gate_watch_raise(watch, local);
        return GATE_CLOCK_RIGHT;
    }
    if (watch->has_station) {
        *now = station;
        gate_watch_raise(watch, station);
        return GATE_CLOCK_WRONG;
    }
    *now = watch->floor;
    return GATE_CLOCK_LOST;
}
