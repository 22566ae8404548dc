tbc_test(scan/lines FLOORS scan)
tbc_test(scan/qr SOURCES support/second_view.c FLOORS scan LIBS m)
tbc_test(scan/scan FLOORS scan)
