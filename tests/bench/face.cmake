add_executable(bench_face bench/bench_face.c bench/figures.c bench/rates.c)
tbc_links(bench_face PRIVATE face "" m)
