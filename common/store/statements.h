/* All SQL of the station's store but its tables (migrations.c). */
#ifndef TBC_STORE_STATEMENTS_H
#define TBC_STORE_STATEMENTS_H

/* Every statement there is, in SQL that SQLite and PostgreSQL both understand. */
#define TBC_STORE_SQL(X)                                                               \
    X(META_GET, "SELECT value FROM meta WHERE name = $1")                              \
    X(META_SET, "INSERT INTO meta (name, value) VALUES ($1, $2)"                       \
                " ON CONFLICT (name) DO UPDATE SET value = $2")                        \
    X(META_BUMP, "INSERT INTO meta (name, value) VALUES ($1, 1)"                       \
                 " ON CONFLICT (name) DO UPDATE SET value = meta.value + 1")           \
    X(DEVICE_ADD, "INSERT INTO device (name, role, key, added, revoked, seen)"         \
                  " VALUES ($1, $2, $3, $4, 0, 0) ON CONFLICT DO NOTHING")             \
    X(DEVICE_REVOKE, "UPDATE device SET revoked = CASE revoked WHEN 0 THEN $2"         \
                     " ELSE revoked END WHERE name = $1")                              \
    X(DEVICE_SEEN, "UPDATE device SET seen = $2 WHERE key = $1")                       \
    X(DEVICE_REACH, "UPDATE device SET address = $2 WHERE key = $1")                   \
    X(DEVICES, "SELECT name, role, key, added, revoked, seen, address"                 \
               " FROM device ORDER BY name")                                           \
    X(TICKETS_OLD, "DELETE FROM ticket WHERE id IN (SELECT id FROM ticket"             \
                   " WHERE depart < $1 ORDER BY depart LIMIT $2)")                     \
    X(FACES_OLD, "UPDATE person SET face = NULL WHERE id IN (SELECT id FROM person"    \
                 " WHERE until <> 0 AND until < $1 AND face IS NOT NULL LIMIT $2)")    \
    X(CERTIFICATE_OLD,                                                                 \
      "SELECT cti, blind, idx, issued, expires, medium, device, officer, why, bytes,"  \
      " revoked, reason, leaf FROM certificate WHERE expires < $1"                     \
      " ORDER BY expires, cti LIMIT 1")                                                \
    X(OWN_IDLE, "DELETE FROM own WHERE id IN (SELECT own.id FROM own"                  \
                " LEFT JOIN person ON person.blind = own.blind"                        \
                " LEFT JOIN ticket ON ticket.blind = own.blind"                        \
                " WHERE person.id IS NULL AND ticket.id IS NULL LIMIT $1)")            \
    X(CERTIFICATES_OF,                                                                 \
      "SELECT cti, blind, idx, issued, expires, medium, device, officer, why, bytes,"  \
      " revoked, reason, leaf FROM certificate WHERE blind = $1"                       \
      " ORDER BY issued, cti LIMIT $2 OFFSET $3")                                      \
    X(ENTRIES_OF,                                                                      \
      "SELECT entry.cti, verdict, at, train, depart, entry.device, conflict, act"      \
      " FROM certificate JOIN entry ON entry.cti = certificate.cti"                    \
      " WHERE blind = $1 ORDER BY at, event LIMIT $2 OFFSET $3")                       \
    X(LOOKS_OF, "SELECT access.cti, access.device, access.reason, at"                  \
                " FROM certificate JOIN access ON access.cti = certificate.cti"        \
                " WHERE blind = $1 ORDER BY at, access.id LIMIT $2 OFFSET $3")         \
    X(LEAVES_OF, "SELECT pos, cti, bytes, nodes FROM leaf"                             \
                 " WHERE cti IN (SELECT cti FROM certificate WHERE blind = $1)"        \
                 " OR pos IN (SELECT leaf FROM certificate WHERE blind = $1)"          \
                 " ORDER BY pos LIMIT $2 OFFSET $3")                                   \
    X(SECRET_PUT, "INSERT INTO secret (name, gen, sealed) VALUES ($1, $2, $3)"         \
                  " ON CONFLICT (name) DO UPDATE SET gen = $2, sealed = $3")           \
    X(SECRET_GET, "SELECT sealed FROM secret WHERE name = $1")                         \
    X(OWN_STALE, "SELECT id, gen, sealed FROM own WHERE gen < $1 LIMIT 1")             \
    X(OWN_RESEAL, "UPDATE own SET gen = $2, sealed = $3 WHERE id = $1")                \
    X(NOTE_STALE, "SELECT pos FROM note WHERE gen < $1 LIMIT 1")                       \
    X(NOTE_RESEAL, "UPDATE note SET gen = $2, sealed = $3 WHERE pos = $1")             \
    X(PERSON_STALE, "SELECT blind FROM person WHERE keyed = 0 LIMIT 1")                \
    X(TICKET_STALE, "SELECT id FROM ticket WHERE keyed = 0 LIMIT 1")                   \
    X(OWN_PUT, "INSERT INTO own (id, blind, gen, sealed) VALUES ($1, $2, $3, $4)")     \
    X(OWN_GET, "SELECT id, gen, sealed FROM own WHERE blind = $1")                     \
    X(OWN_BLANK, "UPDATE own SET sealed = $2 WHERE blind = $1")                        \
    X(OWN_DROP, "DELETE FROM own WHERE blind = $1")                                    \
    X(PERSON_PUT,                                                                      \
      "INSERT INTO person (id, blind, kind, number, name, latin, face, until, keyed)"  \
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT (blind) DO UPDATE"      \
      " SET id = $1, number = $4, name = $5, latin = $6, face = $7, until = $8,"       \
      " keyed = 1")                                                                    \
    X(PERSON_GET, "SELECT person.id, kind, number, name, latin, face, until, keyed,"   \
                  " own.id, own.gen, own.sealed FROM person"                           \
                  " LEFT JOIN own ON own.blind = person.blind"                         \
                  " WHERE person.blind = $1")                                          \
    X(PERSON_DROP, "DELETE FROM person WHERE blind = $1")                              \
    X(TICKET_ID, "SELECT id FROM ticket WHERE blind = $1 AND train = $2"               \
                 " AND depart = $3")                                                   \
    X(TICKET_PUT,                                                                      \
      "INSERT INTO ticket (id, blind, train, depart, start, holder, trip, keyed)"      \
      " VALUES ($1, $2, $3, $4, $5, $6, $7, 1) ON CONFLICT (blind, train, depart)"     \
      " DO UPDATE SET id = $1, start = $5, holder = $6, trip = $7, keyed = 1")         \
    X(TICKET_GET, "SELECT ticket.id, holder, trip, keyed, own.id, own.gen, own.sealed" \
                  " FROM ticket LEFT JOIN own ON own.blind = ticket.blind"             \
                  " WHERE ticket.id = $1")                                             \
    X(TICKETS_DROP, "DELETE FROM ticket WHERE blind = $1")                             \
    X(TRIPS, "SELECT ticket.id, holder, trip, keyed, own.id, own.gen, own.sealed"      \
             " FROM ticket LEFT JOIN own ON own.blind = ticket.blind"                  \
             " WHERE ticket.blind = $1 AND depart >= $2 AND depart < $3"               \
             " ORDER BY depart, train LIMIT $4 OFFSET $5")                             \
    X(DEPARTING,                                                                       \
      "SELECT ticket.id, holder, trip, keyed, own.id, own.gen, own.sealed"             \
      " FROM ticket LEFT JOIN own ON own.blind = ticket.blind"                         \
      " WHERE start = $1 AND depart >= $2 AND depart < $3 ORDER BY train, depart")     \
    X(CERTIFICATE_PUT,                                                                 \
      "INSERT INTO certificate (cti, blind, idx, issued, expires, medium, device,"     \
      " officer, why, bytes, leaf, revoked, reason)"                                   \
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '')"                  \
      " ON CONFLICT DO NOTHING")                                                       \
    X(CERTIFICATE_GET,                                                                 \
      "SELECT cti, blind, idx, issued, expires, medium, device, officer, why, bytes,"  \
      " revoked, reason, leaf FROM certificate WHERE cti = $1")                        \
    X(CERTIFICATE_NEWEST,                                                              \
      "SELECT cti, blind, idx, issued, expires, medium, device, officer, why, bytes,"  \
      " revoked, reason, leaf FROM certificate WHERE blind = $1 AND revoked = 0"       \
      " ORDER BY issued DESC LIMIT 1")                                                 \
    X(CERTIFICATE_LEAF, "UPDATE certificate SET leaf = $2 WHERE cti = $1")             \
    X(CERTIFICATE_COUNT, "SELECT count(*) FROM certificate WHERE blind = $1"           \
                         " AND issued >= $2")                                          \
    X(CERTIFICATE_REVOKE, "UPDATE certificate SET revoked = $2, reason = $3"           \
                          " WHERE cti = $1")                                           \
    X(CERTIFICATE_OF,                                                                  \
      "SELECT cti, blind, idx, issued, expires, medium, device, officer, why, bytes,"  \
      " revoked, reason, leaf FROM certificate WHERE blind = $1 AND cti > $2"          \
      " ORDER BY cti LIMIT 1")                                                         \
    X(CERTIFICATE_DROP, "DELETE FROM certificate WHERE cti = $1")                      \
    X(GONE_PUT, "INSERT INTO gone (idx, expires) VALUES ($1, $2)")                     \
    X(REVOKED, "SELECT idx FROM certificate WHERE revoked <> 0"                        \
               " UNION ALL SELECT idx FROM gone")                                      \
    X(ENTRIES_DROP, "DELETE FROM entry WHERE cti = $1")                                \
    X(ACCESSES_DROP, "DELETE FROM access WHERE cti = $1")                              \
    X(REQUESTS_DROP, "DELETE FROM request WHERE cti = $1")                             \
    X(FAILURE_DROP, "DELETE FROM failure WHERE blind = $1")                            \
    X(ENTRY_PUT, "INSERT INTO entry (event, cti, verdict, at, train, depart, told,"    \
                 " device, conflict, act, annuls, person, round) VALUES ($1, $2, $3,"  \
                 " $4, $5, $6, $7, $8, $9, $10, $11, $12, NULLIF($13, -1))"            \
                 " ON CONFLICT DO NOTHING")                                            \
    X(ENTRY_REPLACE,                                                                   \
      "INSERT INTO entry (event, cti, verdict, at, train, depart, told, device,"       \
      " conflict, act, annuls, person, round) VALUES ($1, $2, $3, $4, $5, $6, $7, $8," \
      " $9, $10, $11, $12, NULLIF($13, -1))"                                           \
      " ON CONFLICT (event) DO UPDATE SET cti = $2, verdict = $3, at = $4,"            \
      " train = $5, depart = $6, told = $7, device = $8, conflict = $9, act = $10,"    \
      " annuls = $11, person = $12, round = NULLIF($13, -1)")                          \
    X(ENTRY_GET, "SELECT event, cti, verdict, at, train, depart, told, device,"        \
                 " conflict, act, annuls FROM entry WHERE event = $1")                 \
    X(ENTRY_MARK, "UPDATE entry SET conflict = $2, round = NULLIF($3, -1)"             \
                  " WHERE event = $1")                                                 \
    X(USES, "SELECT event, act, at, train, depart, annuls, conflict,"                  \
            " COALESCE(round, -1) FROM entry WHERE person = $1 AND at >= $2"           \
            " ORDER BY at DESC, event DESC LIMIT $3")                                  \
    X(ENTRY_COUNT, "SELECT count(*) FROM entry WHERE cti = $1 AND verdict >= $2"       \
                   " AND act = 0")                                                     \
    X(REQUEST_GET, "SELECT digest, reply FROM request WHERE id = $1")                  \
    X(REQUEST_PUT, "INSERT INTO request (id, digest, reply, at, cti)"                  \
                   " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING")              \
    X(REQUEST_FORGET, "DELETE FROM request WHERE at < $1")                             \
    X(FAILURE_ADD, "INSERT INTO failure (blind, n, last) VALUES ($1, 1, $2)"           \
                   " ON CONFLICT (blind) DO UPDATE SET last = $2,"                     \
                   " n = CASE WHEN failure.last > $3 THEN failure.n + 1 ELSE 1 END")   \
    X(FAILURE_GET, "SELECT n FROM failure WHERE blind = $1 AND last > $2")             \
    X(FAILURE_FORGET, "DELETE FROM failure WHERE last <= $1")                          \
    X(LIST_PUT, "INSERT INTO list (name, version, at, bytes) VALUES ($1, $2, $3, $4)"  \
                " ON CONFLICT (name) DO UPDATE SET version = $2, at = $3, bytes = $4") \
    X(LIST_GET, "SELECT version, at, bytes FROM list WHERE name = $1"                  \
                " AND version > $2")                                                   \
    X(ACCESS_PUT, "INSERT INTO access (cti, device, reason, at)"                       \
                  " VALUES ($1, $2, $3, $4)")                                          \
    X(JOURNAL_TAKE, "UPDATE meta SET value = value WHERE name = $1 RETURNING value")   \
    X(LEAF_PUT, "INSERT INTO leaf (pos, cti, bytes, nodes) VALUES ($1, $2, $3, $4)")   \
    X(LEAF_GET, "SELECT bytes, nodes FROM leaf WHERE pos = $1")                        \
    X(LEAF_LAST, "SELECT pos FROM leaf ORDER BY pos DESC LIMIT 1")                     \
    X(LEAF_PAGE, "SELECT pos, cti, bytes, nodes FROM leaf WHERE pos >= $1"             \
                 " ORDER BY pos LIMIT $2")                                             \
    X(LEAF_OF,                                                                         \
      "SELECT pos, cti, bytes, nodes FROM leaf WHERE pos >= $2 AND (cti = $1 OR pos =" \
      " (SELECT leaf FROM certificate WHERE cti = $1)) ORDER BY pos LIMIT $3")         \
    X(NOTE_PUT, "INSERT INTO note (pos, gen, sealed) VALUES ($1, $2, $3)")             \
    X(NOTE_GET, "SELECT gen, sealed FROM note WHERE pos = $1")                         \
    X(NOTE_FORGET,                                                                     \
      "DELETE FROM note WHERE pos IN (SELECT pos FROM leaf WHERE cti = $1) OR pos ="   \
      " (SELECT leaf FROM certificate WHERE cti = $1)")                                \
    X(CHECKPOINT_PUT, "INSERT INTO checkpoint (size, at, bytes) VALUES ($1, $2, $3)"   \
                      " ON CONFLICT DO NOTHING")                                       \
    X(CHECKPOINT_NEWEST, "SELECT bytes FROM checkpoint ORDER BY size DESC LIMIT 1")    \
    X(CERTIFICATE_NEXT,                                                                \
      "SELECT cti, blind, idx, issued, expires, medium, device, officer, why, bytes,"  \
      " revoked, reason, leaf FROM certificate WHERE cti > $1 ORDER BY cti LIMIT 1")   \
    X(FIGURES,                                                                         \
      "SELECT 'issued', CASE WHEN c.officer <> '' THEN 'desk' WHEN d.role = 1"         \
      " THEN 'kiosk' WHEN d.role = 4 THEN 'patrol' ELSE 'other' END, '', count(*)"     \
      " FROM certificate c LEFT JOIN device d ON d.name = c.device"                    \
      " WHERE c.issued >= $1 GROUP BY 2"                                               \
      " UNION ALL SELECT 'medium', CASE medium WHEN 2 THEN 'phone' ELSE 'paper' END,"  \
      " '', count(*) FROM certificate WHERE issued >= $1 GROUP BY 2"                   \
      " UNION ALL SELECT CASE act WHEN 0 THEN 'verdict' WHEN 1 THEN 'exit'"            \
      " ELSE 'annul' END, device, CAST(verdict AS TEXT), count(*)"                     \
      " FROM entry WHERE at >= $1 GROUP BY act, device, verdict")                      \
    X(STATS, "SELECT 'people', count(*) FROM person UNION ALL"                         \
             " SELECT 'templates', count(*) FROM person WHERE face IS NOT NULL"        \
             " UNION ALL SELECT 'tickets', count(*) FROM ticket UNION ALL"             \
             " SELECT 'devices', count(*) FROM device WHERE revoked = 0 UNION ALL"     \
             " SELECT 'certificates', count(*) FROM certificate UNION ALL"             \
             " SELECT 'valid', count(*) FROM certificate WHERE revoked = 0"            \
             " AND expires > $1 UNION ALL"                                             \
             " SELECT 'revoked', count(*) FROM certificate WHERE revoked <> 0"         \
             " UNION ALL SELECT 'entries', count(*) FROM entry WHERE verdict >= $2"    \
             " AND act = 0"                                                            \
             " UNION ALL SELECT 'refusals', count(*) FROM entry WHERE verdict < $2"    \
             " UNION ALL SELECT 'conflicts', count(*) FROM entry WHERE conflict <> 0"  \
             " AND act = 0"                                                            \
             " UNION ALL SELECT 'exits', count(*) FROM entry WHERE verdict >= $2"      \
             " AND act = 1"                                                            \
             " UNION ALL SELECT 'exits without an entry', count(*) FROM entry"         \
             " WHERE conflict <> 0 AND act = 1"                                        \
             " UNION ALL SELECT 'annulled', count(*) FROM entry WHERE act = 2")

enum tbc_store_statement {
#define X(name, text) TBC_STORE_##name,
    TBC_STORE_SQL(X)
#undef X
    TBC_STORE_STATEMENTS
};

#endif
