add_executable(bench_scan bench/bench_scan.c bench/figures.c bench/measure.c support/hard_lens.c support/hard_view.c)
target_include_directories(bench_scan PRIVATE support)
target_compile_definitions(bench_scan PRIVATE TBC_FUZZ_CORPUS="${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus")
tbc_links(bench_scan PRIVATE "scan;sys" "" m)
