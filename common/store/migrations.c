/* The tables of a station's store. */
#include "store/inner.h"

/* Version n of the tables is the first n steps.  Never change one that was released: add one. */
const struct tbc_sql_migration tbc_store_migrations[TBC_STORE_VERSION] = {
    {
        .sqlite =
            "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
            "CREATE TABLE device (name TEXT PRIMARY KEY, role INTEGER NOT NULL,"
            " key BLOB NOT NULL UNIQUE, added INTEGER NOT NULL, revoked INTEGER NOT NULL,"
            " seen INTEGER NOT NULL) WITHOUT ROWID;"
            "CREATE TABLE person (id INTEGER PRIMARY KEY, blind BLOB NOT NULL UNIQUE,"
            " kind INTEGER NOT NULL, number BLOB NOT NULL, name BLOB NOT NULL,"
            " latin BLOB NOT NULL, face BLOB);"
            "CREATE TABLE ticket (id INTEGER PRIMARY KEY, blind BLOB NOT NULL,"
            " train TEXT NOT NULL, depart INTEGER NOT NULL, start TEXT NOT NULL,"
            " holder BLOB NOT NULL, trip BLOB NOT NULL, UNIQUE (blind, train, depart));"
            "CREATE INDEX ticket_departing ON ticket (start, depart);"
            "CREATE TABLE certificate (cti BLOB PRIMARY KEY, blind BLOB NOT NULL,"
            " idx INTEGER NOT NULL UNIQUE, issued INTEGER NOT NULL, expires INTEGER NOT NULL,"
            " medium INTEGER NOT NULL, device TEXT NOT NULL, officer TEXT NOT NULL,"
            " why TEXT NOT NULL, bytes BLOB NOT NULL, revoked INTEGER NOT NULL,"
            " reason TEXT NOT NULL);"
            "CREATE INDEX certificate_holder ON certificate (blind, issued);"
            "CREATE INDEX certificate_revoked ON certificate (idx) WHERE revoked <> 0;"
            "CREATE TABLE entry (event BLOB PRIMARY KEY, cti BLOB NOT NULL,"
            " verdict INTEGER NOT NULL, at INTEGER NOT NULL, train TEXT NOT NULL,"
            " depart INTEGER NOT NULL, told INTEGER NOT NULL, device TEXT NOT NULL,"
            " conflict INTEGER NOT NULL) WITHOUT ROWID;"
            "CREATE INDEX entry_trip ON entry (cti, train, depart);"
            "CREATE TABLE request (id BLOB PRIMARY KEY, digest BLOB NOT NULL,"
            " reply BLOB NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;"
            "CREATE INDEX request_age ON request (at);"
            "CREATE TABLE access (id INTEGER PRIMARY KEY, cti BLOB NOT NULL,"
            " device TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL);"
            "CREATE INDEX access_certificate ON access (cti);",
    },
    {
        .sqlite =
            "INSERT INTO meta (name, value) VALUES ('journal', 0);"
            "CREATE TABLE leaf (pos INTEGER PRIMARY KEY, cti BLOB, bytes BLOB NOT NULL,"
            " nodes BLOB NOT NULL);"
            "CREATE INDEX leaf_certificate ON leaf (cti, pos) WHERE cti IS NOT NULL;"
            "CREATE TABLE note (pos INTEGER PRIMARY KEY, key BLOB NOT NULL,"
            " text TEXT NOT NULL);"
            "CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
            " bytes BLOB NOT NULL);",
    },
};
