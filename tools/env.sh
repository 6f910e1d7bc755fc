#!/usr/bin/env bash
# Makes .venv from the hashed lock; does nothing while the lock is the one installed last.
set -euo pipefail
cd "$(dirname "$0")/.."

lock=requirements/dev.txt
export PYTHON=${PYTHON:-python3}
exec 9<"$lock"
! command -v flock >/dev/null || flock 9 # two people starting at once: the second waits

stamp="$(sha256sum <"$lock" | cut -d' ' -f1) $PWD"
if [ -x .venv/bin/python ] && [ "$(cat .venv/.installed 2>/dev/null)" = "$stamp" ]; then exit 0; fi

tools/system.sh venv
if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Python 3.11 or newer is needed; name one with PYTHON=/path/to/python3 make env" >&2
    exit 1
fi

echo "Installing Python packages from $lock (once, and after a change of the lock) ..."
# a folder that was moved or half made is made anew
[ "$(cut -d' ' -f2- .venv/.installed 2>/dev/null)" = "$PWD" ] || "$PYTHON" -m venv --clear .venv
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r "$lock"
echo "$stamp" >.venv/.installed
