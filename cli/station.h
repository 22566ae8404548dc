/* Commands that speak to a station: which device they are, one call at a time. */
#ifndef CLI_STATION_H
#define CLI_STATION_H

#include "cli.h"
#include "codec/wire.h"
#include "net/client.h"

#define CLI_DEVICE 1002
#define CLI_OPTION_DEVICE                             \
    {                                                 \
        "device", required_argument, NULL, CLI_DEVICE \
    }

struct cli_station {
    struct tbc_device_file device;
    struct tbc_client *client;
};

/* path NULL: the variable TBC_DEVICE, else /var/lib/tbc/operator.device. */
enum cli_exit cli_station_open(struct cli_station *s, const char *path);
void cli_station_close(struct cli_station *s);

/* Ask and read the answer into out (the operation's reply struct).  What went wrong is said,
 * unless problem is given and the station answered: then it is the caller's to say.
 * CLI_NO: the station said no; CLI_MALFORMED: it could not read what was asked. */
enum cli_exit cli_station_call(struct cli_station *s, enum tbc_op op, const void *msg,
                               void *out, struct tbc_problem *problem);

/* The words of a certificate's id, 32 hexadecimal digits. */
bool cli_parse_cti(const char *text, uint8_t cti[static TBC_CTI_LEN]);

#endif
