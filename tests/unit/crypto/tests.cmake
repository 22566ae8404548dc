tbc_test(crypto/merkle FLOORS crypto)
tbc_test(crypto/sign FLOORS crypto)
tbc_test(crypto/judge FLOORS crypto SOURCES unit/crypto/world.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
tbc_test(crypto/vectors FLOORS crypto)
