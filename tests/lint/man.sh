#!/bin/sh
# The manual page of tbc-station is well formed, and has every option and configuration key of the
# program with its range and default, and no other.  usage: man.sh SOURCE_DIR BIN_DIR
cd "$1" || exit 2
page=docs/man/tbc-station.8
rc=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
complain() { echo "$page: $1" >&2; rc=1; }

if command -v mandoc >/dev/null; then
    mandoc -Tlint -W warning "$page" >&2 || rc=1
fi

# options; --without-face is for benchmarks alone and stands in no manual
sed -n 's/^ *{ "\([a-z-]*\)", \(no\|required\)_argument.*/\1/p' station-server/main.c |
    grep -v '^without-face$' | sort -u >"$tmp/options"
grep -oE 'Fl -[a-z-]+' "$page" | sed 's/^Fl -//' | sort -u >"$tmp/told"
for o in $(comm -23 "$tmp/options" "$tmp/told"); do complain "lacks --$o"; done
for o in $(comm -13 "$tmp/options" "$tmp/told"); do complain "--$o is no option"; done
"$2/tbc-station" --help >"$tmp/help"
while read -r o; do
    grep -q -e "--$o" "$tmp/help" || complain "--help lacks --$o"
done <"$tmp/options"

# keys: "# help (range)" and "name = default  ; default", as --print-config has them
printf '[station]\ncode = YZN\n' >"$tmp/station.conf"
"$2/tbc-station" --data "$tmp" --print-config >"$tmp/conf" || exit 2
sed -n 's/^#* *\([a-z_]*\) = .*  ; .*/\1/p' "$tmp/conf" | sort >"$tmp/keys"
sed -n '/^\.Sh CONFIGURATION/,/^\.Sh HEALTH/s/^\.It Cm \([a-z_]*\)$/\1/p' "$page" | sort >"$tmp/told"
for k in $(comm -23 "$tmp/keys" "$tmp/told"); do complain "lacks the key $k"; done
for k in $(comm -13 "$tmp/keys" "$tmp/told"); do complain "$k is no key"; done
while read -r k; do
    range=$(grep -B1 "^$k = " "$tmp/conf" | sed -n 's/.*(\(-*[0-9]*\)\.\.\([0-9]*\).*/From \1 to \2/p')
    preset=$(sed -n "s/^$k = \(..*\)  ; default$/\1/p" "$tmp/conf")
    text=$(sed -n "/^\.It Cm $k$/,/^\.\(It\|El\)/p" "$page")
    case $text in *"$range"*) ;; *) complain "$k: \"$range\" is wanted" ;; esac
    case $text in *"$preset"*) ;; *) complain "$k: default $preset is wanted" ;; esac
done <"$tmp/keys"
exit $rc
