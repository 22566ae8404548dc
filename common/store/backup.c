#include "store/backup.h"

#include "base/text.h"
#include "store/inner.h"
#include "sys/conf.h"
#include "sys/file.h"
#include "sys/log.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BITE         (256u << 10)
#define MANIFEST_MAX 4096

struct tbc_backup {
    struct tbc_store *store; /* borrowed */
    char path[TBC_BACKUP_PATH];
    struct tbc_backup_said said;
    bool copied;
    bool done;
    int fd; /* of the copy, being hashed; -1: not yet */
    struct tbc_sha256 *sum;
    uint8_t bite[BITE];
};

/* The manifest as a file of configuration. */
struct manifest {
    int64_t size;
    char sha256[2 * TBC_SHA256_LEN + 1];
    int64_t log_size;
    char log_root[2 * TBC_HASH_LEN + 1];
    char at[TBC_RFC3339_SIZE];
};

static const struct tbc_conf_key keys[] = {
    TBC_CONF_NUMBER("backup", "size", struct manifest, size, 0, INT64_MAX),
    TBC_CONF_TEXT("backup", "sha256", struct manifest, sha256),
    TBC_CONF_NUMBER("backup", "log_size", struct manifest, log_size, 0, INT64_MAX),
    TBC_CONF_TEXT("backup", "log_root", struct manifest, log_root),
    TBC_CONF_TEXT("backup", "at", struct manifest, at),
};

static enum tbc_err
manifest_path(const char *path, char out[static TBC_BACKUP_PATH])
{
    int n = snprintf(out, TBC_BACKUP_PATH, "%s.manifest", path);

    return n > 0 && n < TBC_BACKUP_PATH ? TBC_OK
                                        : tbc_log_err(TBC_ERR_LIMIT, "%s", path);
}

enum tbc_err
tbc_backup_write(const char *path, const struct tbc_backup_said *said)
{
    char name[TBC_BACKUP_PATH];
    char at[TBC_RFC3339_SIZE];
    struct tbc_buf text = { 0 };
    enum tbc_err err = manifest_path(path, name);

    if (err != TBC_OK) {
        return err;
    }
    tbc_utc_format(said->at, at);
    (void)tbc_buf_printf(&text, "[backup]\nat = %s\nsize = %" PRIu64 "\nsha256 = ", at,
                         said->size);
    (void)tbc_hex_encode(tbc_span_of(said->sha256, sizeof said->sha256), &text);
    (void)tbc_buf_printf(&text,
                         "\nlog_size = %" PRIu64 "\nlog_root = ", said->log_size);
    (void)tbc_hex_encode(tbc_span_of(said->log_root.b, sizeof said->log_root.b), &text);
    (void)tbc_buf_append_str(&text, "\n");
    if ((err = tbc_buf_status(&text)) == TBC_OK) {
        err = tbc_file_write(name, tbc_buf_span(&text), S_IRUSR | S_IWUSR);
    }
    tbc_buf_fini(&text);
    return err == TBC_OK ? err : tbc_log_err(err, "%s", name);
}

enum tbc_err
tbc_backup_read(const char *path, struct tbc_backup_said *said)
{
    struct manifest m = { 0 };
    char name[TBC_BACKUP_PATH];
    struct tbc_buf text = { 0 };
    enum tbc_err err = manifest_path(path, name);

    *said = (struct tbc_backup_said){ 0 };
    if (err == TBC_OK && (err = tbc_file_read(name, MANIFEST_MAX, &text)) != TBC_OK) {
        err = tbc_log_err(err, "%s", name);
    } else if (err == TBC_OK &&
               (err = tbc_conf_read(name, tbc_buf_span(&text), keys,
                                    sizeof keys / sizeof *keys, &m)) == TBC_OK) {
        said->size = (uint64_t)m.size;
        said->log_size = (uint64_t)m.log_size;
        if (!tbc_hex_fixed(tbc_span_str(m.sha256), said->sha256, sizeof said->sha256) ||
            !tbc_hex_fixed(tbc_span_str(m.log_root), said->log_root.b,
                           sizeof said->log_root.b) ||
            tbc_utc_parse(tbc_span_str(m.at), &said->at) != TBC_OK) {
            err = tbc_log_err(TBC_ERR_MALFORMED,
                              "%s: sha256, log_root and at are wanted", name);
        }
    }
    tbc_buf_fini(&text);
    return err;
}

enum tbc_err
tbc_backup_begin(struct tbc_backup **b, struct tbc_store *s, const char *path)
{
    struct tbc_backup *own;
    enum tbc_err err;

    *b = NULL;
    if (s->sql->driver->copy_begin == NULL) {
        return TBC_ERR_UNSUPPORTED;
    }
    if (strlen(path) >= sizeof own->path) {
        return tbc_log_err(TBC_ERR_LIMIT, "%s", path);
    }
    if ((own = calloc(1, sizeof *own)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    own->store = s;
    own->fd = -1;
    if ((err = s->sql->driver->copy_begin(s->sql, path)) != TBC_OK) {
        free(own);
        return err;
    }
    (void)snprintf(own->path, sizeof own->path, "%s", path);
    *b = own;
    return TBC_OK;
}

/* The copy is whole: it is the database of this moment. */
static enum tbc_err
begin_sum(struct tbc_backup *b, struct tbc_utc now)
{
    struct tbc_backup_said *said = &b->said;
    enum tbc_err err;

    b->copied = true;
    said->at = now;
    if ((err = tbc_journal_size(b->store, &said->log_size)) != TBC_OK ||
        (err = tbc_journal_root(b->store, said->log_size, &said->log_root)) != TBC_OK ||
        (err = tbc_sha256_new(&b->sum)) != TBC_OK) {
        return err;
    }
    b->fd = open(b->path, O_RDONLY | O_CLOEXEC);
    return b->fd >= 0 ? TBC_OK : tbc_log_err(TBC_ERR_IO, "%s", b->path);
}

static enum tbc_err
step_sum(struct tbc_backup *b, bool *done)
{
    ssize_t n = read(b->fd, b->bite, sizeof b->bite);
    enum tbc_err err;

    if (n < 0) {
        return tbc_log_err(TBC_ERR_IO, "%s", b->path);
    }
    if (n > 0) {
        b->said.size += (uint64_t)n;
        return tbc_sha256_take(b->sum, tbc_span_of(b->bite, (size_t)n));
    }
    if ((err = tbc_sha256_end(&b->sum, b->said.sha256)) == TBC_OK &&
        (err = tbc_backup_write(b->path, &b->said)) == TBC_OK) {
        b->done = true;
        *done = true;
    }
    return err;
}

enum tbc_err
tbc_backup_step(struct tbc_backup *b, struct tbc_utc now, bool *done)
{
    const struct tbc_sql_driver *driver = b->store->sql->driver;
    bool copied = false;
    enum tbc_err err;

    *done = false;
    if (b->copied) {
        return step_sum(b, done);
    }
    err = driver->copy_step(b->store->sql, &copied);
    return err == TBC_OK && copied ? begin_sum(b, now) : err;
}

const struct tbc_backup_said *
tbc_backup_said(const struct tbc_backup *b)
{
    return &b->said;
}

void
tbc_backup_end(struct tbc_backup **b)
{
    struct tbc_backup *own = *b;

    *b = NULL;
    if (own == NULL) {
        return;
    }
    own->store->sql->driver->copy_end(own->store->sql);
    if (own->fd >= 0) {
        (void)close(own->fd);
    }
    (void)tbc_sha256_end(&own->sum, NULL);
    if (!own->done) {
        (void)unlink(own->path);
    }
    tbc_wipe(own->bite, sizeof own->bite);
    free(own);
}

static enum tbc_err
write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);

        if (n < 0) {
            return TBC_ERR_IO;
        }
        bytes += n;
        len -= (size_t)n;
    }
    return TBC_OK;
}

static enum tbc_err
copy_bytes(int in, int out, uint8_t *bite, struct tbc_backup_said *found)
{
    struct tbc_sha256 *sum = NULL;
    ssize_t n = 1;
    enum tbc_err err = tbc_sha256_new(&sum);

    while (err == TBC_OK && (n = read(in, bite, BITE)) > 0) {
        found->size += (uint64_t)n;
        if ((err = tbc_sha256_take(sum, tbc_span_of(bite, (size_t)n))) == TBC_OK) {
            err = write_all(out, bite, (size_t)n);
        }
    }
    if (err == TBC_OK && (n < 0 || fsync(out) != 0)) {
        err = TBC_ERR_IO;
    }
    if (err == TBC_OK) {
        err = tbc_sha256_end(&sum, found->sha256);
    }
    (void)tbc_sha256_end(&sum, NULL);
    return err;
}

enum tbc_err
tbc_backup_copy(const char *from, const char *to, const struct tbc_backup_said *said)
{
    struct tbc_backup_said found = { 0 };
    uint8_t *bite = malloc(BITE);
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    enum tbc_err err = TBC_OK;

    if (bite == NULL) {
        err = TBC_ERR_NO_MEMORY;
    } else if (in < 0 || out < 0) {
        err = tbc_log_err(TBC_ERR_IO, "%s: %s", in < 0 ? from : to,
                          in < 0 ? "cannot be read" : "is there, or cannot be made");
    } else if ((err = copy_bytes(in, out, bite, &found)) != TBC_OK) {
        err = tbc_log_err(err, "%s to %s", from, to);
    } else if (found.size != said->size ||
               memcmp(found.sha256, said->sha256, sizeof found.sha256) != 0) {
        err = tbc_log_err(TBC_ERR_CORRUPT, "%s: not the bytes that its manifest names",
                          from);
    }
    if (in >= 0) {
        (void)close(in);
    }
    if (out >= 0) {
        (void)close(out);
        if (err != TBC_OK) {
            (void)unlink(to);
        }
    }
    free(bite);
    return err;
}
