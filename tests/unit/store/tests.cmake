tbc_test(store/outbox FLOORS store)
tbc_test(store/outbox_uses FLOORS store PKGS sqlite3)
tbc_test(store/cells FLOORS store)

# The station's store: one suite on a file and on a server.
set(tbc_store_dir ${CMAKE_CURRENT_SOURCE_DIR}/unit/store)
tbc_test(store/store FLOORS store PKGS sqlite3 SOURCES ${tbc_store_dir}/place_sqlite.c)
tbc_test(store/sqlite FLOORS store PKGS sqlite3 SOURCES ${tbc_store_dir}/place_sqlite.c)
tbc_test(store/migrate FLOORS store PKGS sqlite3 SOURCES ${tbc_store_dir}/place_sqlite.c)
tbc_test(store/wal FLOORS store PKGS sqlite3 LABELS slow
    SOURCES ${tbc_store_dir}/place_sqlite.c)
tbc_test(store/forget FLOORS store PKGS sqlite3 SOURCES ${tbc_store_dir}/place_sqlite.c)
tbc_test(store/backup FLOORS store PKGS sqlite3 SOURCES ${tbc_store_dir}/place_sqlite.c)
tbc_test(store/rekey FLOORS store PKGS sqlite3 SOURCES ${tbc_store_dir}/place_sqlite.c)
tbc_test(store/journal FLOORS store PKGS sqlite3 LABELS slow
    SOURCES ${tbc_store_dir}/place_sqlite.c)

add_library(tbc_test_postgres STATIC support/postgres.c)
target_include_directories(tbc_test_postgres PUBLIC support)
tbc_links(tbc_test_postgres PRIVATE "" "" "")
tbc_test(store/postgres FLOORS store LIBS tbc_test_postgres LABELS slow)
foreach(suite store migrate journal forget rekey)
    add_executable(test_${suite}_on_postgres unit/store/test_${suite}.c
        unit/store/place_postgres.c)
    tbc_links(test_${suite}_on_postgres PRIVATE "store" ""
        "tbc_test_support;tbc_test_postgres")
    add_test(NAME store/${suite}_on_postgres COMMAND test_${suite}_on_postgres)
    set_tests_properties(store/${suite}_on_postgres PROPERTIES TIMEOUT 120 LABELS slow
        ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")
endforeach()
tbc_test(store/fault FLOORS store PKGS sqlite3 LABELS slow
    SOURCES ${tbc_store_dir}/place_sqlite.c support/fault_vfs.c)
