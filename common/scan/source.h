/* Inside of the scan floor: the name of a source, "serial:/dev/ttyACM0,115200,prefix=%02".  Pure. */
#ifndef TBC_SCAN_SOURCE_H
#define TBC_SCAN_SOURCE_H

#include "base/err.h"
#include "scan/trim.h"

#define TBC_SOURCE_PATH   256
#define TBC_SOURCE_DETAIL 32

struct tbc_source {
    char path[TBC_SOURCE_PATH]; /* up to the first comma */
    char detail
        [TBC_SOURCE_DETAIL]; /* the part without a name: baud, layout, size; "" is none */
    struct tbc_trim trim;    /* ",prefix=" and ",suffix=" */
};

/* What follows the kind and its colon.  ERR_UNSUPPORTED with *why a sentence for the operator. */
enum tbc_err tbc_source_parse(struct tbc_source *source, const char *name,
                              const char **why) TBC_MUST_CHECK;

#endif
