# Fuzz targets.  tbc_fuzz(cbor FLOORS codec CBOR) builds targets/cbor.c: in the preset fuzz as fuzz_cbor
# with libFuzzer, elsewhere as the test fuzz/cbor, which replays corpus/cbor and the folders of ALSO
# (fuzz.sh knows them too).  CBOR: with our mutations beside libFuzzer's.
add_custom_target(fuzz_all)

function(tbc_fuzz name)
    cmake_parse_arguments(Z "CBOR" "" "FLOORS;PKGS;SOURCES;INCLUDES;ALSO" ${ARGN})
    set(sources fuzz/targets/${name}.c ${Z_SOURCES})
    if(TBC_FUZZ)
        set(id fuzz_${name})
        list(APPEND sources fuzz/fuzz.c)
        if(Z_CBOR)
            list(APPEND sources fuzz/mutator.c ${tbc_mutate})
            list(APPEND Z_FLOORS codec)
        endif()
    else()
        set(id replay_${name})
        list(APPEND sources fuzz/replay.c)
    endif()
    add_executable(${id} ${sources})
    target_include_directories(${id} PRIVATE fuzz ${Z_INCLUDES})
    target_compile_definitions(${id} PRIVATE
        TBC_FUZZ_CORPUS="${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus")
    tbc_links(${id} PRIVATE "${Z_FLOORS}" "${Z_PKGS}" "")
    if(TBC_FUZZ)
        target_link_options(${id} PRIVATE -fsanitize=fuzzer)
        add_dependencies(fuzz_all ${id})
    else()
        add_test(NAME fuzz/${name}
            COMMAND ${id} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${name} ${Z_ALSO})
        set_tests_properties(fuzz/${name} PROPERTIES TIMEOUT 120)
    endif()
endfunction()

tbc_fuzz(base45 FLOORS base)
tbc_fuzz(csv FLOORS base)
tbc_fuzz(time FLOORS base)
tbc_fuzz(id FLOORS rail)
tbc_fuzz(cbor FLOORS codec CBOR)
tbc_fuzz(cose FLOORS codec CBOR)
tbc_fuzz(claims FLOORS codec CBOR)
tbc_fuzz(live FLOORS codec CBOR)
tbc_fuzz(leaf FLOORS codec CBOR)
tbc_fuzz(wire FLOORS codec CBOR)
if(NOT TBC_PURE_ONLY)
    set(tbc_fuzz_gate fuzz/gate.c fuzz/twin.c)
    tbc_fuzz(key FLOORS crypto CBOR ALSO ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto/keys)
    tbc_fuzz(token FLOORS crypto CBOR SOURCES ${tbc_fuzz_gate})
    tbc_fuzz(trustlist FLOORS crypto CBOR SOURCES ${tbc_fuzz_gate})
    tbc_fuzz(statuslist FLOORS crypto CBOR SOURCES ${tbc_fuzz_gate})
    tbc_fuzz(statusdelta FLOORS crypto CBOR SOURCES ${tbc_fuzz_gate})
    tbc_fuzz(manifest FLOORS crypto CBOR SOURCES ${tbc_fuzz_gate})
    tbc_fuzz(checkpoint FLOORS crypto CBOR SOURCES ${tbc_fuzz_gate})
    tbc_fuzz(pgm FLOORS image)
    tbc_fuzz(wedge FLOORS scan)
    # The theme is read by a floor that needs a display; its reader needs none.
    tbc_fuzz(conf FLOORS net port
        SOURCES fuzz/log_fake.c ${PROJECT_SOURCE_DIR}/gate/options.c
                ${PROJECT_SOURCE_DIR}/gate/options_keys.c
                ${PROJECT_SOURCE_DIR}/station-server/conf.c
                ${PROJECT_SOURCE_DIR}/station-server/conf_keys.c
                ${PROJECT_SOURCE_DIR}/common/ui/theme.c ${PROJECT_SOURCE_DIR}/common/ui/tune.c
        INCLUDES ${PROJECT_SOURCE_DIR}/station-server ${PROJECT_SOURCE_DIR}/gate)
    foreach(id fuzz_conf replay_conf)
        if(TARGET ${id})
            target_compile_definitions(${id} PRIVATE TBC_VERSION="0" TBC_ASSETS_DIR="/nowhere")
        endif()
    endforeach()

    # Makes the corpora anew, after a format has changed: cmake --build build/dev --target seeds
    add_executable(fuzz_seeds fuzz/seeds.c fuzz/seeds_signed.c fuzz/seeds_put.c support/typist.c unit/codec/fill.c
        unit/crypto/tokens.c unit/crypto/world.c ${tbc_mutate})
    target_include_directories(fuzz_seeds PRIVATE fuzz unit/codec unit/crypto)
    tbc_links(fuzz_seeds PRIVATE crypto "" tbc_test_support)
    add_custom_target(seeds COMMAND ${CMAKE_COMMAND} -E env
        TBC_SOURCE_DIR=${PROJECT_SOURCE_DIR} $<TARGET_FILE:fuzz_seeds> VERBATIM)
    add_dependencies(seeds fuzz_seeds)
endif()
