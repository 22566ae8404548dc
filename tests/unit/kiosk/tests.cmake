tbc_test(kiosk/flow FLOORS kiosk_core)
