tbc_test(gate/decide FLOORS gate_core)
tbc_test(gate/flow FLOORS gate_core)
tbc_test(gate/link FLOORS gate_core)
tbc_test(gate/watch FLOORS gate_core)
