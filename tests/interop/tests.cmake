# Software by strangers, both ways.  ./dev deps installs it; what is missing fails.  Slow by label, so
# that the sanitizers' pass, which could not look into it anyway, leaves it out.
find_program(tbc_python python3 PATHS /usr/bin NO_DEFAULT_PATH) # Debian's, which has its modules
add_executable(tbc-test-draw interop/draw.c ${PROJECT_SOURCE_DIR}/kiosk/slip.c)
tbc_links(tbc-test-draw PRIVATE "sys;image;scan" "" "tbc_test_examples;m")
add_dependencies(tbc-test-draw tbc tbc-station tbc-test-world)

# tbc_interop(NAME SCRIPT ARGUMENTS...): interop/NAME
function(tbc_interop name script)
    add_test(NAME interop/${name}
        COMMAND ${tbc_python} ${PROJECT_SOURCE_DIR}/tests/interop/${script} ${ARGN})
    set_tests_properties(interop/${name} PROPERTIES TIMEOUT 120 LABELS slow
        ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin;TBC_INTEROP=${PROJECT_SOURCE_DIR}/build/interop;PYTHONDONTWRITEBYTECODE=1")
endfunction()

foreach(stack cose-js auth0-cose ruby-cose python-cbor2)
    tbc_interop(${stack} stack.py ${stack})
endforeach()
foreach(stack zbar zxing zxing-cpp qrencode)
    tbc_interop(${stack} qr.py ${stack})
endforeach()
tbc_interop(protocol-page page.py)
