tbc_test(sys/file FLOORS sys)
tbc_test(sys/conf FLOORS sys)
tbc_test(sys/device FLOORS sys net)
tbc_test(sys/log FLOORS sys)
