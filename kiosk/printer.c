#include "printer.h"

#include "sys/file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_LIMIT 1024
#define SLIP_MODE  0600 /* it bears a masked name */

enum tbc_err
kiosk_printer_open(struct kiosk_printer *printer, const char *name, struct tbc_buf *why)
{
    struct stat st;

    *printer = (struct kiosk_printer){ 0 };
    if (strcmp(name, "none") == 0) {
        return TBC_OK;
    }
    if (strncmp(name, "file:", 5) != 0 || name[5] == '\0') {
        (void)tbc_buf_printf(why, "--printer %s: it is file:DIR or none", name);
        return TBC_ERR_MALFORMED;
    }
    if (stat(name + 5, &st) < 0 || !S_ISDIR(st.st_mode)) {
        (void)tbc_buf_printf(why, "--printer %s: there is no such folder", name);
        return TBC_ERR_NOT_FOUND;
    }
    printer->folder = name + 5;
    return TBC_OK;
}

bool
kiosk_printer_has_paper(const struct kiosk_printer *printer)
{
    char path[PATH_LIMIT];
    int len;

    if (printer->folder == NULL) {
        return false;
    }
    len = snprintf(path, sizeof path, "%s/paper-out", printer->folder);
    return len > 0 && len < PATH_LIMIT && access(path, F_OK) != 0;
}

enum tbc_err
kiosk_printer_print(struct kiosk_printer *printer, const struct tbc_picture *slip,
                    const char *kind, struct tbc_utc now, struct tbc_buf *path)
{
    struct tbc_civil t = tbc_utc_civil(now, 0);
    struct tbc_buf png = { 0 };
    char name[PATH_LIMIT];
    enum tbc_err err;

    if (!kiosk_printer_has_paper(printer)) {
        return TBC_ERR_NOT_FOUND;
    }
    (void)snprintf(name, sizeof name, "%s/slip-%04d%02d%02dT%02d%02d%02dZ-%04u-%s.png",
                   printer->folder, t.year, t.month, t.day, t.hour, t.minute, t.second,
                   ++printer->printed, kind);
    if ((err = tbc_picture_encode_png(slip, &png)) != TBC_OK ||
        (err = tbc_file_write(name, tbc_buf_span(&png), SLIP_MODE)) != TBC_OK) {
        goto out;
    }
    if (path != NULL) {
        err = tbc_buf_append_str(path, name);
    }
    if (err == TBC_OK && !kiosk_printer_has_paper(printer)) {
        err = TBC_ERR_NOT_FOUND;
    }
out:
    tbc_buf_fini(&png);
    return err;
}
