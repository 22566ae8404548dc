#include "seed.h"

#include "codec/leaf.h"
#include "core.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "crypto/permute.h"
#include "store/store.h"
#include "store/sums.h"
#include "sys/clock.h"

#include <sqlite3.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define EACH  2000000 /* rows of a transaction: each writes most pages of the indices */
#define DAYS  20
#define BYTES 1024  /* of a certificate, at most */
#define FIRST 65536 /* the first block of status indices: the station's own */

struct seeder {
    sqlite3 *db;
    sqlite3_stmt *certificate;
    sqlite3_stmt *leaf;
    struct tbc_merkle tree;
    struct tbc_permute *order;
    uint8_t bytes[BYTES]; /* of the pattern */
    int bytes_len;
    char device[TBC_WIRE_WORD_MAX + 1];
    uint64_t seed;
};

static void
check(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "bench: seeding: %s failed\n", what);
        exit(3);
    }
}

static void
run_sql(sqlite3 *db, const char *sql)
{
    check(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static sqlite3_stmt *
prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *q = NULL;

    check(sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK, sql);
    return q;
}

/* Nothing of value is in it yet: no log, no syncing, much memory. */
static void
open_database(struct seeder *x, const char *path)
{
    check(tbc_sums_install() == TBC_OK &&
              sqlite3_open_v2(path, &x->db, SQLITE_OPEN_READWRITE, TBC_SUMS_VFS) ==
                  SQLITE_OK,
          path);
    run_sql(x->db, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF;"
                   "PRAGMA synchronous = OFF; PRAGMA cache_size = -3000000");
    x->certificate =
        prepare(x->db, "INSERT INTO certificate (cti, blind, idx, issued, expires,"
                       " medium, device, officer, why, bytes, revoked, reason, leaf)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, '', '', ?7, ?8, ?9, ?10)");
    x->leaf = prepare(x->db, "INSERT INTO leaf (pos, cti, bytes, nodes)"
                             " VALUES (?1, NULL, ?2, ?3)");
}

/* The tree as it stands, leaf by leaf: they are few. */
static void
load_tree(struct seeder *x)
{
    sqlite3_stmt *q = prepare(x->db, "SELECT bytes FROM leaf ORDER BY pos");

    while (sqlite3_step(q) == SQLITE_ROW) {
        struct tbc_hash hash;

        check(tbc_merkle_leaf(tbc_span_of(sqlite3_column_blob(q, 0),
                                          (size_t)sqlite3_column_bytes(q, 0)),
                              &hash) == TBC_OK &&
                  tbc_merkle_append(&x->tree, &hash) == TBC_OK,
              "the journal");
    }
    (void)sqlite3_finalize(q);
}

static void
load_pattern(struct seeder *x)
{
    sqlite3_stmt *q =
        prepare(x->db, "SELECT bytes, device FROM certificate ORDER BY issued LIMIT 1");

    check(sqlite3_step(q) == SQLITE_ROW && sqlite3_column_bytes(q, 0) <= BYTES,
          "no certificate to go by");
    x->bytes_len = sqlite3_column_bytes(q, 0);
    memcpy(x->bytes, sqlite3_column_blob(q, 0), (size_t)x->bytes_len);
    (void)snprintf(x->device, sizeof x->device, "%s",
                   (const char *)sqlite3_column_text(q, 1));
    (void)sqlite3_finalize(q);
}

/* Where the first block ends that leaves room for n behind the first. */
static uint64_t
end_of_blocks(size_t n)
{
    struct station_block b = station_index_block(FIRST);

    while (b.n > 0 && b.first + b.n - FIRST < n) {
        b = station_index_block(b.first + b.n);
    }
    check(b.n > 0, "a status list for so many");
    return b.first + b.n;
}

/* xorshift64: as good as random for places in an index, and quick. */
static void
draw(struct seeder *x, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        x->seed ^= x->seed << 13;
        x->seed ^= x->seed >> 7;
        x->seed ^= x->seed << 17;
        memcpy(out + i, &x->seed, len - i < 8 ? len - i : 8);
    }
}

static void
put_leaf(struct seeder *x, const uint8_t cti[static TBC_CTI_LEN], int64_t at)
{
    struct tbc_leaf leaf = {
        .kind = TBC_LEAF_ISSUE, .time = { at }, .has_cti = true, .has_digest = true
    };
    const int64_t position = (int64_t)x->tree.size;
    struct tbc_buf bytes = { 0 };
    struct tbc_hash hash;
    struct tbc_hash nodes[64];
    size_t n = 0;

    memcpy(leaf.cti, cti, TBC_CTI_LEN);
    memcpy(leaf.device, x->device, sizeof leaf.device);
    draw(x, leaf.digest, sizeof leaf.digest);
    check(tbc_leaf_encode(&leaf, &bytes) == TBC_OK &&
              tbc_merkle_leaf(tbc_buf_span(&bytes), &hash) == TBC_OK &&
              tbc_merkle_append_nodes(&x->tree, &hash, nodes, &n) == TBC_OK,
          "a leaf");
    (void)sqlite3_bind_int64(x->leaf, 1, position);
    (void)sqlite3_bind_blob(x->leaf, 2, bytes.ptr, (int)bytes.len, SQLITE_STATIC);
    (void)sqlite3_bind_blob(x->leaf, 3, nodes, (int)(n * sizeof *nodes), SQLITE_STATIC);
    check(sqlite3_step(x->leaf) == SQLITE_DONE, "a row of leaf");
    (void)sqlite3_reset(x->leaf);
    tbc_buf_fini(&bytes);
}

static void
put_certificate(struct seeder *x, size_t i, int64_t at)
{
    const int64_t position = (int64_t)x->tree.size;
    const bool is_revoked = i % SEED_REVOKED == 0;
    uint8_t ids[TBC_CTI_LEN + TBC_BLIND_LEN];
    uint64_t idx;

    draw(x, ids, sizeof ids);
    check(tbc_permute(x->order, i, &idx) == TBC_OK, "an index");
    memcpy(x->bytes + x->bytes_len / 2, ids, TBC_CTI_LEN); /* no two are alike */
    put_leaf(x, ids, at);
    (void)sqlite3_bind_blob(x->certificate, 1, ids, TBC_CTI_LEN, SQLITE_STATIC);
    (void)sqlite3_bind_blob(x->certificate, 2, ids + TBC_CTI_LEN, TBC_BLIND_LEN,
                            SQLITE_STATIC);
    (void)sqlite3_bind_int64(x->certificate, 3, (int64_t)(FIRST + idx));
    (void)sqlite3_bind_int64(x->certificate, 4, at);
    (void)sqlite3_bind_int64(x->certificate, 5, at + TBC_DAY_S);
    (void)sqlite3_bind_text(x->certificate, 6, x->device, -1, SQLITE_STATIC);
    (void)sqlite3_bind_blob(x->certificate, 7, x->bytes, x->bytes_len, SQLITE_STATIC);
    (void)sqlite3_bind_int64(x->certificate, 8, is_revoked ? at + 60 : 0);
    (void)sqlite3_bind_text(x->certificate, 9, is_revoked ? "lost" : "", -1,
                            SQLITE_STATIC);
    (void)sqlite3_bind_int64(x->certificate, 10, position);
    check(sqlite3_step(x->certificate) == SQLITE_DONE, "a row of certificate");
    (void)sqlite3_reset(x->certificate);
}

static void
put_counters(struct seeder *x, uint64_t next_index)
{
    char sql[256];

    (void)snprintf(sql, sizeof sql,
                   "INSERT OR REPLACE INTO meta (name, value) VALUES"
                   " ('journal', %" PRIu64 "), ('index', %" PRIu64 ")",
                   x->tree.size, next_index);
    run_sql(x->db, sql);
}

void
seed_certificates(const struct stage *s, size_t n)
{
    static const uint8_t key[32] = { 1 };
    struct seeder x = { .seed = UINT64_C(88172645463325252) };
    const uint64_t end = end_of_blocks(n);
    const int64_t last = tbc_clock_utc().s - 60;

    open_database(&x, stage_path(s, "station.db"));
    load_tree(&x);
    load_pattern(&x);
    check(tbc_permute_new(&x.order, tbc_span_of(key, sizeof key), "seed",
                          end - FIRST) == TBC_OK,
          "memory");
    run_sql(x.db, "BEGIN");
    for (size_t i = 0; i < n; i++) {
        put_certificate(&x, i, last - (int64_t)((n - i) * DAYS * TBC_DAY_S / n));
        if ((i + 1) % EACH == 0) {
            run_sql(x.db, "COMMIT; BEGIN");
        }
    }
    put_counters(&x, end);
    run_sql(x.db, "COMMIT");
    (void)sqlite3_finalize(x.certificate);
    (void)sqlite3_finalize(x.leaf);
    check(sqlite3_close(x.db) == SQLITE_OK, "closing the database");
    tbc_permute_free(&x.order);
}

double
seed_file_size(const struct stage *s)
{
    struct stat st;

    check(stat(stage_path(s, "station.db"), &st) == 0, "the database's size");
    return (double)st.st_size;
}
