#!/bin/sh
# Every script passes shellcheck.  usage: shell.sh SOURCE_DIR
cd "$1" || exit 2
{ git ls-files '*.sh'; echo dev; echo .ci/run; } | xargs shellcheck -S warning
