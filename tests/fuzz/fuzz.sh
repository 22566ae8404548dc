#!/bin/sh
# Runs fuzz targets, each for some seconds, and tells what was tried and found.
# usage: fuzz.sh [--check] SOURCE_DIR [TARGET] [SECONDS]
#   --check   only judge the arguments and print the targets they mean
# The corpus of the tree is read; what is new goes to build/fuzz/TARGET/.  TBC_FUZZ_SEED chooses the
# seed.  Exit: 0 nothing found, 1 found, 2 usage, 3 could not run.
set -u
check=no
if [ "${1:-}" = --check ]; then
    check=yes
    shift
fi
cd "$1" || exit 2
shift
seconds=10

all_targets() {
    for f in tests/fuzz/targets/*.c; do
        basename "$f" .c
    done
}

refuse() {
    printf 'dev fuzz: %s\nusage: ./dev fuzz [TARGET] [SECONDS]\ntargets: %s\n' "$1" \
        "$(all_targets | tr '\n' ' ')" >&2
    exit 2
}

# SECONDS alone means every target
case ${1:-} in
    '') targets=$(all_targets) ;;
    [0-9]*) targets=$(all_targets) ;;
    *)
        all_targets | grep -qxF -- "$1" || refuse "$1: no such target"
        targets=$1
        shift
        ;;
esac
if [ $# -gt 0 ] && [ -n "$1" ]; then
    case $1 in
        *[!0-9]* | 0 | ??????*) refuse "$1: seconds are a number from 1 to 99999" ;;
    esac
    seconds=$1
    shift
fi
[ $# -eq 0 ] || refuse "$1: one argument too many"
if [ $check = yes ]; then
    echo "$targets"
    exit 0
fi

seed=${TBC_FUZZ_SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}

# number NAME LOG: the last value libFuzzer printed under that name
number() {
    sed -n "s/.*$1:* *\([0-9][0-9]*\).*/\1/p" "$2" | tail -n 1
}

found_any=0
for target in $targets; do
    here=build/fuzz/$target
    log=$here/log
    mkdir -p "$here/corpus"
    rm -f "$here"/crash-* "$here"/leak-* "$here"/oom-* "$here"/timeout-*
    dict=tests/fuzz/dict/$target.dict
    set -- -seed="$seed" -max_total_time="$seconds" -workers=1 -timeout=10 \
        -malloc_limit_mb=64 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$here/"
    [ -f "$dict" ] && set -- "$@" -dict="$dict"
    case $target in
        key) also=tests/unit/crypto/keys ;;
        *) also= ;;
    esac
    begin=$(date +%s)
    ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1 \
        "build/fuzz/bin/fuzz_$target" "$@" "$here/corpus" "tests/fuzz/corpus/$target" \
        ${also:+"$also"} \
        >"$log" 2>&1
    rc=$?
    printf '%s: %s executions, %s edges, %s features, %s s, seed %s: ' "$target" \
        "$(number stat::number_of_executed_units "$log")" "$(number ' cov' "$log")" \
        "$(number ' ft' "$log")" "$(($(date +%s) - begin))" "$seed"
    find=$(ls "$here"/crash-* "$here"/leak-* "$here"/oom-* "$here"/timeout-* 2>/dev/null |
        head -n 1)
    if [ $rc -eq 0 ] && [ -z "$find" ]; then
        echo "nothing found"
        continue
    fi
    found_any=1
    echo FOUND
    grep -E 'does not hold|ERROR: |runtime error|SUMMARY' "$log" | head -n 4 | sed 's/^/    /'
    if [ -n "$find" ]; then
        printf '    reproduce: build/fuzz/bin/fuzz_%s %s\n' "$target" "$find"
    else
        printf '    libFuzzer ended with %s; see %s\n' "$rc" "$log"
    fi
done
exit $found_any
