# tbc as a process; tbc-test-world writes the signed files that it reads.
add_executable(tbc-test-world unit/cli/make_world.c unit/crypto/world.c)
target_include_directories(tbc-test-world PRIVATE unit/crypto)
tbc_links(tbc-test-world PRIVATE "sys;crypto" "" "tbc_test_support")
add_dependencies(tbc-test-world tbc)
add_test(NAME cli/tbc COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/unit/cli/tbc.sh)
set_tests_properties(cli/tbc PROPERTIES TIMEOUT 60
    ENVIRONMENT "TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")
