/* tbc restore: a backup in the place of a stopped station's database.
 *
 * An index of the status list and a position of the journal are never used twice.  The file
 * index.floor stays, so indices go on beyond all that were given.  Positions that the station had
 * reached and the backup has not are filled with leaves START RESTORED: none of them ever stands for
 * anything else, and by themselves they name what was lost. */
#include "codec/checkpoint.h"
#include "codec/cose.h"
#include "commands.h"
#include "options.h"
#include "store/backup.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/log.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_DATA "/var/lib/tbc"
#define UNSEEN       1024 /* leaves that a database may have had after its last checkpoint */
#define LOST_MAX     UINT64_C(50000000)
#define LEAP         1000000 /* by which numbers of lists go on beyond those that gates have */

struct restore_options {
    const char *data;
    bool older;
    bool as_json;
};

struct restore {
    const struct restore_options *o;
    const char *backup;
    struct tbc_backup_said said;
    char database[TBC_BACKUP_PATH];
    char copy[TBC_BACKUP_PATH];
    char checkpoint[TBC_BACKUP_PATH];
    uint64_t reached; /* leaves that the station is known to have had */
};

/* Nothing sealed is read. */
static const uint8_t no_key[TBC_SEAL_KEY_LEN];

static bool
name_files(struct restore *r)
{
    const char *data = r->o->data == NULL ? DEFAULT_DATA : r->o->data;

    (void)snprintf(r->copy, sizeof r->copy, "%s/station.db.restore", data);
    (void)snprintf(r->checkpoint, sizeof r->checkpoint, "%s/checkpoint.cose", data);
    return snprintf(r->database, sizeof r->database, "%s/station.db", data) <
           (int)sizeof r->database - 32;
}

/* What the station signed last, by the file beside its database. */
static enum cli_exit
ask_checkpoint(struct restore *r)
{
    struct tbc_checkpoint c = { .size = 0 };
    struct tbc_buf message = { 0 };
    struct tbc_cose cose;
    enum tbc_err err = tbc_file_read(r->checkpoint, TBC_WIRE_SIGNED_MAX, &message);

    if (err == TBC_ERR_NOT_FOUND) {
        return CLI_YES;
    }
    if (err == TBC_OK &&
        (err = tbc_cose_open(&cose, tbc_buf_span(&message), NULL)) == TBC_OK) {
        err = tbc_checkpoint_decode(&c, cose.payload, NULL);
    }
    r->reached = c.size;
    tbc_buf_fini(&message);
    return err == TBC_OK ? CLI_YES : cli_fail(r->checkpoint, err);
}

/* How far the present database is.  One that cannot be read was further than its last checkpoint. */
static enum cli_exit
ask_present(struct restore *r)
{
    const bool is_there = access(r->database, F_OK) == 0;
    struct tbc_store *store = NULL;
    uint64_t size = 0;
    enum tbc_err err = TBC_ERR_NOT_FOUND;

    if (is_there &&
        (err = tbc_store_open(&store, r->database, no_key, false)) == TBC_OK) {
        err = tbc_journal_size(store, &size);
    }
    tbc_store_close(&store);
    if (err == TBC_ERR_BUSY) {
        cli_say("%s: end tbc-station first", r->database);
        return CLI_UNKNOWN;
    }
    if (err != TBC_OK && r->reached > 0) {
        size = UNSEEN + (r->reached > r->said.log_size ? r->reached : r->said.log_size);
    }
    r->reached = size > r->reached ? size : r->reached;
    return CLI_YES;
}

/* Whether it is older than the station, and may be. */
static enum cli_exit
judge_age(const struct restore *r)
{
    const uint64_t lost =
        r->reached > r->said.log_size ? r->reached - r->said.log_size : 0;

    if (lost > LOST_MAX) {
        cli_say("%s: %" PRIu64 " leaves are missing in it: this is no backup of that "
                "station",
                r->backup, lost);
        return CLI_NO;
    }
    if (lost > 0 && !r->o->older) {
        cli_say("%s: has %" PRIu64 " leaves of the journal, the station had %" PRIu64
                ": what it did since would be lost.  Restore a newer one, or say "
                "--older-on-purpose",
                r->backup, r->said.log_size, r->reached);
        return CLI_NO;
    }
    return CLI_YES;
}

static enum tbc_err
leap(struct tbc_store *store, const char *name)
{
    uint64_t value;
    enum tbc_err err = tbc_store_get(store, name, &value);

    return err == TBC_OK ? tbc_store_set(store, name, value + LEAP) : err;
}

/* Positions that were used, and numbers that gates have seen, are left behind. */
static enum tbc_err
fill_gap(struct tbc_store *store, uint64_t from, uint64_t to)
{
    const struct tbc_leaf leaf = { .kind = TBC_LEAF_START,
                                   .time = tbc_clock_utc(),
                                   .word = "RESTORED" };
    uint64_t lost = 0;
    enum tbc_err err = tbc_store_begin(store);

    for (uint64_t at = from; at < to && err == TBC_OK; at++) {
        err = tbc_journal_append(store, &leaf, NULL, NULL);
    }
    if (err != TBC_OK ||
        (err = tbc_store_get(store, TBC_STORE_LOST, &lost)) != TBC_OK ||
        (err = tbc_store_set(store, TBC_STORE_LOST, lost + to - from)) != TBC_OK ||
        (err = leap(store, "feed")) != TBC_OK ||
        (err = leap(store, "manifest")) != TBC_OK ||
        (err = tbc_store_commit(store)) != TBC_OK) {
        tbc_store_rollback(store);
    }
    return err;
}

/* The copy is opened as the station would: all of its pages are read, its tables brought up to
 * date. */
static enum cli_exit
prepare_copy(struct restore *r)
{
    struct tbc_store *store = NULL;
    struct tbc_hash root;
    uint64_t size = 0;
    enum tbc_err err;

    (void)unlink(r->copy); /* of a restore that was broken off */
    if ((err = tbc_backup_copy(r->backup, r->copy, &r->said)) != TBC_OK) {
        return cli_fail(r->backup, err) == CLI_MALFORMED || err == TBC_ERR_CORRUPT
                   ? CLI_MALFORMED
                   : CLI_UNKNOWN;
    }
    if ((err = tbc_store_open(&store, r->copy, no_key, false)) == TBC_OK &&
        (err = tbc_journal_size(store, &size)) == TBC_OK &&
        (err = tbc_journal_root(store, size, &root)) == TBC_OK &&
        (size != r->said.log_size ||
         memcmp(root.b, r->said.log_root.b, sizeof root.b) != 0)) {
        err = tbc_log_err(TBC_ERR_CORRUPT,
                          "%s: its journal is not that of its manifest", r->backup);
    }
    if (err == TBC_OK && size < r->reached) {
        err = fill_gap(store, size, r->reached);
    }
    tbc_store_close(&store);
    if (err != TBC_OK) {
        (void)unlink(r->copy);
        (void)cli_fail(r->backup, err);
        return err == TBC_ERR_CORRUPT ? CLI_MALFORMED : CLI_UNKNOWN;
    }
    return CLI_YES;
}

/* Move a file aside, if it is there. */
static bool
set_aside(const char *path, const char *ending)
{
    char from[TBC_BACKUP_PATH + 8];
    char to[TBC_BACKUP_PATH + 32];

    (void)snprintf(from, sizeof from, "%s%s", path, ending);
    (void)snprintf(to, sizeof to, "%s.replaced%s", path, ending);
    if (access(from, F_OK) != 0 || rename(from, to) == 0) {
        return true;
    }
    cli_say("%s: cannot be moved aside", from);
    return false;
}

static bool
settle_folder(const struct restore *r)
{
    int fd = open(r->o->data == NULL ? DEFAULT_DATA : r->o->data,
                  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0) {
        (void)close(fd);
    }
    return ok;
}

/* The old log first: it must not meet the new database. */
static enum cli_exit
put_in_place(const struct restore *r)
{
    const bool older = r->reached > r->said.log_size;

    if (!set_aside(r->database, "-wal") || !set_aside(r->database, "-shm") ||
        !set_aside(r->database, "") || !settle_folder(r)) {
        return CLI_UNKNOWN;
    }
    if (rename(r->copy, r->database) != 0 || !settle_folder(r)) {
        cli_say("%s: cannot be put in place; restore again", r->database);
        return CLI_UNKNOWN;
    }
    return !older || (set_aside(r->checkpoint, "") && settle_folder(r)) ? CLI_YES
                                                                        : CLI_UNKNOWN;
}

static void
tell(const struct restore *r)
{
    const uint64_t lost =
        r->reached > r->said.log_size ? r->reached - r->said.log_size : 0;
    char at[TBC_RFC3339_SIZE];

    tbc_utc_format(r->said.at, at);
    if (r->o->as_json) {
        cli_print_json(json_pack("{s:s, s:o, s:o, s:o}", "restored", r->backup, "at",
                                 cli_json_time(r->said.at), "leaves",
                                 cli_json_number(r->said.log_size), "lost",
                                 cli_json_number(lost)));
    } else {
        printf("restored  %s, of %s\n", r->backup, at);
    }
    if (lost > 0) {
        cli_say(
            "%" PRIu64 " leaves of the journal, from %" PRIu64
            " on, are lost, and with them what was done since %s: revoke again what "
            "was revoked (devices, certificates), erase again who was erased",
            lost, r->said.log_size, at);
    }
}

static enum cli_exit
restore(struct restore *r)
{
    enum cli_exit rc;
    enum tbc_err err;

    if (!name_files(r)) {
        return cli_misuse("%s: too long", r->o->data);
    }
    if ((err = tbc_backup_read(r->backup, &r->said)) != TBC_OK) {
        return err == TBC_ERR_MALFORMED ? CLI_MALFORMED : CLI_UNKNOWN;
    }
    if ((rc = ask_checkpoint(r)) == CLI_YES && (rc = ask_present(r)) == CLI_YES &&
        (rc = judge_age(r)) == CLI_YES && (rc = prepare_copy(r)) == CLI_YES &&
        (rc = put_in_place(r)) == CLI_YES) {
        tell(r);
    }
    return rc;
}

enum cli_exit
cli_restore(int argc, char **argv)
{
    static const struct cli_flag flags[] = {
        { "data", CLI_TEXT, false, offsetof(struct restore_options, data) },
        { "older-on-purpose", CLI_SWITCH, false,
          offsetof(struct restore_options, older) },
        { "json", CLI_SWITCH, false, offsetof(struct restore_options, as_json) },
    };
    struct restore_options o = { 0 };
    struct restore r = { .o = &o };
    enum cli_exit rc = cli_options(argc, argv, flags, CLI_COUNT(flags), &o);

    tbc_log_init("tbc", TBC_LOG_INFO);
    if (rc != CLI_YES) {
        return rc;
    }
    if (argc - optind != 1) {
        return cli_misuse("restore wants one BACKUP");
    }
    r.backup = argv[optind];
    return restore(&r);
}
