# Fault sweeps: the floors linked so that each call that can fail may be made to (tests/fault/fault.h).
#
# tbc_fault_test(codec FLOORS codec WRAPS memory): builds tests/fault/test_codec.c with
# wrap_memory.c; whatever a wrapper file defines is wrapped, there is no other list.
function(tbc_wrap target file)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(STRINGS ${file} lines REGEX "^(__wrap_|CALL\\()")
    foreach(line ${lines})
        string(REGEX REPLACE "^(__wrap_|CALL\\([^,]*, )([A-Za-z0-9_]+).*" "\\2" symbol "${line}")
        target_link_options(${target} PRIVATE -Wl,--wrap=${symbol})
    endforeach()
endfunction()

function(tbc_fault_test name)
    cmake_parse_arguments(F "" "" "FLOORS;WRAPS;PKGS;SOURCES;INCLUDES" ${ARGN})
    set(id test_fault_${name})
    add_executable(${id} fault/test_${name}.c fault/fault.c ${F_SOURCES})
    target_include_directories(${id} PRIVATE fault ${F_INCLUDES})
    tbc_links(${id} PRIVATE "${F_FLOORS}" "${F_PKGS}" tbc_test_support)
    foreach(wrap ${F_WRAPS})
        target_sources(${id} PRIVATE fault/wrap_${wrap}.c)
        tbc_wrap(${id} ${CMAKE_CURRENT_SOURCE_DIR}/fault/wrap_${wrap}.c)
    endforeach()
    add_test(NAME fault/${name} COMMAND ${id} told)
    set_tests_properties(fault/${name} PROPERTIES TIMEOUT 120
        ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR}")
    if(openssl IN_LIST F_WRAPS) # whose own memory takes a sweep of seconds
        add_test(NAME fault/${name}_inside COMMAND ${id} inside)
        set_tests_properties(fault/${name}_inside PROPERTIES TIMEOUT 300 LABELS slow
            ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR}")
    endif()
endfunction()

tbc_fault_test(codec FLOORS codec WRAPS memory PKGS zlib)
tbc_fault_test(crypto FLOORS crypto WRAPS memory openssl files PKGS zlib libcrypto jansson
    SOURCES unit/crypto/world.c INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
tbc_fault_test(key FLOORS crypto WRAPS memory openssl files PKGS zlib libcrypto jansson)
