# tbc as a process; tbc-test-world writes the signed files that it reads.
add_executable(tbc-test-world unit/cli/make_world.c unit/crypto/world.c)
target_include_directories(tbc-test-world PRIVATE unit/crypto)
tbc_links(tbc-test-world PRIVATE "sys;crypto" "" "tbc_test_support")
add_dependencies(tbc-test-world tbc)
foreach(script tbc.sh log.sh status.sh trust.sh keys.sh tools.sh vectors.py)
    cmake_path(GET script STEM name)
    add_test(NAME cli/${name} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/unit/cli/${script})
    set_tests_properties(cli/${name} PROPERTIES TIMEOUT 180
        ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")
endforeach()
set_tests_properties(cli/log cli/status cli/trust cli/keys cli/tools cli/vectors PROPERTIES LABELS slow)
