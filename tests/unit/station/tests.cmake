tbc_test(station/core FLOORS codec
    SOURCES ${PROJECT_SOURCE_DIR}/station-server/core.c
    INCLUDES ${PROJECT_SOURCE_DIR}/station-server)
tbc_test(station/conf FLOORS net
    SOURCES ${PROJECT_SOURCE_DIR}/station-server/conf.c
            ${PROJECT_SOURCE_DIR}/station-server/conf_keys.c
    INCLUDES ${PROJECT_SOURCE_DIR}/station-server)
tbc_test(station/index FLOORS store LABELS slow
    SOURCES ${PROJECT_SOURCE_DIR}/station-server/core.c
            ${PROJECT_SOURCE_DIR}/station-server/index.c
    INCLUDES ${PROJECT_SOURCE_DIR}/station-server)
include(bench/station.cmake)
tbc_test(station/budget FLOORS base
    SOURCES ${PROJECT_SOURCE_DIR}/station-server/budget.c
    INCLUDES ${PROJECT_SOURCE_DIR}/station-server)
tbc_test(station/queue FLOORS net
    SOURCES ${PROJECT_SOURCE_DIR}/station-server/queue.c
    INCLUDES ${PROJECT_SOURCE_DIR}/station-server)
tbc_test(station/metrics FLOORS codec
    SOURCES ${PROJECT_SOURCE_DIR}/station-server/metrics.c
            ${PROJECT_SOURCE_DIR}/station-server/health.c
    INCLUDES ${PROJECT_SOURCE_DIR}/station-server)
tbc_test(station/signer_rules FLOORS codec
    SOURCES ${PROJECT_SOURCE_DIR}/station-server/signer_rules.c
    INCLUDES ${PROJECT_SOURCE_DIR}/station-server)
tbc_test(station/signer_count FLOORS sys LABELS slow
    SOURCES ${PROJECT_SOURCE_DIR}/station-server/signer_count.c
    INCLUDES ${PROJECT_SOURCE_DIR}/station-server)
tbc_test(station/signer_wire FLOORS sys
    SOURCES ${PROJECT_SOURCE_DIR}/station-server/signer_wire.c
    INCLUDES ${PROJECT_SOURCE_DIR}/station-server)
tbc_test(station/provider_breaker FLOORS base
    SOURCES ${PROJECT_SOURCE_DIR}/station-server/provider_breaker.c
    INCLUDES ${PROJECT_SOURCE_DIR}/station-server)

# The same on a file and on a server; the second only where a store is shared.
set(tbc_pseudonym_sources ${PROJECT_SOURCE_DIR}/station-server/pseudonym.c
    ${PROJECT_SOURCE_DIR}/station-server/setup.c
    ${PROJECT_SOURCE_DIR}/station-server/conf.c
    ${PROJECT_SOURCE_DIR}/station-server/conf_keys.c)
tbc_test(station/pseudonym FLOORS net store PKGS sqlite3 LABELS slow
    SOURCES ${tbc_pseudonym_sources} ${CMAKE_CURRENT_SOURCE_DIR}/unit/store/place_sqlite.c
    INCLUDES ${PROJECT_SOURCE_DIR}/station-server)
tbc_test(station/pseudonym_shared FLOORS net store LIBS tbc_test_postgres LABELS slow
    SOURCES ${tbc_pseudonym_sources}
            ${CMAKE_CURRENT_SOURCE_DIR}/unit/store/place_postgres.c
    INCLUDES ${PROJECT_SOURCE_DIR}/station-server)
