add_executable(bench_group bench/bench_group.c bench/figures.c bench/measure.c)
target_include_directories(bench_group PRIVATE ${PROJECT_SOURCE_DIR}/gate)
tbc_links(bench_group PRIVATE "gate_core;net" libzmq "")
