# What the scripts beside this one begin with: a folder with the files of make_world.c, and expect.
# shellcheck shell=sh disable=SC2034,SC1091 # the names are used in the script that reads this
tbc=${TBC_BIN_DIR:?run the tests through ctest or ./dev test}/tbc
support=$(cd "$(dirname "$0")/../../support" && pwd) || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
"$TBC_BIN_DIR/tbc-test-world" "$work" || exit 2
cd "$work" || exit 2
. "$support/expect.sh"
at='--at 2026-02-02T01:41:00Z'
hex() { printf '%s' "$1" | tr -d ' '; }
printf '%s' 'Hello!!' >hello
hex 'a401022001215820bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff
     22582020138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e' >key11
