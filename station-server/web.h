/* /healthz, /readyz and /metrics of the station, and its line of status. */
#ifndef STATION_WEB_H
#define STATION_WEB_H

#include "base/when.h"

struct station;

/* Listen; signals must be blocked.  An address that cannot be had is logged, and the station goes
 * on without. */
void station_web_open(struct station *st);
/* The address with the port that was picked, or "off". */
const char *station_web_address(const struct station *st);
/* Make the pages anew: each second, and when something has changed. */
void station_web_renew(struct station *st, struct tbc_utc now);
void station_web_fini(struct station *st);

#endif
