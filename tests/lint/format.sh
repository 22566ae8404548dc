#!/bin/sh
# Every C and C++ file is formatted as .clang-format says.  usage: format.sh SOURCE_DIR
cd "$1" || exit 2
git ls-files '*.c' '*.h' '*.cpp' '*.hpp' | xargs clang-format --dry-run --Werror
