# tbc_warnings: an INTERFACE target that every target of ours links PRIVATE.
add_library(tbc_warnings INTERFACE)
set(c "$<COMPILE_LANGUAGE:C>")
target_compile_options(tbc_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual
    -Wwrite-strings -Wmissing-declarations -Wredundant-decls -Wundef -Wunused-macros
    -Wvla -Walloca -Wformat=2 -Wimplicit-fallthrough -Wpointer-arith -Wdouble-promotion
    -Wdate-time
    $<${c}:-Wstrict-prototypes;-Wold-style-definition;-Wmissing-prototypes>
    $<${c}:-Wbad-function-cast>
    # A release build inlines, and so joins frames that are small each by itself.
    $<${c}:-Wframe-larger-than=$<IF:$<CONFIG:Debug>,4096,16384>>
    $<$<COMPILE_LANG_AND_ID:C,GNU>:-Wcast-align=strict;-Wformat-signedness;-Wlogical-op>
    $<$<COMPILE_LANG_AND_ID:C,GNU>:-Wduplicated-cond;-Wduplicated-branches;-Wnull-dereference>
    $<$<COMPILE_LANG_AND_ID:C,Clang>:-Wcast-align;-Wcomma;-Wconditional-uninitialized>
    $<$<COMPILE_LANG_AND_ID:C,Clang>:-Wshorten-64-to-32;-Wassign-enum;-Wunreachable-code>
    $<$<BOOL:${TBC_WERROR}>:-Werror>)
