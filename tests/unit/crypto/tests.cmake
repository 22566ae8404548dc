tbc_test(crypto/merkle FLOORS crypto)
tbc_test(crypto/sign FLOORS crypto)
tbc_test(crypto/key_parse FLOORS crypto)
tbc_test(crypto/key_token FLOORS crypto PKGS p11-kit-1 SOURCES unit/crypto/softhsm.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto LABELS slow)
add_library(tbc_token_fake MODULE unit/crypto/token_fake.c)
tbc_links(tbc_token_fake PRIVATE "" p11-kit-1 "")
tbc_test(crypto/token_trouble FLOORS crypto SOURCES unit/crypto/softhsm.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto LABELS slow)
target_compile_definitions(test_crypto_token_trouble PRIVATE
    TBC_TOKEN_FAKE_PATH="$<TARGET_FILE:tbc_token_fake>")
add_dependencies(test_crypto_token_trouble tbc_token_fake)
# Whose leak it was is only seen with whole stacks.
set_tests_properties(crypto/key_token crypto/token_trouble PROPERTIES
    ENVIRONMENT_MODIFICATION "ASAN_OPTIONS=path_list_append:fast_unwind_on_malloc=0")
tbc_test(crypto/judge FLOORS crypto SOURCES unit/crypto/world.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
tbc_test(crypto/vectors FLOORS crypto)
tbc_test(crypto/protocol FLOORS crypto)
tbc_test(crypto/certificate FLOORS crypto SOURCES unit/crypto/world.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
tbc_test(crypto/key_reuse FLOORS crypto PKGS libcrypto)
tbc_test(crypto/keyring FLOORS crypto SOURCES unit/crypto/world.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
tbc_test(crypto/seal FLOORS crypto)
tbc_test(crypto/rollover FLOORS crypto INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
tbc_test(crypto/typ FLOORS crypto SOURCES unit/crypto/world.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
tbc_test(crypto/statusdelta FLOORS crypto SOURCES unit/crypto/world.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
tbc_test(crypto/permute FLOORS crypto LIBS m)
tbc_test(crypto/checkpoint FLOORS crypto SOURCES unit/crypto/world.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
# Fifty tokens and some half a million damaged forms of them.
tbc_test(crypto/mutation FLOORS crypto LABELS slow LIBS ${TBC_COUNT_ALLOCATIONS}
    SOURCES unit/crypto/tokens.c unit/crypto/world.c support/allocations.c fuzz/twin.c ${tbc_mutate}
    INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto ${CMAKE_CURRENT_SOURCE_DIR}/fuzz)
set_tests_properties(crypto/mutation PROPERTIES TIMEOUT 900)
include(bench/judge.cmake)
tbc_test(crypto/vectors_signature FLOORS crypto SOURCES support/keys.c)
tbc_test(crypto/vectors_cose FLOORS crypto SOURCES support/keys.c)
tbc_test(crypto/vectors_merkle FLOORS crypto)
