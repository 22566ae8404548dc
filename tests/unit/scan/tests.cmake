tbc_test(scan/keys SOURCES support/typist.c FLOORS scan)
tbc_test(scan/lines FLOORS scan)
tbc_test(scan/qr SOURCES support/second_view.c FLOORS scan LIBS m)
tbc_test(scan/reader SOURCES support/hard_lens.c support/hard_view.c FLOORS scan sys LIBS m LABELS slow)
tbc_test(scan/scan SOURCES support/typist.c FLOORS scan)
tbc_test(scan/shade FLOORS scan)
tbc_test(scan/sight SOURCES support/lens.c FLOORS scan sys LABELS slow)
tbc_test(scan/track FLOORS scan)
tbc_test(scan/trim FLOORS scan)

add_test(NAME e2e/scan_qr COMMAND sh ${PROJECT_SOURCE_DIR}/tests/e2e/scan_qr.sh)
set_tests_properties(e2e/scan_qr PROPERTIES TIMEOUT 60
    ENVIRONMENT "TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")

include(bench/scan.cmake)
