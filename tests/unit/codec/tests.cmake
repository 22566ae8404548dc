tbc_test(codec/cbor FLOORS codec)
