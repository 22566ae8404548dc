/* Words for the numbers inside a certificate. */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include "rail/cert.h"

static inline const char *
cli_channel_word(enum tbc_channel c)
{
    static const char *const words[] = { "?", "kiosk", "phone", "patrol", "desk" };

    return (unsigned)c < sizeof words / sizeof *words ? words[c] : words[0];
}

static inline const char *
cli_assurance_word(enum tbc_assurance a)
{
    static const char *const words[] = { "?", "officer", "passive", "active" };

    return (unsigned)a < sizeof words / sizeof *words ? words[a] : words[0];
}

static inline const char *
cli_medium_word(enum tbc_medium m)
{
    static const char *const words[] = { "?", "paper", "phone" };

    return (unsigned)m < sizeof words / sizeof *words ? words[m] : words[0];
}

#endif
