tbc_test(store/outbox FLOORS store)
tbc_test(store/store FLOORS store)
tbc_test(store/journal FLOORS store PKGS sqlite3 LABELS slow)
