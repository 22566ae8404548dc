tbc_test(rail/verdict FLOORS rail)
