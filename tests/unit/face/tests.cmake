add_executable(tbc-second-view support/second_view_main.c support/second_view.c)
tbc_links(tbc-second-view PRIVATE image "" m)

tbc_test(face/align FLOORS face LIBS m)
