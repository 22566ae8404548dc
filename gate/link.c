#include "link.h"

static bool
is_beating(const struct gate_link *link, struct tbc_mono now)
{
    return link->heard && now.ms - link->last.ms < GATE_SILENCE_MS;
}

void
gate_link_hear(struct gate_link *link, uint64_t number, bool is_beat,
               struct tbc_mono now)
{
    link->heard = true;
    link->last = now;
    if (is_beat ? number != link->number : number != link->number + 1) {
        link->current = false; /* missed some, or the station began anew */
    }
    link->number = number;
}

void
gate_link_greet(struct gate_link *link, struct tbc_mono now)
{
    link->greeted = true;
    link->greeted_at = now;
}

void
gate_link_catch_up(struct gate_link *link, uint64_t number)
{
    if (number >= link->number) { /* else a notice came while the answer travelled */
        link->current = true;
        link->number = number;
    }
}

void
gate_link_miss(struct gate_link *link)
{
    link->current = false;
}

bool
gate_link_tick(struct gate_link *link, struct tbc_mono now)
{
    enum gate_mode before = link->mode;

    if (!is_beating(link, now)) {
        link->mode = GATE_OFFLINE;
        link->greeted = false;
        link->current = false;
    } else if (link->greeted && link->current) {
        link->mode = GATE_ONLINE;
    }
    return link->mode != before;
}

bool
gate_link_wants_hello(const struct gate_link *link, struct tbc_mono now)
{
    return is_beating(link, now) &&
           (!link->greeted || now.ms - link->greeted_at.ms >= GATE_GREET_MS);
}

bool
gate_link_wants_snapshot(const struct gate_link *link, struct tbc_mono now)
{
    return is_beating(link, now) && link->greeted && !link->current;
}
