tbc_test(codec/cbor FLOORS codec)
tbc_test(codec/cbor_any FLOORS codec)
tbc_test(codec/wire FLOORS codec)
