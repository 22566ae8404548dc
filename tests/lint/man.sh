#!/bin/sh
# The manual pages of tbc-station and tbc-gate are well formed, and each has every option and
# configuration key of its program with range and default, and no other.
# usage: man.sh SOURCE_DIR BIN_DIR
cd "$1" || exit 2
bin=$2
rc=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
complain() { echo "$page: $1" >&2; rc=1; }
# differ WANTED TOLD NAME: what stands in one and not in the other
differ() {
    for o in $(comm -23 "$1" "$2"); do complain "lacks $3$o"; done
    for o in $(comm -13 "$1" "$2"); do complain "$3$o is none"; done
}

# check_page PROGRAM SECTION_BEHIND: $tmp/conf has what --print-config says: "# help (range)" and
# "name = default  ; default"; $tmp/options the names of the options
check_page() {
    if command -v mandoc >/dev/null; then
        mandoc -Tlint -W warning "$page" >&2 || rc=1
    fi
    "$bin/$1" --help >"$tmp/help"
    while read -r o; do
        grep -q -e "--$o" "$tmp/help" || complain "--help lacks --$o"
    done <"$tmp/options"
    sed -n '/^\.Sh CONFIGURATION/,/^\.Sh '"$2"'/s/^\.It Cm \([a-z_]*\)$/\1/p' "$page" | sort >"$tmp/told"
    differ "$tmp/keys" "$tmp/told" "the key "
    while read -r k; do
        range=$(grep -B1 "^$k = " "$tmp/conf" | sed -n 's/.*(\(-*[0-9]*\)\.\.\([0-9]*\).*/From \1 to \2/p')
        preset=$(sed -n "s/^$k = \(..*\)  ; default$/\1/p" "$tmp/conf")
        text=$(sed -n "/^\.It Cm $k$/,/^\.\(It\|El\)/p" "$page")
        case $text in *"$range"*) ;; *) complain "$k: \"$range\" is wanted" ;; esac
        case $text in *"$preset"*) ;; *) complain "$k: default $preset is wanted" ;; esac
    done <"$tmp/keys"
}
list_keys() { sed -n 's/^#* *\([a-z_]*\) = .*  ; .*/\1/p' "$tmp/conf" | sort >"$tmp/keys"; }
list_told() { grep -oE 'Fl -[a-z-]+' "$page" | sed 's/^Fl -//' | sort -u >"$tmp/told"; }

# --without-face is for benchmarks alone and stands in no manual
page=docs/man/tbc-station.8
sed -n 's/^ *{ "\([a-z-]*\)", \(no\|required\)_argument.*/\1/p' station-server/main.c |
    grep -v '^without-face$' | sort -u >"$tmp/options"
list_told
differ "$tmp/options" "$tmp/told" --
printf '[station]\ncode = YZN\n' >"$tmp/station.conf"
"$bin/tbc-station" --data "$tmp" --print-config >"$tmp/conf" || exit 2
list_keys
check_page tbc-station HEALTH

# the gate's keys are options as they are
page=docs/man/tbc-gate.8
sed -n 's/^ *{ "\([a-z-]*\)", \(no\|required\)_argument.*/\1/p' gate/options.c | sort -u >"$tmp/options"
printf '[gate]\ndevice = d\ndata = d\n' >"$tmp/gate.conf"
env -u TBC_ASSETS "$bin/tbc-gate" --config "$tmp/gate.conf" --print-config |
    sed -e '/^assets = /s/= .*  ;/=   ;/' -e "s|$tmp/gate.conf:[0-9]*|file|" >"$tmp/conf" || exit 2
list_keys
tr _ - <"$tmp/keys" >>"$tmp/options"
list_told # in the synopsis; most options stand as keys
for o in $(cat "$tmp/told"); do grep -qx -e "$o" "$tmp/options" || complain "--$o is no option"; done
check_page tbc-gate ENVIRONMENT
exit $rc
