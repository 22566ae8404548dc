#!/bin/sh
# The units of tbc-station and tbc-gate are ones that systemd takes, run options that the programs
# have, and keep the walls that docs/OPERATION.md promises.  usage: units.sh SOURCE_DIR BIN_DIR
cd "$1" || exit 2
bin=$2
rc=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
complain() { echo "$unit: $1" >&2; rc=1; }

# check_unit PROGRAM USER FOLDER: $unit
check_unit() {
    for wall in NoNewPrivileges=yes ProtectSystem=strict PrivateTmp=yes CapabilityBoundingSet= \
        Type=notify Restart=on-failure "StateDirectory=$3" LimitCORE=0 UMask=0077 "User=$2"; do
        grep -qx "$wall" "$unit" || complain "lacks $wall"
    done
    for key in SystemCallFilter WatchdogSec LoadCredential RestrictAddressFamilies; do
        grep -q "^$key=." "$unit" || complain "lacks $key"
    done
    # without it libzmq aborts
    grep -q '^SystemCallFilter=.*sched_setscheduler' "$unit" || complain "lacks sched_setscheduler"
    "$bin/$1" --help >"$tmp/help"
    grep '^Exec' "$unit" | grep -oE -e '--[a-z-]+' | sort -u | while read -r o; do
        grep -q -e "$o" "$tmp/help" || echo "$o"
    done >"$tmp/unknown"
    [ -s "$tmp/unknown" ] && complain "options that the program has not: $(cat "$tmp/unknown")"
    home=/var/lib/${3%%/*}
    grep -qxE "u $2 - \"[^\"]+\" $home" "packaging/sysusers.d/$2.conf" || complain "sysusers.d: no user $2"
    grep -qx "d $home 0700 $2 $2 -" "packaging/tmpfiles.d/$2.conf" || complain "tmpfiles.d: $home"
    if command -v systemd-analyze >/dev/null; then
        # with the programs of this build, no manual page installed, an instance of a template
        copy=$tmp/$(basename "$unit" | sed 's/@/@gate-1/')
        sed -e "s|/usr/local/bin|$bin|" -e '/^Documentation=/d' "$unit" >"$copy"
        systemd-analyze verify "$copy" >"$tmp/said" 2>&1 || rc=1
        grep "$1" "$tmp/said" >&2 && rc=1
    fi
}

unit=packaging/systemd/tbc-station.service
check_unit tbc-station tbc tbc
unit=packaging/systemd/tbc-gate@.service
check_unit tbc-gate tbc-gate tbc-gate/%i
exit $rc
