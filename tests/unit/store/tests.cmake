tbc_test(store/outbox FLOORS store)
