#!/bin/sh
# Fetch the face models that assets/models/manifest names, check them, install them.
# usage: models.sh [DEST]        (default build/models)
# Silent and quick when everything is there and right.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
dest=${1:-$root/build/models}
manifest=$root/assets/models/manifest
tab=$(printf '\t')

die() { echo "models.sh: $*" >&2; exit 1; }

# is_right FILE SHA256
is_right() { [ -f "$1" ] && [ "$(sha256sum <"$1")" = "$2  -" ]; }

# each_model COMMAND: runs COMMAND FILE SHA256 for each line of the manifest
each_model() {
    grep -v '^#' "$manifest" | while IFS=$tab read -r name file version sha _; do
        [ -n "$sha" ] || die "$manifest: model '$name' has too few fields"
        "$1" "$file" "$sha" "$version" || exit 1
    done
}

is_installed() { is_right "$dest/$1" "$2"; }

install_model() {
    is_right "$work/package/model/$1" "$2" ||
        die "$1 of the package is not the file that $manifest names (sha256 differs)"
    cp "$work/package/model/$1" "$dest/.$1.new"
    mv "$dest/.$1.new" "$dest/$1"
}

mkdir -p "$dest" || die "cannot make $dest"
if ! each_model is_installed; then
    command -v npm >/dev/null || die "npm is missing: apt-get install npm"
    version=$(grep -v '^#' "$manifest" | head -n 1 | cut -f 3)
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 1' HUP INT TERM
    echo "fetching the face models (npm faceplugin-face-recognition-js@$version)"
    (cd "$work" && npm pack --silent "faceplugin-face-recognition-js@$version" >/dev/null) ||
        die "npm could not fetch the package; is the network there?"
    tar -xzf "$work"/faceplugin-face-recognition-js-*.tgz -C "$work"
    each_model install_model
    echo "installed in $dest"
fi
cmp -s "$manifest" "$dest/manifest" || cp "$manifest" "$dest/manifest"
