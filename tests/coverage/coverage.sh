#!/bin/sh
# Lines and branches that the tests reach, floor by floor.  usage: coverage.sh SOURCE_DIR BUILD_DIR
#
# The pure floors and crypto/ are gated, and are measured by their own unit tests and the fault
# sweeps alone: what a program happens to run on its way proves nothing.  Everything else is
# measured by the whole quick set and only reported.  No line of ours is left out; of the branches
# only those that the compiler makes itself (exceptions, lines without code).
set -u
cd "$1" || exit 3
build=$2
report=$build/report
lines_least=95
branches_least=90
gated='base|rail|codec|crypto'

# tests NAME CTEST-ARGUMENTS...: run them; their counters add up in build
tests() {
    name=$1
    shift
    ctest --test-dir "$build" -j 2 "$@" >"$report/$name.log" 2>&1 && return 0
    sed -n '/The following tests FAILED/,$p' "$report/$name.log" >&2
    exit 1
}

# measure NAME FILTER...: what the counters say about those files
measure() {
    name=$1
    shift
    for filter in "$@"; do
        set -- "$@" --filter "$filter"
        shift
    done
    gcovr --root . "$@" --exclude-throw-branches --exclude-unreachable-branches \
        --json "$report/$name.json" "$build" 2>"$report/$name.gcovr" ||
        { cat "$report/$name.gcovr" >&2; exit 3; }
}

rm -rf "$report"
mkdir -p "$report"
find "$build" -name '*.gcda' -delete
# Notes of files that are gone would be counted as never run.
ninja -C "$build" -t cleandead >/dev/null
find "$build" -name '*.gcno' | while read -r note; do
    [ -f "${note%.gcno}.o" ] || rm "$note"
done
# Half a million damaged tokens reach no line that the other tests do not, in a minute.
tests own -R "^($gated|fault)/" -E '^crypto/mutation$'
measure own "common/($gated)/"
tests rest -LE 'slow|sim|display' -E "^($gated|fault)/"
measure rest 'common/(sys|image|net|store|face|scan|ui)/' '(kiosk|gate|patrol|station-server|cli)/'

set -- -a "$report/own.json" -a "$report/rest.json"
gcovr --root . "$@" --json-summary-pretty --json-summary "$report/summary.json" \
    --html-title 'tbc: lines and branches' --html-details "$report/index.html" || exit 3
gcovr --root . "$@" --csv "$report/files.csv" || exit 3
gcovr --root . -a "$report/own.json" --txt "$report/lines.txt" || exit 3
gcovr --root . -a "$report/own.json" --branches --txt "$report/branches.txt" || exit 3

# One row a floor, then the files of the gated floors that fall short, the worst first.
awk -F, -v lines="$lines_least" -v branches="$branches_least" -v gated="$gated" '
    BEGIN {
        n = split("base rail codec crypto sys image net store face scan ui programs", order, " ")
    }
    FNR > 1 {
        split($1, part, "/")
        floor = part[1] == "common" ? part[2] : "programs"
        lt[floor] += $2; lc[floor] += $3; bt[floor] += $5; bc[floor] += $6
    }
    function share(c, t) { return t == 0 ? 100 : 100 * c / t }
    END {
        printf "%-10s %8s %10s   %s\n", "floor", "lines", "branches", "target"
        for (i = 1; i <= n; i++) {
            f = order[i]
            l = share(lc[f], lt[f]); b = share(bc[f], bt[f])
            if (f !~ "^(" gated ")$") {
                verdict = "reported"
            } else if (l >= lines && b >= branches) {
                verdict = lines " % / " branches " %, met"
            } else {
                verdict = lines " % / " branches " %, MISSED"
                missed = 1
            }
            printf "%-10s %6.1f %% %8.1f %%   %s\n", f, l, b, verdict
        }
        exit missed
    }' "$report/files.csv"
rc=$?

awk -F, -v lines="$lines_least" -v branches="$branches_least" -v gated="$gated" '
    FILENAME ~ /lines.txt$/ { next_of(missing); next }
    FILENAME ~ /branches.txt$/ { next_of(forks); next }
    FNR > 1 && $1 ~ "^common/(" gated ")/" {
        l = $2 == 0 ? 100 : 100 * $3 / $2
        b = $5 == 0 ? 100 : 100 * $6 / $5
        if (l < lines || b < branches) {
            printf "%07.3f\t%s: lines %.1f %%, branches %.1f %%%s%s\n", l + b, $1, l, b,
                missing[$1] == "" ? "" : "; lines not reached: " missing[$1],
                forks[$1] == "" ? "" : "; lines with a branch not taken: " forks[$1]
        }
    }
    function next_of(into,   word) {
        split($0, word, " +")
        if (word[1] ~ /^common\//) {
            into[word[1]] = word[5]
        }
    }' "$report/lines.txt" "$report/branches.txt" "$report/files.csv" | sort | cut -f2- |
    sed '1i\
files of the gated floors below the target of their floor, the worst first:'
echo "$report/index.html has every line, $report/summary.json the figures"
exit $rc
