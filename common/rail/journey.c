#include "rail/journey.h"

#include <string.h>

bool
tbc_telecode_is_valid(const char *s)
{
    size_t len = strlen(s);

    return len > 0 && len <= TBC_TELECODE_MAX &&
           strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == len;
}
