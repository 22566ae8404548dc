/* Inside of the scan floor: a folder whose new pictures are read once each. */
#ifndef TBC_SCAN_WATCH_H
#define TBC_SCAN_WATCH_H

#include "scan/scan.h"

struct tbc_watch; /* opaque */

enum tbc_err tbc_watch_open(struct tbc_watch **watch, const char *folder,
                            const char **why) TBC_MUST_CHECK;
void tbc_watch_close(struct tbc_watch **watch);
int tbc_watch_fd(const struct tbc_watch *watch);

/* As tbc_scan_next. */
enum tbc_err
tbc_watch_next(struct tbc_watch *watch, struct tbc_scan_text *text) TBC_MUST_CHECK;

#endif
