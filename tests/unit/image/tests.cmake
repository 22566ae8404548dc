tbc_test(image/picture FLOORS image)
tbc_test(image/camera FLOORS image)
tbc_test(image/pgm FLOORS image)
