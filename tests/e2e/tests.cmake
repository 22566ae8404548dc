# Tests with the real programs; each takes seconds.
add_executable(test_e2e_kiosk e2e/test_kiosk.c e2e/station_fake.c)
tbc_links(test_e2e_kiosk PRIVATE "net;scan;sys" "" "tbc_test_support")
add_dependencies(test_e2e_kiosk tbc-kiosk)
add_test(NAME e2e/kiosk COMMAND test_e2e_kiosk)
set_tests_properties(e2e/kiosk PROPERTIES TIMEOUT 300 LABELS slow
    ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")

# The real gate against the real station.
add_executable(test_e2e_gate e2e/test_gate.c support/modbus_device.c)
tbc_links(test_e2e_gate PRIVATE "net" "libmodbus" "tbc_test_support")
add_dependencies(test_e2e_gate tbc-gate tbc-station)
add_test(NAME e2e/gate COMMAND test_e2e_gate)
set_tests_properties(e2e/gate PROPERTIES TIMEOUT 180 LABELS slow
    ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")

# The real station; with faces where TBC_MODELS and TBC_PEOPLE say.
foreach(name station station_life batch passback desk disk operation doctor stats data group gate_face)
    add_executable(test_e2e_${name} e2e/test_${name}.c)
    tbc_links(test_e2e_${name} PRIVATE "net;store" "" "tbc_test_support;tbc_test_stage")
    add_dependencies(test_e2e_${name} tbc-station tbc-gate tbc-examiner tbc tbc-second-view)
    add_test(NAME e2e/${name} COMMAND test_e2e_${name})
    set_tests_properties(e2e/${name} PROPERTIES TIMEOUT 180 LABELS slow
        ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")
endforeach()
# Its journal: written and proved; altered, restored, killed.  And a gate from start to end.
foreach(name journal audit gate_life)
    add_executable(test_e2e_${name} e2e/test_${name}.c e2e/journal_rig.c)
    tbc_links(test_e2e_${name} PRIVATE "net;store" "sqlite3"
        "tbc_test_support;tbc_test_stage")
    add_dependencies(test_e2e_${name} tbc-station tbc-gate tbc)
    add_test(NAME e2e/${name} COMMAND test_e2e_${name})
    set_tests_properties(e2e/${name} PROPERTIES TIMEOUT 180 LABELS slow
        ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")
endforeach()

# The station with its key in a token.
add_executable(test_e2e_keys e2e/test_keys.c unit/crypto/softhsm.c)
target_include_directories(test_e2e_keys PRIVATE unit/crypto)
tbc_links(test_e2e_keys PRIVATE "net;store" "" "tbc_test_support;tbc_test_stage")
add_dependencies(test_e2e_keys tbc-station tbc)
add_test(NAME e2e/keys COMMAND test_e2e_keys)
set_tests_properties(e2e/keys PROPERTIES TIMEOUT 180 LABELS slow
    ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")

# Two processes of a station on one PostgreSQL, whose primary dies.
add_executable(test_e2e_failover e2e/test_failover.c)
tbc_links(test_e2e_failover PRIVATE "net" ""
    "tbc_test_support;tbc_test_stage;tbc_test_postgres")
add_dependencies(test_e2e_failover tbc-station tbc)
add_test(NAME e2e/failover COMMAND test_e2e_failover)
set_tests_properties(e2e/failover PROPERTIES TIMEOUT 300 LABELS slow
    ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")

# A station whose PostgreSQL hangs, or is gone for a while.
add_executable(test_e2e_away e2e/test_away.c)
tbc_links(test_e2e_away PRIVATE "net" ""
    "tbc_test_support;tbc_test_stage;tbc_test_postgres")
add_dependencies(test_e2e_away tbc-station tbc)
add_test(NAME e2e/away COMMAND test_e2e_away)
set_tests_properties(e2e/away PROPERTIES TIMEOUT 300 LABELS slow
    ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")

# The process that holds the issuer's key.
add_executable(test_e2e_signer e2e/test_signer.c
    ${PROJECT_SOURCE_DIR}/station-server/signer.c
    ${PROJECT_SOURCE_DIR}/station-server/signer_wire.c)
target_include_directories(test_e2e_signer PRIVATE ${PROJECT_SOURCE_DIR}/station-server)
tbc_links(test_e2e_signer PRIVATE "net" "" "tbc_test_support;tbc_test_stage")
add_dependencies(test_e2e_signer tbc-station tbc)
add_test(NAME e2e/signer COMMAND test_e2e_signer)
set_tests_properties(e2e/signer PROPERTIES TIMEOUT 180 LABELS slow
    ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")

# Ways in and out, companions, sensors, full disks.
add_executable(test_e2e_passage e2e/test_passage.c)
tbc_links(test_e2e_passage PRIVATE "net;store" "" "tbc_test_support;tbc_test_stage")
add_dependencies(test_e2e_passage tbc-station tbc-gate tbc)
add_test(NAME e2e/passage COMMAND test_e2e_passage)
set_tests_properties(e2e/passage PROPERTIES TIMEOUT 180 LABELS slow
    ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")

# The station before revoked devices, bad messages and curious readers.
add_executable(test_e2e_security e2e/test_security.c)
tbc_links(test_e2e_security PRIVATE "net" "libzmq;sqlite3" "tbc_test_support;tbc_test_stage")
add_dependencies(test_e2e_security tbc-station tbc)
add_test(NAME e2e/security COMMAND test_e2e_security)
set_tests_properties(e2e/security PROPERTIES TIMEOUT 180 LABELS slow
    ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")

# Identities from an authority over TLS.
configure_file(support/authority_fake.py ${CMAKE_BINARY_DIR}/bin/authority_fake COPYONLY)
set(tbc_provider_sources ${PROJECT_SOURCE_DIR}/station-server/provider.c
    ${PROJECT_SOURCE_DIR}/station-server/provider_answer.c
    ${PROJECT_SOURCE_DIR}/station-server/provider_breaker.c)
add_executable(test_e2e_provider e2e/test_provider.c support/authority.c
    ${tbc_provider_sources})
target_include_directories(test_e2e_provider PRIVATE ${PROJECT_SOURCE_DIR}/station-server)
tbc_links(test_e2e_provider PRIVATE "net;store" "jansson" "tbc_test_support;tbc_test_stage")
add_dependencies(test_e2e_provider tbc-station tbc-examiner tbc tbc-second-view)
add_test(NAME e2e/provider COMMAND test_e2e_provider)
set_tests_properties(e2e/provider PROPERTIES TIMEOUT 120 LABELS slow
    ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")

# The gate's readers, without hardware.
add_executable(test_e2e_readers e2e/test_readers.c support/gates.c support/lens.c support/typist.c)
tbc_links(test_e2e_readers PRIVATE "net;scan;sys" "" "tbc_test_support;tbc_test_stage")
add_dependencies(test_e2e_readers tbc-gate tbc-station tbc)
add_test(NAME e2e/readers COMMAND test_e2e_readers)
set_tests_properties(e2e/readers PROPERTIES TIMEOUT 180 LABELS slow
    ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")
