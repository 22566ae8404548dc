/* The two clocks, read here and nowhere else; everything below this floor is given "now". */
#ifndef TBC_SYS_CLOCK_H
#define TBC_SYS_CLOCK_H

#include "base/when.h"

struct tbc_utc tbc_clock_utc(void);
struct tbc_mono tbc_clock_mono(void);
/* The same clock in microseconds, for figures. */
int64_t tbc_clock_us(void);

#endif
