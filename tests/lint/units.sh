#!/bin/sh
# The unit of tbc-station is one that systemd takes, runs options that the program has, and keeps
# the walls that docs/OPERATION.md promises.  usage: units.sh SOURCE_DIR BIN_DIR
cd "$1" || exit 2
unit=packaging/systemd/tbc-station.service
rc=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
complain() { echo "$unit: $1" >&2; rc=1; }

for wall in NoNewPrivileges=yes ProtectSystem=strict PrivateTmp=yes CapabilityBoundingSet= \
    Type=notify Restart=on-failure StateDirectory=tbc LimitCORE=0 UMask=0077; do
    grep -qx "$wall" "$unit" || complain "lacks $wall"
done
for key in SystemCallFilter WatchdogSec LoadCredential RestrictAddressFamilies; do
    grep -q "^$key=." "$unit" || complain "lacks $key"
done
# without it libzmq aborts
grep -q '^SystemCallFilter=.*sched_setscheduler' "$unit" || complain "lacks sched_setscheduler"
"$2/tbc-station" --help >"$tmp/help"
grep '^Exec' "$unit" | grep -oE -e '--[a-z-]+' | sort -u | while read -r o; do
    grep -q -e "$o" "$tmp/help" || echo "$o"
done >"$tmp/unknown"
[ -s "$tmp/unknown" ] && complain "options that the program has not: $(cat "$tmp/unknown")"

grep -qxE 'u tbc - "[^"]+" /var/lib/tbc' packaging/sysusers.d/tbc.conf || complain "sysusers.d: no user tbc"
grep -qx 'd /var/lib/tbc 0700 tbc tbc -' packaging/tmpfiles.d/tbc.conf || complain "tmpfiles.d: /var/lib/tbc"

if command -v systemd-analyze >/dev/null; then
    # with the programs of this build, and no manual page installed
    sed -e "s|/usr/local/bin|$2|" -e '/^Documentation=/d' "$unit" >"$tmp/tbc-station.service"
    systemd-analyze verify "$tmp/tbc-station.service" >"$tmp/said" 2>&1 || rc=1
    grep "tbc-station" "$tmp/said" >&2 && rc=1
fi
exit $rc
