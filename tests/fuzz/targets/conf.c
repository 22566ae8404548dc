/* Configuration, device and theme files.  What was read can be written and reads back as the same; a
 * refusal says which file; a secret is never in it; no key counts that stands there twice. */
#include "conf.h"

#include "base/text.h"
#include "fuzz.h"
#include "log_fake.h"
#include "options.h"
#include "sys/device.h"
#include "ui/theme.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_LEN 32

/* A file in memory that nobody else can read; its name into path.  Returns the descriptor. */
static int
make_file(struct tbc_span text, char path[static PATH_LEN])
{
    int fd = memfd_create("conf", MFD_CLOEXEC);

    FUZZ_HOLDS(fd >= 0 && fchmod(fd, S_IRUSR | S_IWUSR) == 0 &&
               (text.len == 0 || write(fd, text.ptr, text.len) == (ssize_t)text.len));
    (void)snprintf(path, PATH_LEN, "/proc/self/fd/%d", fd);
    log_fake_clear();
    return fd;
}

static enum tbc_err
read_station(struct station_conf *conf, struct tbc_span text)
{
    char path[PATH_LEN];
    int fd = make_file(text, path);
    enum tbc_err err = station_conf_read(conf, path, NULL);

    FUZZ_HOLDS(err == TBC_OK || strstr(log_fake_line(), path) != NULL);
    (void)close(fd);
    return err;
}

static void
check_station(struct tbc_span in)
{
    struct tbc_buf once = { 0 };
    struct tbc_buf twice = { 0 };
    struct station_conf conf;
    struct station_conf again;

    if (read_station(&conf, in) == TBC_OK) {
        FUZZ_HOLDS(station_conf_fault(&conf) == NULL);
        FUZZ_HOLDS(station_conf_put(&conf, &once) == TBC_OK);
        FUZZ_HOLDS(read_station(&again, tbc_buf_span(&once)) == TBC_OK);
        FUZZ_HOLDS(station_conf_put(&again, &twice) == TBC_OK);
        FUZZ_HOLDS(fuzz_equal(&twice, tbc_buf_span(&once)));
    }
    tbc_buf_fini(&once);
    tbc_buf_fini(&twice);
}

static enum tbc_err
read_gate(struct gate_options *options, struct tbc_span text)
{
    char path[PATH_LEN];
    int fd = make_file(text, path);
    const struct gate_asked asked = { .config = path };
    enum tbc_err err = gate_options_read(options, &asked, NULL);

    FUZZ_HOLDS(err == TBC_OK || err == TBC_ERR_UNSUPPORTED ||
               strstr(log_fake_line(), path) != NULL);
    (void)close(fd);
    return err;
}

static void
check_gate(struct tbc_span in)
{
    struct tbc_buf once = { 0 };
    struct tbc_buf twice = { 0 };
    struct gate_options options;

    if (read_gate(&options, in) == TBC_OK) {
        FUZZ_HOLDS(options.device[0] != '\0' && options.data[0] != '\0');
        FUZZ_HOLDS(tbc_conf_put_file(&gate_options_table, &options, &once) == TBC_OK);
        FUZZ_HOLDS(read_gate(&options, tbc_buf_span(&once)) == TBC_OK);
        FUZZ_HOLDS(tbc_conf_put_file(&gate_options_table, &options, &twice) == TBC_OK);
        FUZZ_HOLDS(fuzz_equal(&twice, tbc_buf_span(&once)));
    }
    tbc_buf_fini(&once);
    tbc_buf_fini(&twice);
}

static enum tbc_err
read_device(struct tbc_device_file *d, struct tbc_span text)
{
    char path[PATH_LEN];
    int fd = make_file(text, path);
    enum tbc_err err = tbc_device_read(d, path);

    FUZZ_HOLDS(err == TBC_OK || strstr(log_fake_line(), path) != NULL);
    FUZZ_HOLDS(err == TBC_OK || d->secret_key[0] == '\0');
    (void)close(fd);
    return err;
}

/* As sys/device.h shows it. */
static void
put_device(const struct tbc_device_file *d, struct tbc_buf *out)
{
    (void)tbc_buf_printf(out,
                         "[device]\nname = %s\nrole = %s\npublic = %s\nsecret = %s\n"
                         "[station]\nfront = %s\nfeed = %s\nkey = %s\nroot = %s\n",
                         d->name, d->role, d->public_key, d->secret_key, d->front,
                         d->feed, d->station_key, d->root);
}

static void
check_device(struct tbc_span in)
{
    struct tbc_buf once = { 0 };
    struct tbc_buf twice = { 0 };
    struct tbc_device_file d;
    struct tbc_device_file again;

    if (read_device(&d, in) == TBC_OK) {
        put_device(&d, &once);
        FUZZ_HOLDS(read_device(&again, tbc_buf_span(&once)) == TBC_OK);
        put_device(&again, &twice);
        FUZZ_HOLDS(fuzz_equal(&twice, tbc_buf_span(&once)));
    }
    tbc_buf_fini(&once);
    tbc_buf_fini(&twice);
}

/* A device file as a station writes it is read, whatever key it pins. */
static void
check_root(struct tbc_span in)
{
    static const struct tbc_device_file some = {
        .name = "gate-1",
        .role = "gate",
        .public_key = "0123456789abcdefghijklmnopqrstuvwxyzABCD",
        .secret_key = "0123456789abcdefghijklmnopqrstuvwxyzABCD",
        .front = "tcp://127.0.0.1:7710",
        .feed = "tcp://127.0.0.1:7711",
        .station_key = "0123456789abcdefghijklmnopqrstuvwxyzABCD",
    };
    struct tbc_device_file d = some;
    struct tbc_device_file again;
    struct tbc_buf root;
    struct tbc_buf text = { 0 };

    tbc_buf_init_fixed(&root, d.root, sizeof d.root);
    FUZZ_HOLDS(tbc_hex_encode(tbc_span_sub(in, 0, TBC_ROOT_HEX_MAX / 2), &root) ==
               TBC_OK);
    put_device(&d, &text);
    FUZZ_HOLDS(read_device(&again, tbc_buf_span(&text)) == TBC_OK);
    FUZZ_HOLDS(strcmp(d.root, again.root) == 0);
    tbc_buf_fini(&text);
}

static enum tbc_err
read_theme(struct tbc_theme *theme, struct tbc_span text)
{
    struct tbc_buf why = { 0 };
    char path[PATH_LEN];
    int fd = make_file(text, path);
    enum tbc_err err = tbc_theme_read(theme, path, &why);
    const char *line = tbc_buf_str(&why);

    FUZZ_HOLDS(err == TBC_OK ? why.len == 0
                             : line != NULL && strstr(line, path) != NULL);
    tbc_buf_fini(&why);
    (void)close(fd);
    return err;
}

static void
check_theme(struct tbc_span in)
{
    static struct tbc_theme theme;
    struct tbc_buf twice = { 0 };

    if (read_theme(&theme, in) == TBC_OK) {
        FUZZ_HOLDS(theme.is.touch_control >= 0 && theme.panel[0].width_mm > 0);
        (void)tbc_buf_append_span(&twice, in);
        (void)tbc_buf_append_str(&twice, "\n[panel.gate_10]\npx = 10 10\n");
        FUZZ_HOLDS(read_theme(&theme, tbc_buf_span(&twice)) == TBC_ERR_MALFORMED);
    } else {
        FUZZ_HOLDS(theme.panel[0].width_px == 0);
    }
    tbc_buf_fini(&twice);
}

void
fuzz_target(struct tbc_span in)
{
    check_station(in);
    check_gate(in);
    check_device(in);
    check_root(in);
    check_theme(in);
}
