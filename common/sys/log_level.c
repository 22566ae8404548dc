#include "sys/log.h"

#include <string.h>

const char *
tbc_log_level_word(enum tbc_log_level level)
{
    switch (level) {
    case TBC_LOG_ERROR:
        return "error";
    case TBC_LOG_WARN:
        return "warn";
    case TBC_LOG_INFO:
        return "info";
    case TBC_LOG_DEBUG:
        return "debug";
    }
    return "?";
}

bool
tbc_log_level_parse(const char *word, enum tbc_log_level *level)
{
    for (int i = TBC_LOG_ERROR; i <= TBC_LOG_DEBUG; i++) {
        if (strcmp(word, tbc_log_level_word((enum tbc_log_level)i)) == 0) {
            *level = (enum tbc_log_level)i;
            return true;
        }
    }
    return false;
}
