tbc_test(net/bus FLOORS net)
tbc_test(net/http FLOORS net LABELS slow)
