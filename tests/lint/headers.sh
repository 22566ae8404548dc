#!/bin/sh
# Each header compiles alone: it includes what it needs.  usage: headers.sh SOURCE_DIR
cd "$1" || exit 2
rc=0
for h in $(git ls-files 'common/*.h' 'kiosk/*.h' 'gate/*.h' 'station-server/*.h' 'cli/*.h'); do
    # SDL, Cairo, p11-kit and libpq headers come through their pkg-config flags; nothing else needs any.
    # shellcheck disable=SC2046 # flags are words
    ${CC:-gcc} -std=c11 -D_GNU_SOURCE -fsyntax-only -x c -Icommon -I"${h%%/*}" \
        $(pkg-config --cflags sdl2 pangocairo librsvg-2.0 p11-kit-1 libpq) "$h" || rc=1
done
exit $rc
