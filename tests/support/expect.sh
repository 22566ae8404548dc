# Sourced by tests written in sh, which say "suite NAME" first and "finish" at the end.
# shellcheck shell=sh
passed=0
failed=0
suite=

suite() { suite=$1; }

# said PATTERN: a line of it, or nothing at all for the empty pattern
said() { if [ -n "$1" ]; then grep -q -e "$1" said; else [ ! -s said ]; fi; }

# expect NAME CODE PATTERN COMMAND...: exit code and what is said on either stream, which is left
# in the file "said" of the working folder
expect() {
    name=$1 code=$2 pattern=$3
    shift 3
    "$@" >said 2>&1 </dev/null
    rc=$?
    if [ "$rc" -eq "$code" ] && said "$pattern"; then
        echo "ok $suite: $name"
        passed=$((passed + 1))
    else
        echo "FAILED $suite: $name"
        echo "    exit $rc, wanted $code and '$pattern'; said: $(head -n 2 said)"
        failed=$((failed + 1))
    fi
}

# The line that ./dev test adds up; the exit code says whether all was well.
finish() {
    echo "tests: $passed passed, $failed failed, 0 skipped"
    [ "$failed" -eq 0 ]
}
