tbc_test(port/spec FLOORS port)
tbc_test(port/input FLOORS port)
tbc_test(port/gpio FLOORS port SOURCES support/gpiod_fake.c PKGS libgpiod)
