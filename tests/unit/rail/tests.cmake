tbc_test(rail/verdict FLOORS rail)
tbc_test(rail/person FLOORS rail)
tbc_test(rail/journey FLOORS rail)
tbc_test(rail/ticket FLOORS rail)
