# Kills the station at system calls, see ./dev crash; and what it compares with.
add_executable(test_crash_ledger crash/test_ledger.c crash/ledger.c)
target_include_directories(test_crash_ledger PRIVATE support crash)
tbc_links(test_crash_ledger PRIVATE "" "" "tbc_test_support")
add_test(NAME crash/ledger COMMAND test_crash_ledger)

add_executable(crash crash/crash.c crash/ledger.c crash/load.c crash/trap.c crash/world.c)
tbc_links(crash PRIVATE "net;store" "" "tbc_test_support;tbc_test_stage")
add_dependencies(crash tbc-station tbc-examiner tbc)
add_test(NAME crash/station COMMAND crash 20)
set_tests_properties(crash/station PROPERTIES TIMEOUT 300 LABELS slow
    ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")
