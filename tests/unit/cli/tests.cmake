# tbc as a process; tbc-test-world writes the signed files that it reads.
add_executable(tbc-test-world unit/cli/make_world.c unit/crypto/world.c)
target_include_directories(tbc-test-world PRIVATE unit/crypto)
tbc_links(tbc-test-world PRIVATE "sys;crypto" "" "tbc_test_support")
add_dependencies(tbc-test-world tbc)
foreach(script tbc log keys)
    add_test(NAME cli/${script} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/unit/cli/${script}.sh)
    set_tests_properties(cli/${script} PROPERTIES TIMEOUT 60
        ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")
endforeach()
set_tests_properties(cli/log cli/keys PROPERTIES LABELS slow)
