# Real gates and a real station in network namespaces, and what compares them.
add_library(clock_fake MODULE world/clock_fake.c)
set_target_properties(clock_fake PROPERTIES PREFIX ""
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
target_compile_definitions(clock_fake PRIVATE _GNU_SOURCE)
target_link_libraries(clock_fake PRIVATE tbc_warnings)

add_executable(test_world world/test_world.c world/world.c world/network.c
    world/facts.c world/invariants.c world/invariants_read.c crash/trap.c)
tbc_links(test_world PRIVATE "net;store" "sqlite3" "tbc_test_support;tbc_test_stage")
add_dependencies(test_world tbc-station tbc-gate tbc clock_fake)
add_test(NAME world/world COMMAND test_world)
set_tests_properties(world/world PROPERTIES TIMEOUT 300 LABELS slow
    ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")

add_executable(test_world_invariants world/test_invariants.c world/invariants.c
    world/invariants_read.c)
tbc_links(test_world_invariants PRIVATE "net;store" "sqlite3" "tbc_test_support")
add_test(NAME world/invariants COMMAND test_world_invariants)
set_tests_properties(world/invariants PROPERTIES TIMEOUT 120)

# Two gates, one certificate; see ./dev races.
add_executable(races world/races.c world/facts.c world/invariants.c
    world/invariants_read.c)
tbc_links(races PRIVATE "net;store" "sqlite3" "tbc_test_support;tbc_test_stage")
add_dependencies(races tbc-station tbc-gate tbc)
add_test(NAME world/races COMMAND races 200)
set_tests_properties(world/races PROPERTIES TIMEOUT 300 LABELS slow
    ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")
