/* The tables of a station's store, written once for both drivers: the words for types come from the
 * dialect. */
#include "store/inner.h"

/* A step as a function of: whole number, bytes, text compared byte by byte, a number that the
 * database gives, and what a table has behind its columns when its key is its order. */
#define DIALECTS(STEP)                                                                \
    {                                                                                 \
        .sqlite =                                                                     \
            STEP("INTEGER", "BLOB", "TEXT", "INTEGER PRIMARY KEY", " WITHOUT ROWID"), \
        .postgres = STEP("BIGINT", "BYTEA", "TEXT COLLATE \"C\"",                     \
                         "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "")       \
    }

/* clang-format off */
#define FIRST(INT, BLOB, TEXT, SERIAL, BY_KEY) \
    "CREATE TABLE meta (name " TEXT " PRIMARY KEY, value " INT " NOT NULL)" BY_KEY ";" \
    "CREATE TABLE device (name " TEXT " PRIMARY KEY, role " INT " NOT NULL," \
    " key " BLOB " NOT NULL UNIQUE, added " INT " NOT NULL, revoked " INT " NOT NULL," \
    " seen " INT " NOT NULL)" BY_KEY ";" \
    "CREATE TABLE person (id " INT " PRIMARY KEY, blind " BLOB " NOT NULL UNIQUE," \
    " kind " INT " NOT NULL, number " BLOB " NOT NULL, name " BLOB " NOT NULL," \
    " latin " BLOB " NOT NULL, face " BLOB ");" \
    "CREATE TABLE ticket (id " INT " PRIMARY KEY, blind " BLOB " NOT NULL," \
    " train " TEXT " NOT NULL, depart " INT " NOT NULL, start " TEXT " NOT NULL," \
    " holder " BLOB " NOT NULL, trip " BLOB " NOT NULL," \
    " UNIQUE (blind, train, depart));" \
    "CREATE INDEX ticket_departing ON ticket (start, depart);" \
    "CREATE TABLE certificate (cti " BLOB " PRIMARY KEY, blind " BLOB " NOT NULL," \
    " idx " INT " NOT NULL UNIQUE, issued " INT " NOT NULL, expires " INT " NOT NULL," \
    " medium " INT " NOT NULL, device " TEXT " NOT NULL, officer " TEXT " NOT NULL," \
    " why " TEXT " NOT NULL, bytes " BLOB " NOT NULL, revoked " INT " NOT NULL," \
    " reason " TEXT " NOT NULL);" \
    "CREATE INDEX certificate_holder ON certificate (blind, issued);" \
    "CREATE INDEX certificate_revoked ON certificate (idx) WHERE revoked <> 0;" \
    "CREATE TABLE entry (event " BLOB " PRIMARY KEY, cti " BLOB " NOT NULL," \
    " verdict " INT " NOT NULL, at " INT " NOT NULL, train " TEXT " NOT NULL," \
    " depart " INT " NOT NULL, told " INT " NOT NULL, device " TEXT " NOT NULL," \
    " conflict " INT " NOT NULL)" BY_KEY ";" \
    "CREATE INDEX entry_trip ON entry (cti, train, depart);" \
    "CREATE TABLE request (id " BLOB " PRIMARY KEY, digest " BLOB " NOT NULL," \
    " reply " BLOB " NOT NULL, at " INT " NOT NULL)" BY_KEY ";" \
    "CREATE INDEX request_age ON request (at);" \
    "CREATE TABLE access (id " SERIAL ", cti " BLOB " NOT NULL," \
    " device " TEXT " NOT NULL, reason " TEXT " NOT NULL, at " INT " NOT NULL);" \
    "CREATE INDEX access_certificate ON access (cti);"

#define JOURNAL(INT, BLOB, TEXT, SERIAL, BY_KEY) \
    "INSERT INTO meta (name, value) VALUES ('journal', 0);" \
    "CREATE TABLE leaf (pos " INT " PRIMARY KEY, cti " BLOB ", bytes " BLOB " NOT NULL," \
    " nodes " BLOB " NOT NULL);" \
    "CREATE INDEX leaf_certificate ON leaf (cti, pos) WHERE cti IS NOT NULL;" \
    "CREATE TABLE note (pos " INT " PRIMARY KEY, sealed " BLOB " NOT NULL);" \
    "CREATE TABLE checkpoint (size " INT " PRIMARY KEY, at " INT " NOT NULL," \
    " bytes " BLOB " NOT NULL);"

/* What one process knew and another must: failed faces, signed lists.  And the database itself says
 * that one certificate opens one gate once for a trip; what happened beyond that is a conflict. */
#define SHARED(INT, BLOB, TEXT, SERIAL, BY_KEY) \
    "CREATE TABLE failure (blind " BLOB " PRIMARY KEY, n " INT " NOT NULL," \
    " last " INT " NOT NULL)" BY_KEY ";" \
    "CREATE INDEX failure_age ON failure (last);" \
    "CREATE TABLE list (name " TEXT " PRIMARY KEY, version " INT " NOT NULL," \
    " at " INT " NOT NULL, bytes " BLOB " NOT NULL);" \
    "CREATE UNIQUE INDEX entry_once ON entry (cti, train, depart)" \
    " WHERE conflict = 0 AND verdict >= 19 AND train <> '';"

/* A certificate's row names the leaf of its issue: the index of leaves by certificate, whose keys
 * fall anywhere, is for uses alone. */
#define LINKED(INT, BLOB, TEXT, SERIAL, BY_KEY) \
    "ALTER TABLE certificate ADD COLUMN leaf " INT " NOT NULL DEFAULT -1;"

/* Every person has a key of their own, by which erasing destroys what the disk may still hold.  What
 * has to go with a person or a day can be found: requests name their certificate (those of before
 * would not be recognised), and what a revoked certificate leaves is its place in the list. */
#define OWNED(INT, BLOB, TEXT, SERIAL, BY_KEY) \
    "CREATE TABLE own (id " INT " PRIMARY KEY, blind " BLOB " NOT NULL UNIQUE," \
    " gen " INT " NOT NULL, sealed " BLOB " NOT NULL);" \
    "CREATE INDEX own_gen ON own (gen);" \
    "CREATE TABLE secret (name " TEXT " PRIMARY KEY, gen " INT " NOT NULL," \
    " sealed " BLOB " NOT NULL)" BY_KEY ";" \
    "ALTER TABLE note ADD COLUMN gen " INT " NOT NULL DEFAULT 0;" \
    "CREATE INDEX note_gen ON note (gen);" \
    "ALTER TABLE person ADD COLUMN keyed " INT " NOT NULL DEFAULT 0;" \
    "ALTER TABLE person ADD COLUMN until " INT " NOT NULL DEFAULT 0;" \
    "CREATE INDEX person_until ON person (until) WHERE until <> 0 AND face IS NOT NULL;" \
    "ALTER TABLE ticket ADD COLUMN keyed " INT " NOT NULL DEFAULT 0;" \
    "CREATE INDEX ticket_age ON ticket (depart);" \
    "CREATE INDEX certificate_age ON certificate (expires);" \
    "CREATE TABLE gone (idx " INT " PRIMARY KEY, expires " INT " NOT NULL);" \
    "DELETE FROM request;" \
    "ALTER TABLE request ADD COLUMN cti " BLOB ";" \
    "CREATE INDEX request_certificate ON request (cti) WHERE cti IS NOT NULL;"

/* Where a gate's peers reach it. */
#define GROUPED(INT, BLOB, TEXT, SERIAL, BY_KEY) \
    "ALTER TABLE device ADD COLUMN address " TEXT " NOT NULL DEFAULT '';"

/* Comings and goings belong to a person, whatever certificate they had: its rows say whose they are
 * and how often that person had come and left for the trip before.  Two that were no conflict for one
 * certificate each are one now. */
#define USES(INT, BLOB, TEXT, SERIAL, BY_KEY) \
    "ALTER TABLE entry ADD COLUMN act " INT " NOT NULL DEFAULT 0;" \
    "ALTER TABLE entry ADD COLUMN annuls " BLOB ";" \
    "ALTER TABLE entry ADD COLUMN person " BLOB ";" \
    "ALTER TABLE entry ADD COLUMN round " INT ";" \
    "DROP INDEX entry_once;" \
    "UPDATE entry SET person = COALESCE((SELECT blind FROM certificate" \
    " WHERE certificate.cti = entry.cti), entry.cti)" \
    " WHERE verdict >= 19 AND train <> '';" \
    "CREATE INDEX entry_person ON entry (person, train, depart);" \
    "UPDATE entry SET conflict = 1 WHERE person IS NOT NULL AND conflict = 0 AND EXISTS" \
    " (SELECT 1 FROM entry e WHERE e.person = entry.person AND e.train = entry.train" \
    " AND e.depart = entry.depart AND e.conflict = 0 AND (e.at < entry.at OR" \
    " (e.at = entry.at AND e.event < entry.event)));" \
    "UPDATE entry SET round = 0 WHERE person IS NOT NULL AND conflict = 0;" \
    "DROP INDEX entry_person;" \
    "CREATE UNIQUE INDEX entry_once ON entry (person, train, depart, round);"
/* clang-format on */

/* Beyond this line of the verdicts gates open: it stands in the migrations. */
_Static_assert(TBC_ACCEPTED == 19, "a migration that was released says so");

/* Version n of the tables is the first n steps.  Never change one that was released: add one. */
const struct tbc_sql_migration tbc_store_migrations[TBC_STORE_VERSION] = {
    DIALECTS(FIRST), DIALECTS(JOURNAL), DIALECTS(SHARED), DIALECTS(LINKED),
    DIALECTS(OWNED), DIALECTS(GROUPED), DIALECTS(USES),
};
