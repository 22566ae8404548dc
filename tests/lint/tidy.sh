#!/bin/sh
# clang-tidy over every C file, two at a time.  A file that passed is not looked at again until it,
# a header or the rules change.  usage: tidy.sh SOURCE_DIR
cd "$1" || exit 2
stamps=build/tidy
mkdir -p "$stamps"
# shellcheck disable=SC2046 # names without spaces
rules=$(cat .clang-tidy tests/.clang-tidy cmake/warnings.cmake $(git ls-files '*.h') | sha256sum | cut -c1-16)
git ls-files '*.c' | while read -r f; do
    stamp=$stamps/$(printf '%s %s %s' "$f" "$rules" "$(sha256sum <"$f")" | sha256sum | cut -c1-32)
    [ -f "$stamp" ] || printf '%s %s\n' "$stamp" "$f"
done | xargs -r -n 2 -P 2 sh -c '
    if clang-tidy -p build/asan --quiet "$2" >"$1.out" 2>/dev/null; then
        : >"$1"
    else
        grep -E "(error|warning):" "$1.out" || cat "$1.out"
        exit 1
    fi' tidy
