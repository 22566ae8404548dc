/* What the files of this folder share; nobody else includes it. */
#ifndef TBC_STORE_SQLITE_H
#define TBC_STORE_SQLITE_H

#include "store/store.h"

#include <sqlite3.h>

/* Every statement there is, prepared when it is first used. */
#define TBC_STORE_SQL(X)                                                               \
    X(META_GET, "SELECT value FROM meta WHERE name = ?1")                              \
    X(META_SET, "INSERT INTO meta (name, value) VALUES (?1, ?2)"                       \
                " ON CONFLICT (name) DO UPDATE SET value = ?2")                        \
    X(DEVICE_ADD, "INSERT INTO device (name, role, key, added, revoked, seen)"         \
                  " VALUES (?1, ?2, ?3, ?4, 0, 0)")                                    \
    X(DEVICE_REVOKE, "UPDATE device SET revoked = CASE revoked WHEN 0 THEN ?2"         \
                     " ELSE revoked END WHERE name = ?1")                              \
    X(DEVICE_SEEN, "UPDATE device SET seen = ?2 WHERE key = ?1")                       \
    X(DEVICES,                                                                         \
      "SELECT name, role, key, added, revoked, seen FROM device ORDER BY name")        \
    X(PERSON_PUT, "INSERT INTO person (id, blind, kind, number, name, latin, face)"    \
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (blind) DO UPDATE" \
                  " SET number = ?4, name = ?5, latin = ?6, face = ?7")                \
    X(PERSON_GET, "SELECT id, kind, number, name, latin, face FROM person"             \
                  " WHERE blind = ?1")                                                 \
    X(TICKET_ID, "SELECT id FROM ticket WHERE blind = ?1 AND train = ?2"               \
                 " AND depart = ?3")                                                   \
    X(TICKET_PUT,                                                                      \
      "INSERT INTO ticket (id, blind, train, depart, start, holder, trip)"             \
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (blind, train, depart)"        \
      " DO UPDATE SET start = ?5, holder = ?6, trip = ?7")                             \
    X(TICKET_GET, "SELECT id, holder, trip FROM ticket WHERE id = ?1")                 \
    X(TRIPS, "SELECT id, holder, trip FROM ticket WHERE blind = ?1 AND depart >= ?2"   \
             " AND depart < ?3 ORDER BY depart LIMIT ?4")                              \
    X(DEPARTING,                                                                       \
      "SELECT id, holder, trip FROM ticket WHERE start = ?1 AND depart >= ?2"          \
      " AND depart < ?3 ORDER BY train, depart")                                       \
    X(CERTIFICATE_PUT,                                                                 \
      "INSERT INTO certificate (cti, blind, idx, issued, expires, medium, device,"     \
      " officer, why, bytes, revoked, reason)"                                         \
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, '')")                      \
    X(CERTIFICATE_GET, "SELECT cti, blind, idx, issued, expires, medium, device,"      \
                       " officer, why, bytes, revoked, reason FROM certificate"        \
                       " WHERE cti = ?1")                                              \
    X(CERTIFICATE_NEWEST, "SELECT cti, blind, idx, issued, expires, medium, device,"   \
                          " officer, why, bytes, revoked, reason FROM certificate"     \
                          " WHERE blind = ?1 AND revoked = 0 ORDER BY issued DESC,"    \
                          " rowid DESC LIMIT 1")                                       \
    X(CERTIFICATE_COUNT, "SELECT count(*) FROM certificate WHERE blind = ?1"           \
                         " AND issued >= ?2")                                          \
    X(CERTIFICATE_REVOKE, "UPDATE certificate SET revoked = ?2, reason = ?3"           \
                          " WHERE cti = ?1")                                           \
    X(REVOKED, "SELECT idx FROM certificate WHERE revoked <> 0")                       \
    X(ENTRY_PUT, "INSERT INTO entry (event, cti, verdict, at, train, depart, told,"    \
                 " device, conflict) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")     \
    X(ENTRY_REPLACE, "INSERT OR REPLACE INTO entry (event, cti, verdict, at, train,"   \
                     " depart, told, device, conflict)"                                \
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")                   \
    X(ENTRY_GET,                                                                       \
      "SELECT event, cti, verdict, at, train, depart, told, device, conflict"          \
      " FROM entry WHERE event = ?1")                                                  \
    X(ENTRY_FIRST,                                                                     \
      "SELECT at FROM entry WHERE cti = ?1 AND train = ?2 AND depart = ?3"             \
      " AND verdict >= ?4 AND event <> ?5 ORDER BY at LIMIT 1")                        \
    X(ENTRY_COUNT, "SELECT count(*) FROM entry WHERE cti = ?1 AND verdict >= ?2")      \
    X(REQUEST_GET, "SELECT digest, reply FROM request WHERE id = ?1")                  \
    X(REQUEST_PUT, "INSERT INTO request (id, digest, reply, at)"                       \
                   " VALUES (?1, ?2, ?3, ?4)")                                         \
    X(REQUEST_FORGET, "DELETE FROM request WHERE at < ?1")                             \
    X(ACCESS_PUT, "INSERT INTO access (cti, device, reason, at)"                       \
                  " VALUES (?1, ?2, ?3, ?4)")                                          \
    X(STATS, "SELECT 'people', count(*) FROM person UNION ALL"                         \
             " SELECT 'templates', count(*) FROM person WHERE face IS NOT NULL"        \
             " UNION ALL SELECT 'tickets', count(*) FROM ticket UNION ALL"             \
             " SELECT 'devices', count(*) FROM device WHERE revoked = 0 UNION ALL"     \
             " SELECT 'certificates', count(*) FROM certificate UNION ALL"             \
             " SELECT 'valid', count(*) FROM certificate WHERE revoked = 0"            \
             " AND expires > ?1 UNION ALL"                                             \
             " SELECT 'revoked', count(*) FROM certificate WHERE revoked <> 0"         \
             " UNION ALL SELECT 'entries', count(*) FROM entry WHERE verdict >= ?2"    \
             " UNION ALL SELECT 'refusals', count(*) FROM entry WHERE verdict < ?2"    \
             " UNION ALL SELECT 'conflicts', count(*) FROM entry WHERE conflict <> 0")

enum tbc_store_statement {
#define X(name, text) TBC_STORE_##name,
    TBC_STORE_SQL(X)
#undef X
    TBC_STORE_STATEMENTS
};

struct tbc_store {
    sqlite3 *db;
    sqlite3_stmt *statements[TBC_STORE_STATEMENTS];
    uint8_t seal_key[TBC_SEAL_KEY_LEN];
    uint8_t blind_key[32];
    char path[1024];
};

/* The statement, reset and without bindings; NULL with *err set. */
sqlite3_stmt *tbc_store_statement(struct tbc_store *s, enum tbc_store_statement which,
                                  enum tbc_err *err);

/* Bind the values in order, ?1 first: the types below say how. */
struct tbc_store_value {
    enum {
        TBC_VALUE_INT,
        TBC_VALUE_TEXT,
        TBC_VALUE_BLOB
    } type;
    int64_t number;
    struct tbc_span bytes; /* BLOB: ptr NULL binds NULL */
};

#define TBC_INT(v)                                    \
    {                                                 \
        .type = TBC_VALUE_INT, .number = (int64_t)(v) \
    }
#define TBC_TEXT(v)                                      \
    {                                                    \
        .type = TBC_VALUE_TEXT, .bytes = tbc_span_str(v) \
    }
#define TBC_BLOB(p, n)                                     \
    {                                                      \
        .type = TBC_VALUE_BLOB, .bytes = tbc_span_of(p, n) \
    }
#define TBC_SPAN(s)                          \
    {                                        \
        .type = TBC_VALUE_BLOB, .bytes = (s) \
    }
#define TBC_VALUES_N(arr) (sizeof(arr) / sizeof *(arr))

/* Run a statement that gives no rows. */
enum tbc_err
tbc_store_run(struct tbc_store *s, enum tbc_store_statement which,
              const struct tbc_store_value *values, size_t n) TBC_MUST_CHECK;
/* Start one that does; then step: TBC_OK for a row, ERR_NOT_FOUND at the end. */
enum tbc_err tbc_store_query(struct tbc_store *s, enum tbc_store_statement which,
                             const struct tbc_store_value *values, size_t n,
                             sqlite3_stmt **q) TBC_MUST_CHECK;
enum tbc_err tbc_store_step(struct tbc_store *s, sqlite3_stmt *q) TBC_MUST_CHECK;
/* A query for one number; ERR_NOT_FOUND when there is no row. */
enum tbc_err tbc_store_number(struct tbc_store *s, enum tbc_store_statement which,
                              const struct tbc_store_value *values, size_t n,
                              uint64_t *out) TBC_MUST_CHECK;

/* Columns of the present row.  False when the stored value does not fit. */
bool tbc_column_text(sqlite3_stmt *q, int i, char *out, size_t size) TBC_MUST_CHECK;
bool tbc_column_fixed(sqlite3_stmt *q, int i, uint8_t *out, size_t len) TBC_MUST_CHECK;
struct tbc_span tbc_column_span(sqlite3_stmt *q, int i);
static inline struct tbc_utc
tbc_column_time(sqlite3_stmt *q, int i)
{
    return (struct tbc_utc){ .s = sqlite3_column_int64(q, i) };
}

/* A stored row is not as this program writes them: log it, ERR_CORRUPT. */
enum tbc_err tbc_store_damaged(struct tbc_store *s, const char *what);

#endif
