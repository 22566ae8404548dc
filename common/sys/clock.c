#include "sys/clock.h"

#include <time.h>

struct tbc_utc
tbc_clock_utc(void)
{
    struct timespec ts = { 0 };

    (void)clock_gettime(CLOCK_REALTIME, &ts);
    return (struct tbc_utc){ .s = ts.tv_sec };
}

struct tbc_mono
tbc_clock_mono(void)
{
    struct timespec ts = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (struct tbc_mono){ .ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 };
}

int64_t
tbc_clock_us(void)
{
    struct timespec ts = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}
