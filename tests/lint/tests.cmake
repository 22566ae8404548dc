# What is written beside the code, held against the programs.
foreach(check man units)
    add_test(NAME lint/${check} COMMAND sh ${PROJECT_SOURCE_DIR}/tests/lint/${check}.sh
        ${PROJECT_SOURCE_DIR} ${CMAKE_BINARY_DIR}/bin)
    set_tests_properties(lint/${check} PROPERTIES TIMEOUT 60)
endforeach()
