#!/bin/sh
# tbc qr and tbc scan, as a person runs them: what is drawn is found again, and each kind of
# failure has its exit code and its sentence.
set -u
tbc=${TBC_BIN_DIR:?run the tests through ctest or ./dev test}/tbc
support=$(cd "$(dirname "$0")/../support" && pwd) || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
. "$support/expect.sh"
suite e2e/scan_qr

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

finish
