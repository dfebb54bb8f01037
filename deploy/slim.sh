#!/bin/sh
# Takes out of a virtual environment what a running bot never reads: slim.sh VENV
# Tests of packages, stubs for type checkers, headers, sources of extensions, and symbols that only a debugger needs.
set -eu
packages=$(echo "$1"/lib/python3.*/site-packages)
test -d "$packages"

find "$packages" -type d \( -name tests -o -name test \) -prune -exec rm -rf {} +
find "$packages" -type f \
    \( -name '*.pyi' -o -name '*.h' -o -name '*.a' -o -name '*.c' -o -name '*.pyx' -o -name '*.pxd' \) -delete
# Libraries that a wheel brings with it (NAME.libs) stay as they are: their layout was changed by hand.
if command -v strip >/dev/null; then
    find "$packages" -name '*.so' -not -path '*.libs/*' -exec strip --strip-unneeded {} +
fi
du -sm "$1"
