tbc_test(crypto/merkle FLOORS crypto)
