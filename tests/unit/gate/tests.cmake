tbc_test(gate/barrier FLOORS gate_core SOURCES support/gpiod_fake.c PKGS libgpiod)
tbc_test(gate/decide FLOORS gate_core)
tbc_test(gate/fire FLOORS gate_core)
tbc_test(gate/flow FLOORS gate_core)
tbc_test(gate/link FLOORS gate_core)
tbc_test(gate/group FLOORS gate_core LABELS slow)
tbc_test(gate/peers FLOORS gate_shell LABELS slow)
tbc_test(gate/passage FLOORS gate_core)
tbc_test(gate/watch FLOORS gate_core)
tbc_test(gate/vote FLOORS gate_core)
tbc_test(gate/knowledge FLOORS gate_core SOURCES unit/crypto/world.c
    INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
tbc_test(gate/witness FLOORS gate_core SOURCES unit/crypto/world.c
    INCLUDES ${CMAKE_CURRENT_SOURCE_DIR}/unit/crypto)
tbc_test(gate/options FLOORS net port
    SOURCES ${PROJECT_SOURCE_DIR}/gate/options.c ${PROJECT_SOURCE_DIR}/gate/options_keys.c
    INCLUDES ${PROJECT_SOURCE_DIR}/gate)
target_compile_definitions(test_gate_options PRIVATE
    TBC_VERSION="test" TBC_ASSETS_DIR="/nowhere")
tbc_test(gate/cue FLOORS gate_core)
tbc_test(gate/lamp FLOORS gate_core SOURCES support/gpiod_fake.c PKGS libgpiod)
tbc_test(gate/sound FLOORS gate_core gate_display)
tbc_test(gate/health FLOORS gate_core)
tbc_test(gate/metrics FLOORS gate_core)
include(bench/group.cmake)
tbc_test(gate/spare FLOORS gate_core store SOURCES ${PROJECT_SOURCE_DIR}/gate/spare.c)
