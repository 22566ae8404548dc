/* The journal: what lets the gate go on when the station or the power is away. */
#include "gate.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_LEN     1024
#define KEEP_MS      60000 /* how often the floor is written */
#define KEPT_FLOOR   "floor"
#define KEPT_STATION "station"
#define KEPT_LOG     "checkpoint"
#define KEPT_OTHER   "checkpoint of another history"
#define KEPT_ROOTS   "roots"
#define KEPT_ROOM    "room"
#define ROOM_MS      5000 /* between attempts to write to a disk that was full */

static enum tbc_err
make_folder(const char *path)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST) {
        return TBC_OK;
    }
    return tbc_log_err(errno == ENOENT ? TBC_ERR_NOT_FOUND : TBC_ERR_IO,
                       "%s: cannot make the data folder", path);
}

enum tbc_err
gate_journal_open(struct gate *g)
{
    struct tbc_buf why = { 0 };
    char path[PATH_LEN];
    char owner[128];
    int len = snprintf(path, sizeof path, "%s/journal.db", g->options.data);
    enum tbc_err err;

    if (len < 0 || (size_t)len >= sizeof path) {
        return tbc_log_err(TBC_ERR_LIMIT, "--data: path");
    }
    (void)snprintf(owner, sizeof owner, "%s %s", g->device.name, g->device.public_key);
    if ((err = make_folder(g->options.data)) != TBC_OK) {
        return err;
    }
    err = tbc_outbox_open(&g->box, path, owner, &why);
    if (err != TBC_OK) {
        const char *text = tbc_buf_str(&why);

        tbc_log(TBC_LOG_ERROR, "%s: %s; the gate stays shut", path,
                text != NULL ? text : tbc_err_text(err));
    }
    tbc_buf_fini(&why);
    g->waiting = err == TBC_OK;
    if (err == TBC_OK) {
        gate_report_journal(g);
    }
    return err;
}

static void
load_station(struct gate *g)
{
    struct tbc_buf bytes = { 0 };

    if (tbc_outbox_load(g->box, KEPT_STATION, &bytes, NULL, NULL) == TBC_OK &&
        tbc_wire_read(tbc_wire_reply_shape(TBC_OP_HELLO), tbc_buf_span(&bytes),
                      &g->about, NULL) == TBC_OK) {
        gate_knowledge_told(&g->know, &g->about);
    }
    tbc_buf_fini(&bytes);
}

static void
load_roots(struct gate *g)
{
    struct tbc_buf bytes = { 0 };
    enum tbc_err err = tbc_outbox_load(g->box, KEPT_ROOTS, &bytes, NULL, NULL);

    if (err == TBC_OK) {
        err = gate_knowledge_keep_roots(&g->know, tbc_buf_span(&bytes));
    }
    if (err == TBC_ERR_CONFLICT) {
        tbc_log(TBC_LOG_INFO, "the device file pins another root than before");
    } else if (err != TBC_OK && err != TBC_ERR_NOT_FOUND) {
        tbc_log(TBC_LOG_WARN, "kept roots are of no use: %s", tbc_err_text(err));
    }
    tbc_buf_fini(&bytes);
}

/* After the trust list itself: whatever the power does in between, the roots that are kept have
 * signed the list that is kept. */
void
gate_journal_keep_roots(struct gate *g)
{
    struct tbc_buf bytes = { 0 };

    if (gate_knowledge_put_roots(&g->know, &bytes) == TBC_OK) {
        gate_journal_keep(g, KEPT_ROOTS, g->know.versions[GATE_LIST_TRUST],
                          tbc_buf_span(&bytes));
    }
    tbc_buf_fini(&bytes);
}

static void
load_list(struct gate *g, enum gate_list list)
{
    struct tbc_buf bytes = { 0 };
    struct tbc_fault fault = { 0 };
    struct tbc_utc made;
    uint64_t version;
    enum tbc_err err =
        tbc_outbox_load(g->box, gate_list_name(list), &bytes, &version, NULL);

    if (err == TBC_OK) {
        gate_knowledge_mark(&g->know, list, version);
        err = gate_knowledge_take(&g->know, list, tbc_buf_span(&bytes), g->now, &made,
                                  &fault);
        if (err == TBC_OK) {
            gate_watch_raise(&g->watch, made);
        } else {
            tbc_log(TBC_LOG_WARN, "kept %s list is of no use: %s", gate_list_name(list),
                    tbc_err_text(err));
        }
    }
    tbc_buf_fini(&bytes);
}

/* The newest checkpoint is what makes the gate a witness over its own restarts. */
static void
load_checkpoint(struct gate *g)
{
    struct tbc_buf bytes = { 0 };
    struct gate_seen seen;
    enum tbc_err err = tbc_outbox_load(g->box, KEPT_LOG, &bytes, NULL, NULL);

    if (err == TBC_OK &&
        (err = gate_witness_see(&g->witness, g->know.ring, g->know.station,
                                tbc_buf_span(&bytes), NULL, &seen)) != TBC_OK) {
        tbc_log(TBC_LOG_WARN, "kept checkpoint is of no use: %s", tbc_err_text(err));
    }
    tbc_buf_fini(&bytes);
}

void
gate_journal_load(struct gate *g)
{
    uint64_t floor = 0;

    if (tbc_outbox_load(g->box, KEPT_FLOOR, NULL, &floor, NULL) == TBC_OK) {
        gate_watch_raise(&g->watch, (struct tbc_utc){ (int64_t)floor });
    }
    g->clock = gate_watch_now(&g->watch, tbc_clock_utc(), tbc_clock_mono(), &g->now);
    load_station(g);
    load_roots(g);
    load_list(g, GATE_LIST_TRUST); /* first: it has the keys of the others */
    load_list(g, GATE_LIST_STATUS);
    load_list(g, GATE_LIST_MANIFEST);
    load_checkpoint(g);
}

static bool
opens_when_full(const struct gate *g)
{
    return strcmp(g->options.full_disk, "open") == 0;
}

/* Said once, until there is room again. */
static void
tell_full(struct gate *g)
{
    if (!g->disk_full) {
        g->disk_full = true;
        g->spare_tried = tbc_clock_mono();
        tbc_log(
            TBC_LOG_ERROR,
            "journal in %s: the disk is full; what is let in is kept in memory, and "
            "lost with the power",
            g->options.data);
        gate_say(g, "journal full");
    }
}

enum tbc_err
gate_journal_write(struct gate *g, const struct tbc_outbox_entry *row)
{
    enum tbc_err err = g->box == NULL ? TBC_ERR_IO : tbc_outbox_write(g->box, row);

    if (err != TBC_ERR_FULL || !opens_when_full(g)) {
        return err;
    }
    tell_full(g);
    err = gate_spare_put(&g->spare, row);
    return err == TBC_ERR_LIMIT ? TBC_ERR_FULL : err;
}

/* The rows aside, the oldest first, as far as there is room. */
static enum tbc_err
write_spare(struct gate *g)
{
    const struct tbc_outbox_entry *row;
    enum tbc_err err = TBC_OK;

    while (err == TBC_OK && (row = gate_spare_oldest(&g->spare)) != NULL) {
        err = tbc_outbox_write(g->box, row);
        if (err == TBC_OK || err == TBC_ERR_EXISTS) {
            gate_spare_drop(&g->spare);
            err = TBC_OK;
        }
    }
    return err;
}

/* A write that matters to nobody tells. */
bool
gate_journal_has_room(struct gate *g)
{
    enum tbc_err err;

    if (!g->disk_full) {
        return true;
    }
    err = tbc_outbox_keep(g->box, KEPT_ROOM, 0, g->now, (struct tbc_span){ 0 });
    if (err == TBC_OK) {
        err = write_spare(g);
    }
    if (err == TBC_OK) {
        g->disk_full = false;
        return true;
    }
    if (err != TBC_ERR_FULL) {
        gate_journal_failed(g, err);
    }
    return false;
}

void
gate_journal_failed(struct gate *g, enum tbc_err err)
{
    if (err == TBC_ERR_FULL && opens_when_full(g) && g->spare.n < GATE_SPARE_MAX) {
        tell_full(g);
        return; /* the journal is as it was, and goes on being read */
    }
    g->disk_full = err == TBC_ERR_FULL;
    tbc_log(TBC_LOG_ERROR, "journal in %s: %s (%s); the gate stays shut",
            g->options.data, tbc_err_text(err),
            g->box != NULL ? tbc_outbox_trouble(g->box) : "closed");
    tbc_outbox_close(&g->box); /* what the disk holds is unknown until it is reopened */
    gate_follow(g, GATE_EV_FAULT);
}

void
gate_journal_keep(struct gate *g, const char *name, uint64_t version,
                  struct tbc_span bytes)
{
    enum tbc_err err;

    if (g->box == NULL) {
        return;
    }
    err = tbc_outbox_keep(g->box, name, version, g->now, bytes);
    if (err == TBC_ERR_RANGE) {
        tbc_log(TBC_LOG_WARN, "%s: an older version than is kept, left out", name);
    } else if (err != TBC_OK) {
        gate_journal_failed(g, err);
    }
}

/* Both are kept: together they prove what nobody would believe of one. */
static void
cry_out(struct gate *g, const struct gate_seen *seen, struct tbc_span checkpoint)
{
    enum tbc_err err;

    tbc_log(TBC_LOG_ERROR,
            "two histories of the station's log: %s (size %" PRIu64 ", was %" PRIu64
            "); both checkpoints are kept",
            tbc_log_step_text(seen->step), seen->checkpoint.size,
            g->witness.newest.size);
    gate_journal_keep(g, KEPT_OTHER, (uint64_t)seen->checkpoint.at.s, checkpoint);
    if (g->box != NULL &&
        (err = tbc_outbox_note(g->box, g->now, "two histories")) != TBC_OK) {
        gate_journal_failed(g, err);
    }
}

void
gate_journal_witness(struct gate *g, struct tbc_span checkpoint,
                     const struct gate_joint *joint)
{
    struct gate_seen seen;
    enum tbc_err err = gate_witness_see(&g->witness, g->know.ring, g->know.station,
                                        checkpoint, joint, &seen);

    if (err != TBC_OK) {
        tbc_log(TBC_LOG_WARN, "checkpoint of the station not taken: %s",
                tbc_err_text(err));
        return;
    }
    switch (seen.testimony) {
    case GATE_TESTIMONY_NEW:
        gate_journal_keep(g, KEPT_LOG, seen.checkpoint.size, checkpoint);
        break;
    case GATE_TESTIMONY_KNOWN:
        break;
    case GATE_TESTIMONY_OTHER:
        cry_out(g, &seen, checkpoint);
        break;
    }
}

static void
keep_floor(struct gate *g)
{
    if (g->watch.floor.s > 0) {
        gate_journal_keep(g, KEPT_FLOOR, (uint64_t)g->watch.floor.s,
                          (struct tbc_span){ 0 });
    }
}

/* After the last passenger: what is to be written to the file itself makes nobody wait. */
static void
rest(struct gate *g)
{
    enum tbc_err err;

    if (g->box != NULL && g->flow.state == GATE_IDLE && !g->visit.active &&
        (err = tbc_outbox_rest(g->box)) != TBC_OK) {
        gate_journal_failed(g, err);
    }
}

/* How long the journal remembers: longer than any certificate lives. */
static int64_t
keep_s(const struct gate *g)
{
    const int64_t least = g->know.policy.validity_s + TBC_DAY_S;
    const int64_t said = g->options.keep_days * TBC_DAY_S;

    return said > least ? said : least;
}

static void
look_for_room(struct gate *g, struct tbc_mono mono)
{
    if (g->disk_full && g->box != NULL && opens_when_full(g) &&
        mono.ms - g->spare_tried.ms >= ROOM_MS) {
        g->spare_tried = mono;
        if (gate_journal_has_room(g)) {
            tbc_log(TBC_LOG_INFO, "journal in %s: has room again", g->options.data);
            gate_say(g, "journal has room");
        }
    }
}

void
gate_journal_tick(struct gate *g, struct tbc_mono mono)
{
    enum tbc_err err;

    rest(g);
    look_for_room(g, mono);
    gate_annul_tick(g);

    if (g->box == NULL || (g->kept.ms != 0 && mono.ms - g->kept.ms < KEEP_MS)) {
        return;
    }
    g->kept = mono;
    keep_floor(g);
    if (g->box != NULL && g->clock != GATE_CLOCK_LOST &&
        (err = tbc_outbox_prune(g->box, (struct tbc_utc){ g->now.s - keep_s(g) })) !=
            TBC_OK) {
        gate_journal_failed(g, err);
    }
}
