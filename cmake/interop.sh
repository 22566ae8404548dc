#!/bin/sh
# Install the npm packages that tests/interop talks to, as its lock file names them.
# usage: interop.sh [DEST]        (default build/interop)
# Silent and quick when they are there.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
dest=${1:-$root/build/interop}
source=$root/tests/interop

die() { echo "interop.sh: $*" >&2; exit 1; }

# The copy of the lock file is put there last: it says that all of it was installed.
cmp -s "$source/package-lock.json" "$dest/installed" && exit 0
command -v npm >/dev/null || die "npm is missing: apt-get install npm"
mkdir -p "$dest" || die "cannot make $dest"
rm -f "$dest/installed"
cp "$source/package.json" "$source/package-lock.json" "$dest/"
echo "installing the npm packages of tests/interop"
# No package may run a script, and none needs to: the optional parts are compiled short cuts.
(cd "$dest" && npm ci --loglevel=error --ignore-scripts --omit=optional --no-audit --no-fund >/dev/null) ||
    die "npm could not install them; is the network there?"
mv "$dest/package-lock.json" "$dest/installed"
