#!/bin/sh
# Every key of a sentence that C names is in assets/text/words.tsv, and every key of the table is
# used.  usage: words.sh SOURCE_DIR
cd "$1" || exit 2
table=assets/text/words.tsv
rc=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

grep -v '^#' "$table" | cut -f1 | sort >"$tmp/keys"
# a key is group.name; the groups are those of the table, so that "words.tsv" is none
cut -d. -f1 "$tmp/keys" | sort -u | paste -sd'|' >"$tmp/groups"
git ls-files 'kiosk/*.c' 'gate/*.c' 'patrol/*.c' 'common/ui/*.c' |
    xargs grep -hoE "\"($(cat "$tmp/groups"))\.[a-z_]+\"" | tr -d '"' |
    grep -v '\.h$' | sort -u >"$tmp/used"

lacking=$(comm -13 "$tmp/keys" "$tmp/used")
if [ -n "$lacking" ]; then
    echo "$table lacks: $(echo "$lacking" | tr '\n' ' ')" >&2
    rc=1
fi
unused=$(comm -23 "$tmp/keys" "$tmp/used")
if [ ! -d patrol ]; then # the handheld's sentences wait for the handheld
    unused=$(echo "$unused" | grep -v '^patrol\.')
fi
if [ -n "$unused" ]; then
    echo "$table: no program says: $(echo "$unused" | tr '\n' ' ')" >&2
    rc=1
fi
exit $rc
