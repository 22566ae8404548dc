# The three kinds of target this project has: a floor of common/, a program, a test.
find_package(PkgConfig REQUIRED)

# tbc_pkg(openssl): an imported target PkgConfig::openssl, headers as SYSTEM.
function(tbc_pkg module)
    if(NOT TARGET PkgConfig::${module})
        pkg_check_modules(${module} REQUIRED IMPORTED_TARGET GLOBAL ${module})
    endif()
endfunction()

# tbc_floor(codec SOURCES cbor.c ... FLOORS rail PKGS libcbor): static library tbc_codec.
function(tbc_floor name)
    cmake_parse_arguments(F "" "" "SOURCES;FLOORS;PKGS;LIBS" ${ARGN})
    add_library(tbc_${name} STATIC ${F_SOURCES})
    target_include_directories(tbc_${name} PUBLIC ${PROJECT_SOURCE_DIR}/common)
    tbc_links(tbc_${name} PUBLIC "${F_FLOORS}" "${F_PKGS}" "${F_LIBS}")
endfunction()

# tbc_program(tbc-gate SOURCES ... FLOORS net store): an executable in bin/, its own folder on the include path.
function(tbc_program name)
    cmake_parse_arguments(P "" "" "SOURCES;FLOORS;PKGS;LIBS" ${ARGN})
    add_executable(${name} ${P_SOURCES})
    target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    tbc_links(${name} PRIVATE "${P_FLOORS}" "${P_PKGS}" "${P_LIBS}")
    install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# tbc_test(codec/cbor FLOORS codec): builds tests/unit/codec/test_cbor.c and gives it to ctest.
# SOURCES adds files (a program's pure core, a fake); LABELS slow keeps it out of the quick set.
function(tbc_test path)
    cmake_parse_arguments(T "" "" "SOURCES;FLOORS;PKGS;LIBS;LABELS;INCLUDES" ${ARGN})
    get_filename_component(dir ${path} DIRECTORY)
    get_filename_component(base ${path} NAME)
    string(REPLACE "/" "_" id test_${path})
    add_executable(${id} unit/${dir}/test_${base}.c ${T_SOURCES})
    target_include_directories(${id} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support ${T_INCLUDES})
    tbc_links(${id} PRIVATE "${T_FLOORS}" "${T_PKGS}" "tbc_test_support;${T_LIBS}")
    add_test(NAME ${path} COMMAND ${id})
    set_tests_properties(${path} PROPERTIES TIMEOUT 120
        ENVIRONMENT "TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR};TBC_BIN_DIR=${CMAKE_BINARY_DIR}/bin")
    if(T_LABELS)
        set_tests_properties(${path} PROPERTIES LABELS "${T_LABELS}")
    endif()
endfunction()

# The linking that the three above share: our floors by name, pkg-config modules, plain libraries.
function(tbc_links target kind floors pkgs libs)
    target_link_libraries(${target} PRIVATE tbc_warnings)
    target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
    foreach(floor ${floors})
        target_link_libraries(${target} ${kind} tbc_${floor})
    endforeach()
    foreach(pkg ${pkgs})
        tbc_pkg(${pkg})
        target_link_libraries(${target} PRIVATE PkgConfig::${pkg})
    endforeach()
    target_link_libraries(${target} PRIVATE ${libs})
endfunction()
