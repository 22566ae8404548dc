tbc_test(crypto/merkle FLOORS crypto)
tbc_test(crypto/sign FLOORS crypto)
