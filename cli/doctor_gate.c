/* What can be seen of a gate: its folder, device file, configuration, journal, lists, clock and wires.
 * The journal is looked at in a copy: to open it is to change it. */
#include "base/ini.h"
#include "base/text.h"
#include "codec/cose.h"
#include "codec/manifest.h"
#include "codec/statuslist.h"
#include "crypto/key.h"
#include "doctor.h"
#include "net/client.h"
#include "store/outbox.h"
#include "sys/clock.h"
#include "sys/device.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <unistd.h>

#define PATH_LEN    1024
#define CALL_MS     2000
#define JOURNAL_MAX (256u << 20)
#define STATUS_LATE (2 * 3600) /* a station signs one each hour */
#define BACK_S      60         /* below the floor, as the gate has it */

struct gate_config {
    char http[80];
    char scan[160];
    char barrier[160];
};

static bool
read_device(struct doctor *d, struct tbc_device_file *file)
{
    struct tbc_buf root = { 0 };
    struct tbc_key *key = NULL;
    bool good = tbc_device_read(file, d->device) == TBC_OK;

    if (!good) {
        doctor_add(d, DOCTOR_FAIL, "device file",
                   "chmod 600 it, or tbc device add makes another at the station",
                   "%.100s cannot be used", d->device);
        return false;
    }
    good = tbc_hex_decode(tbc_span_str(file->root), &root, NULL) == TBC_OK &&
           tbc_key_parse_public(&key, tbc_buf_span(&root)) == TBC_OK;
    if (strcmp(file->role, "gate") != 0) {
        doctor_add(d, DOCTOR_FAIL, "device file", "tbc device add --role gate",
                   "%.100s is of a %s", d->device, file->role);
    } else if (!good) {
        doctor_add(d, DOCTOR_FAIL, "device file", "tbc device add makes another",
                   "%.100s: root: not a public COSE_Key", d->device);
    } else {
        doctor_add(d, DOCTOR_OK, "device file", "", "%s, of the station at %s",
                   file->name, file->front);
    }
    tbc_key_free(&key);
    tbc_buf_fini(&root);
    return true;
}

static void
take_keys(struct tbc_span text, struct gate_config *c)
{
    const struct {
        const char *name;
        char *to;
        size_t size;
    } keys[] = { { "http", c->http, sizeof c->http },
                 { "scan", c->scan, sizeof c->scan },
                 { "barrier", c->barrier, sizeof c->barrier } };
    struct tbc_ini ini;

    tbc_ini_open(&ini, text);
    while (tbc_ini_next(&ini) == TBC_OK) {
        for (size_t i = 0; i < CLI_COUNT(keys); i++) {
            if (strcmp(ini.name, keys[i].name) == 0) {
                (void)snprintf(keys[i].to, keys[i].size, "%s", tbc_buf_str(&ini.value));
            }
        }
    }
    tbc_ini_fini(&ini);
}

static void
look_at_configuration(struct doctor *d, struct gate_config *c)
{
    const char *const options[] = { "--device", d->device,        "--data",
                                    d->data,    "--print-config", NULL };
    struct tbc_buf said = { 0 };
    int code = doctor_ask_program("tbc-gate", options, &said);

    doctor_judge_configuration(d, "tbc-gate", code, tbc_buf_str(&said));
    if (code == 0) {
        take_keys(tbc_buf_span(&said), c);
    }
    tbc_buf_fini(&said);
}

/* The device file of "serial:/dev/ttyACM0,9600". */
static void
look_at_wire(struct doctor *d, const char *name, const char *spec)
{
    static const char *const kinds[] = { "serial:", "evdev:", "gpio:", "modbus:" };
    char path[160] = "";

    for (size_t i = 0; i < CLI_COUNT(kinds); i++) {
        const size_t len = strlen(kinds[i]);

        if (strncmp(spec, kinds[i], len) == 0 && spec[len] == '/') {
            (void)snprintf(path, sizeof path, "%.*s", (int)strcspn(spec + len, ","),
                           spec + len);
        }
    }
    if (path[0] == '\0') {
        return;
    }
    doctor_add(d, access(path, F_OK) == 0 ? DOCTOR_OK : DOCTOR_FAIL, name,
               "look at its plug; /dev/serial/by-id has names that stay", "%s%s", path,
               access(path, F_OK) == 0 ? "" : " is not there");
}

/* As the gate itself, so that one also sees whether the station knows it. */
static void
look_at_station(struct doctor *d, const struct tbc_device_file *device)
{
    const struct tbc_hello in = { .software = "tbc doctor" };
    struct tbc_client *client = NULL;
    struct tbc_reply reply;
    enum tbc_err err = tbc_client_open(&client, device, false);

    if (err == TBC_OK) {
        err = tbc_client_call(client, TBC_OP_HELLO, &in, CALL_MS, &reply);
    }
    if (err == TBC_OK && reply.code == TBC_CODE_FINE) {
        doctor_add(d, DOCTOR_OK, "station", "", "%s answers and knows this gate",
                   device->front);
    } else if (err == TBC_ERR_DENIED || err == TBC_OK) {
        doctor_add(d, DOCTOR_FAIL, "station",
                   "tbc device add makes another device file",
                   "%s does not know this gate, or has revoked it", device->front);
    } else {
        doctor_add(d, DOCTOR_WARN, "station",
                   "look at network, address and port; the gate works alone meanwhile",
                   "%s does not answer", device->front);
    }
    tbc_client_close(&client);
}

/* SQLite's own locks, sec. "Locking" of its file format: whoever has the journal open holds one. */
static bool
is_in_use(const char *path)
{
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000000, .l_len = 512
    };
    int fd = open(path, O_RDWR | O_CLOEXEC);
    bool held = fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;

    if (fd >= 0) {
        (void)close(fd);
    }
    return held;
}

static enum tbc_err
copy(const char *from, const char *to)
{
    struct tbc_buf bytes = { 0 };
    enum tbc_err err = tbc_file_read(from, JOURNAL_MAX, &bytes);

    if (err == TBC_OK) {
        err = tbc_file_write(to, tbc_buf_span(&bytes), 0600);
    }
    tbc_buf_fini(&bytes);
    return err;
}

static void
look_at_status(struct doctor *d, struct tbc_span message)
{
    const struct tbc_utc now = tbc_clock_utc();
    struct tbc_statuslist list = { 0 };
    struct tbc_cose cose;
    char when[48];

    if (tbc_cose_open(&cose, message, NULL) != TBC_OK ||
        tbc_statuslist_decode(&list, cose.payload, NULL) != TBC_OK) {
        doctor_add(d, DOCTOR_FAIL, "status list", "connect the gate to its station",
                   "cannot be read");
        return;
    }
    doctor_ago(list.iat, now, when);
    doctor_add(d,
               now.s >= list.exp.s                 ? DOCTOR_FAIL
               : now.s - list.iat.s >= STATUS_LATE ? DOCTOR_WARN
                                                   : DOCTOR_OK,
               "status list", "connect the gate to its station", "was made %s%s", when,
               now.s >= list.exp.s ? " and has ended" : "");
    tbc_statuslist_fini(&list);
}

static void
look_at_manifest(struct doctor *d, struct tbc_span message)
{
    const struct tbc_utc now = tbc_clock_utc();
    struct tbc_manifest m = { 0 };
    struct tbc_cose cose;
    char when[48];

    if (tbc_cose_open(&cose, message, NULL) != TBC_OK ||
        tbc_manifest_decode(&m, cose.payload, NULL) != TBC_OK) {
        doctor_add(d, DOCTOR_FAIL, "manifest", "connect the gate to its station",
                   "cannot be read");
        return;
    }
    doctor_ago(m.exp, now, when);
    doctor_add(d, now.s >= m.exp.s ? DOCTOR_FAIL : DOCTOR_OK, "manifest",
               "connect the gate to its station", "%zu tickets of %s, %s %s", m.rows_n,
               m.station, now.s >= m.exp.s ? "ended" : "ends", when);
    tbc_manifest_fini(&m);
}

static void
look_at_trust(struct doctor *d, struct tbc_span message)
{
    struct tbc_trustlist list = { 0 };
    struct tbc_cose cose;

    if (tbc_cose_open(&cose, message, NULL) != TBC_OK ||
        tbc_trustlist_decode(&list, cose.payload, NULL) != TBC_OK) {
        doctor_add(d, DOCTOR_FAIL, "trust list", "connect the gate to its station",
                   "cannot be read");
        return;
    }
    doctor_judge_trust(d, &list, "tbc trust renew at the station, connect the gate");
    tbc_trustlist_fini(&list);
}

static void
look_at_lists(struct doctor *d, struct tbc_outbox *box)
{
    static const struct {
        const char *kept;
        const char *name;
        void (*look)(struct doctor *d, struct tbc_span message);
    } lists[] = {
        { "trust", "trust list", look_at_trust },
        { "status", "status list", look_at_status },
        { "manifest", "manifest", look_at_manifest },
    };

    for (size_t i = 0; i < CLI_COUNT(lists); i++) {
        struct tbc_buf bytes = { 0 };

        if (tbc_outbox_load(box, lists[i].kept, &bytes, NULL, NULL) == TBC_OK) {
            lists[i].look(d, tbc_buf_span(&bytes));
        } else {
            doctor_add(d, DOCTOR_FAIL, lists[i].name, "connect the gate to its station",
                       "there is none: nobody is let in");
        }
        tbc_buf_fini(&bytes);
    }
}

static void
look_at_floor(struct doctor *d, struct tbc_outbox *box)
{
    const struct tbc_utc now = tbc_clock_utc();
    uint64_t floor = 0;
    char when[48];

    if (tbc_outbox_load(box, "floor", NULL, &floor, NULL) != TBC_OK) {
        return;
    }
    doctor_ago((struct tbc_utc){ (int64_t)floor }, now, when);
    doctor_add(d, now.s + BACK_S < (int64_t)floor ? DOCTOR_FAIL : DOCTOR_OK, "clock",
               "set the clock; without its station the gate judges nobody until then",
               "the gate last knew it was %s", when);
}

static void
look_into(struct doctor *d, const char *path, const struct tbc_device_file *device)
{
    struct tbc_outbox *box = NULL;
    struct tbc_buf why = { 0 };
    uint64_t waiting = 0;
    uint64_t conflicts = 0;
    char owner[160];
    enum tbc_err err;

    (void)snprintf(owner, sizeof owner, "%s %s", device->name, device->public_key);
    err = tbc_outbox_open(&box, path, owner, &why);
    if (err != TBC_OK || tbc_outbox_count(box, &waiting, &conflicts) != TBC_OK) {
        doctor_add(d, DOCTOR_FAIL, "journal",
                   err == TBC_ERR_CONFLICT
                       ? "give the gate its own folder, or move this one away"
                       : "keep the file, move it away, look at the disk",
                   "journal.db: %s",
                   tbc_buf_str(&why) != NULL ? tbc_buf_str(&why) : tbc_err_text(err));
    } else {
        doctor_add(d, waiting > 0 ? DOCTOR_WARN : DOCTOR_OK, "journal",
                   "connect the gate, it tells the station by itself",
                   "sound, %" PRIu64 " entries to be told, %" PRIu64 " conflicts",
                   waiting, conflicts);
        look_at_lists(d, box);
        look_at_floor(d, box);
    }
    tbc_outbox_close(&box);
    tbc_buf_fini(&why);
}

/* A gate that was killed leaves the log beside the file; a copy of both is whole. */
static void
look_at_journal(struct doctor *d, const struct tbc_device_file *device)
{
    static const char *const names[] = { "journal.db", "journal.db-wal" };
    char folder[] = "/tmp/tbc-doctor-XXXXXX";
    char from[PATH_LEN];
    char to[2][64];
    enum tbc_err err = TBC_OK;

    (void)snprintf(from, sizeof from, "%s/%s", d->data, names[0]);
    if (access(from, F_OK) != 0) {
        doctor_add(d, DOCTOR_WARN, "journal", "right when the gate never ran here",
                   "no journal.db in the folder");
        return;
    }
    if ((d->runs = is_in_use(from))) {
        doctor_add(d, DOCTOR_OK, "journal", "", "in use by a running gate");
        return;
    }
    if (mkdtemp(folder) == NULL) {
        doctor_add(d, DOCTOR_UNKNOWN, "journal", "make room in /tmp", "%s",
                   strerror(errno));
        return;
    }
    for (size_t i = 0; i < CLI_COUNT(names); i++) {
        (void)snprintf(from, sizeof from, "%s/%s", d->data, names[i]);
        (void)snprintf(to[i], sizeof to[i], "%s/%s", folder, names[i]);
        err = err == TBC_OK && (i == 0 || access(from, F_OK) == 0) ? copy(from, to[i])
                                                                   : err;
    }
    if (err == TBC_OK) {
        look_into(d, to[0], device);
    } else {
        doctor_add(d, DOCTOR_UNKNOWN, "journal", "run this as the gate's user or root",
                   "journal.db: %s", tbc_err_text(err));
    }
    (void)unlink(to[1]);
    (void)unlink(to[0]);
    (void)rmdir(folder);
}

/* Whether something keeps this machine's clock: the kernel knows. */
static void
look_at_ntp(struct doctor *d)
{
    struct timex t = { 0 };
    int state = adjtimex(&t);

    if (state < 0) {
        return;
    }
    doctor_add(d,
               state == TIME_ERROR || (t.status & STA_UNSYNC) != 0 ? DOCTOR_WARN
                                                                   : DOCTOR_OK,
               "time server", "let systemd-timesyncd or chrony keep the clock",
               "the clock of this machine is %skept",
               state == TIME_ERROR || (t.status & STA_UNSYNC) != 0 ? "not " : "");
}

/* /etc/tbc/gate-1.device of /var/lib/tbc-gate/gate-1, as the unit has it. */
static void
assume_device(struct doctor *d, char *file, size_t size)
{
    const char *slash = strrchr(d->data, '/');

    if (d->device == NULL) {
        (void)snprintf(file, size, "/etc/tbc/%s.device",
                       slash == NULL ? d->data : slash + 1);
        d->device = file;
    }
}

void
doctor_look_at_gate(struct doctor *d)
{
    struct tbc_device_file device = { 0 };
    struct gate_config config = { 0 };
    static char file[PATH_LEN];

    assume_device(d, file, sizeof file);
    if (!doctor_look_at_folder(d, "say which with --gate")) {
        return;
    }
    look_at_configuration(d, &config);
    if (read_device(d, &device)) {
        look_at_journal(d, &device);
        look_at_station(d, &device);
    }
    tbc_device_fini(&device);
    doctor_look_at_disk(d, "make room: a gate without room for its journal stays shut");
    look_at_ntp(d);
    look_at_wire(d, "scanner", config.scan);
    look_at_wire(d, "barrier", config.barrier);
    (void)snprintf(d->http, sizeof d->http, "%s", config.http);
    if (d->runs) {
        doctor_look_at_ready(d);
    } else {
        doctor_look_at_ports(d);
    }
}
