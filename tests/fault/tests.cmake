# Fault sweeps: the floors linked so that each call that can fail may be made to (tests/fault/fault.h).
# tbc_fault_test(codec FLOORS codec WRAPS memory): builds tests/fault/test_codec.c.
set(tbc_wrap_memory malloc calloc realloc free inflateInit_ inflate compress2)

function(tbc_fault_test name)
    cmake_parse_arguments(F "" "" "FLOORS;WRAPS;PKGS;SOURCES;INCLUDES" ${ARGN})
    set(id test_fault_${name})
    list(TRANSFORM F_WRAPS REPLACE "(.+)" "fault/wrap_\\1.c" OUTPUT_VARIABLE wrappers)
    add_executable(${id} fault/test_${name}.c fault/fault.c ${wrappers} ${F_SOURCES})
    target_include_directories(${id} PRIVATE fault ${F_INCLUDES})
    tbc_links(${id} PRIVATE "${F_FLOORS}" "${F_PKGS}" tbc_test_support)
    foreach(wrap ${F_WRAPS})
        foreach(symbol ${tbc_wrap_${wrap}})
            target_link_options(${id} PRIVATE -Wl,--wrap=${symbol})
        endforeach()
    endforeach()
    add_test(NAME fault/${name} COMMAND ${id})
    set_tests_properties(fault/${name} PROPERTIES TIMEOUT 120)
endfunction()

tbc_fault_test(codec FLOORS codec WRAPS memory PKGS zlib)
