# Benches of the running station; it is that of the preset benchmark which they can use.
foreach(name issue enter verify flood)
    add_executable(bench_${name} bench/bench_${name}.c bench/figures.c bench/measure.c bench/load.c
        bench/raw.c bench/work.c)
    add_dependencies(bench_${name} tbc-station tbc)
endforeach()
tbc_links(bench_issue PRIVATE net sqlite3 "tbc_test_support;tbc_test_stage")
tbc_links(bench_enter PRIVATE net sqlite3 "tbc_test_support;tbc_test_stage")
tbc_links(bench_flood PRIVATE net sqlite3 "tbc_test_support;tbc_test_stage")
target_sources(bench_verify PRIVATE bench/bare.c)
tbc_links(bench_verify PRIVATE net "sqlite3;libzmq;libcrypto"
    "tbc_test_support;tbc_test_stage")
# Of the real station with its examiner, beside the models.
add_executable(bench_apply bench/bench_apply.c bench/figures.c bench/measure.c bench/load.c
    bench/raw.c bench/work.c)
add_dependencies(bench_apply tbc-station tbc-examiner tbc tbc-second-view)
tbc_links(bench_apply PRIVATE "net;face" sqlite3 "tbc_test_support;tbc_test_stage")
# Of the real gate, alone and with the real station.
add_executable(bench_gate bench/bench_gate.c bench/bare.c bench/figures.c bench/load.c
    bench/measure.c bench/railway.c bench/raw.c bench/work.c)
add_dependencies(bench_gate tbc-gate tbc-station tbc)
tbc_links(bench_gate PRIVATE "net;store" "sqlite3;libzmq;libcrypto"
    "tbc_test_support;tbc_test_stage")

add_executable(bench_growth bench/bench_growth.c bench/figures.c bench/measure.c bench/load.c
    bench/raw.c bench/work.c bench/seed.c ${PROJECT_SOURCE_DIR}/station-server/core.c)
target_include_directories(bench_growth PRIVATE ${PROJECT_SOURCE_DIR}/station-server)
add_dependencies(bench_growth tbc-station tbc)
tbc_links(bench_growth PRIVATE "net;store" sqlite3 "tbc_test_support;tbc_test_stage;m")
