tbc_test(net/bus FLOORS net)
tbc_test(net/http FLOORS net LABELS slow)
tbc_test(net/guard FLOORS net PKGS libzmq LABELS slow)
target_link_options(test_net_guard PRIVATE -Wl,--wrap=zmq_bind,--wrap=zmq_setsockopt)
