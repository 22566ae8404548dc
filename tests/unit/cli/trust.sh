#!/bin/sh
# tbc trust: lists from their draft to their end, and from one root to the next.
set -u
# shellcheck source=tests/unit/cli/world.sh
. "$(dirname "$0")/world.sh"
suite cli/trust

"$tbc" keys make --out root.pem >made || exit 2
expect a_draft_begins 0 '' "$tbc" trust make --root root.pem --out draft

finish
