/* Where a wire ends, in the words of a command line:
 *
 *     file:PATH                            the first byte is '1' or '0', as in a GPIO's sysfs value
 *     serial:DEVICE[,RELAY...]             a relay board with CH340; the relays count from 1
 *     gpio:CHIP,LINE[,LINE...]             a line by its offset; CHIP by name, number, label or path
 *     modbus:tcp:HOST:PORT,UNIT,POINT...   a coil or discrete input by its address from 0;
 *                                          [HOST] for an IPv6 address
 *     modbus:rtu:DEVICE,BAUD,UNIT,POINT... the same on a serial line, 8N1; 9600E for 8E1, 9600O for 8O1
 *
 * Behind each may stand ",active-low": 0 on the wire is on.  Pure. */
#ifndef TBC_PORT_SPEC_H
#define TBC_PORT_SPEC_H

#include "base/buf.h"

#define TBC_PORT_POINTS_MAX 4
#define TBC_PORT_NAME_SIZE  256

enum tbc_port_kind {
    TBC_PORT_FILE,
    TBC_PORT_SERIAL,
    TBC_PORT_GPIO,
    TBC_PORT_MODBUS_TCP,
    TBC_PORT_MODBUS_RTU
};

struct tbc_port_spec {
    enum tbc_port_kind kind;
    char name[TBC_PORT_NAME_SIZE]; /* path, chip, device or host */
    char service[8];               /* TCP: "502" */
    int baud;                      /* RTU */
    char parity;                   /* RTU: 'N', 'E' or 'O' */
    int unit;                      /* Modbus, 1..247; TCP also 255 */
    unsigned point[TBC_PORT_POINTS_MAX];
    size_t points_n; /* a file has one, unnamed */
    bool active_low;
};

/* points_n: how many points the caller drives or reads, 1..TBC_PORT_POINTS_MAX; a relay board that
 * names none has its first ones.  why: one line, appended on error, that shows the form.
 * Errors: ERR_UNSUPPORTED (no such kind), ERR_MALFORMED. */
enum tbc_err tbc_port_parse(struct tbc_port_spec *spec, const char *text,
                            size_t points_n, struct tbc_buf *why) TBC_MUST_CHECK;

#endif
