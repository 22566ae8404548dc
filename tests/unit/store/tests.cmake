tbc_test(store/outbox FLOORS store)
tbc_test(store/store FLOORS store)
