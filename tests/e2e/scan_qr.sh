#!/bin/sh
# tbc qr and tbc scan, as a person runs them: what is drawn is found again, and each kind of
# failure has its exit code and its sentence.
set -u
tbc=${TBC_BIN_DIR:?run the tests through ctest or ./dev test}/tbc
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
passed=0
failed=0

# said PATTERN: a line of it, or nothing at all for the empty pattern
said() { if [ -n "$1" ]; then grep -q -e "$1" said; else [ ! -s said ]; fi; }

# expect NAME CODE PATTERN COMMAND...: exit code and what is said on either stream
expect() {
    name=$1 code=$2 pattern=$3
    shift 3
    "$@" >said 2>&1 </dev/null
    rc=$?
    if [ "$rc" -eq "$code" ] && said "$pattern"; then
        echo "ok e2e/scan_qr: $name"
        passed=$((passed + 1))
    else
        echo "FAILED e2e/scan_qr: $name"
        echo "    exit $rc, wanted $code and '$pattern'; said: $(head -n 1 said)"
        failed=$((failed + 1))
    fi
}

text='TBC1:6BF$%*+-./: 0123456789'
echo "$text" >text
echo junk >junk.png
mkdir folder
: >empty

expect blocks_are_drawn_on_a_terminal 0 '████' "$tbc" qr text
expect a_png_is_written 0 '' "$tbc" qr --png code.png text
expect what_was_drawn_is_found 0 "^TBC1:6BF" "$tbc" scan code.png
expect json_names_file_and_text 0 '"file":"code.png","text":"TBC1:6BF' \
    "$tbc" scan --json code.png
expect a_bad_picture_does_not_hide_the_next 4 "^TBC1:6BF" "$tbc" scan junk.png code.png
expect junk_is_malformed_by_name 4 'junk.png: not a PNG' "$tbc" scan junk.png
expect a_missing_picture_is_named 3 'gone.png: not found' "$tbc" scan gone.png
expect a_folder_is_no_picture 3 'folder: ' "$tbc" scan folder
expect no_picture_is_wrong_usage 2 'at least one' "$tbc" scan
expect an_unknown_flag_is_wrong_usage 2 'rotate' "$tbc" scan --rotate code.png
expect nothing_cannot_be_drawn 4 'empty' "$tbc" qr empty
head -c 4000 /dev/zero | tr '\0' a >long
expect too_much_cannot_be_drawn 4 'more than a QR code holds' "$tbc" qr long
expect a_png_that_cannot_be_written_is_said 3 'nowhere' "$tbc" qr --png nowhere/x.png text

echo "tests: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
