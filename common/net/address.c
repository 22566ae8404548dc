#include "net/client.h"

#include <stdlib.h>
#include <string.h>

#define PORT_MAX 65535

/* libzmq takes 70000 and listens on 4464: ports are judged here. */
bool
tbc_address_is_valid(const char *address)
{
    const char *colon = strrchr(address, ':');
    char *end = NULL;
    long port;

    if (strncmp(address, "tcp://", 6) != 0 || strlen(address) > TBC_ADDRESS_MAX ||
        colon < address + 7) {
        return false;
    }
    if (strcmp(colon + 1, "*") == 0) {
        return true;
    }
    if (colon[1] < '0' || colon[1] > '9') {
        return false;
    }
    port = strtol(colon + 1, &end, 10);
    return *end == '\0' && port <= PORT_MAX;
}

bool
tbc_address_has_host(const char *address)
{
    static const char *const everywhere[] = { "tcp://*:", "tcp://0.0.0.0:",
                                              "tcp://[::]:" };

    for (size_t i = 0; i < sizeof everywhere / sizeof *everywhere; i++) {
        if (strncmp(address, everywhere[i], strlen(everywhere[i])) == 0) {
            return false;
        }
    }
    return tbc_address_is_valid(address);
}
