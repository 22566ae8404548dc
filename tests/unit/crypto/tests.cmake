tbc_test(crypto/merkle FLOORS crypto)
tbc_test(crypto/sign FLOORS crypto)
tbc_test(crypto/key_parse FLOORS crypto)
tbc_test(crypto/judge FLOORS crypto SOURCES unit/crypto/world.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
tbc_test(crypto/vectors FLOORS crypto)
tbc_test(crypto/protocol FLOORS crypto)
tbc_test(crypto/certificate FLOORS crypto SOURCES unit/crypto/world.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
tbc_test(crypto/key_reuse FLOORS crypto PKGS libcrypto)
tbc_test(crypto/keyring FLOORS crypto SOURCES unit/crypto/world.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
tbc_test(crypto/seal FLOORS crypto)
tbc_test(crypto/permute FLOORS crypto LIBS m)
tbc_test(crypto/checkpoint FLOORS crypto SOURCES unit/crypto/world.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
# Fifty tokens and some half a million damaged forms of them.
set(tbc_mutate fuzz/mutate.c fuzz/mutate_put.c fuzz/mutate_text.c fuzz/mutate_tree.c)
tbc_test(crypto/mutation FLOORS crypto LABELS slow LIBS ${TBC_COUNT_ALLOCATIONS}
    SOURCES unit/crypto/tokens.c unit/crypto/world.c support/allocations.c ${tbc_mutate}
    INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto ${CMAKE_CURRENT_SOURCE_DIR}/fuzz)
set_tests_properties(crypto/mutation PROPERTIES TIMEOUT 900)
include(bench/judge.cmake)
