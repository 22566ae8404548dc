add_executable(bench_judge bench/bench_judge.c bench/figures.c bench/measure.c support/allocations.c unit/crypto/world.c)
target_include_directories(bench_judge PRIVATE unit/crypto)
tbc_links(bench_judge PRIVATE crypto libcrypto "tbc_test_support;${TBC_COUNT_ALLOCATIONS}")
