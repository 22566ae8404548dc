tbc_test(base/text FLOORS base)
tbc_test(base/when FLOORS base)
tbc_test(base/buf FLOORS base)
tbc_test(base/csv FLOORS base)
