tbc_test(net/bus FLOORS net)
