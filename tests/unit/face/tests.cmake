add_executable(tbc-second-view support/second_view_main.c support/second_view.c)
tbc_links(tbc-second-view PRIVATE image "" m)

tbc_test(face/align FLOORS face LIBS m)
tbc_test(face/code FLOORS face LIBS m)
tbc_test(face/face_engine SOURCES unit/face/photos.c support/second_view.c
    FLOORS face LIBS m INCLUDES unit/face LABELS slow)
tbc_test(face/examiner SOURCES unit/face/photos.c support/second_view.c
    FLOORS face LIBS m INCLUDES unit/face LABELS slow)
add_dependencies(test_face_examiner tbc-examiner)
tbc_test(face/rates SOURCES bench/rates.c LIBS m INCLUDES bench)
include(bench/face.cmake)
tbc_test(face/narrow SOURCES ${PROJECT_SOURCE_DIR}/station-server/narrow.c FLOORS base
    PKGS libseccomp INCLUDES ${PROJECT_SOURCE_DIR}/station-server)
