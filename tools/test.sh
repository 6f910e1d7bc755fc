#!/usr/bin/env bash
# Checks, then the suite on SQLite, then on PostgreSQL, then in the browser. Ends with pytest's own closing lines.
set -euo pipefail
cd "$(dirname "$0")/.."

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
failed=()
pytest=(.venv/bin/python -m pytest -q --color=no -p no:cacheprovider --durations=5 --durations-min=3)
parallel=(-n "${JOBS:-2}" --dist loadscope)

suite() { # NAME COMMAND...
    echo
    echo "== $1"
    local start=$SECONDS
    "${@:2}" 2>&1 | tee "$logs/$1" || failed+=("$1")
    echo "== $1: $((SECONDS - start)) s"
}

.venv/bin/python tools/check.py || failed+=(checks)
unset DATABASE_URL
suite sqlite "${pytest[@]}" "${parallel[@]}" -m "not browser"
if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; then
    suite postgresql tools/with_postgres "${pytest[@]}" "${parallel[@]}" -m "not browser"
else
    echo "PostgreSQL is not installed: the suite on PostgreSQL is off"
fi
suite browser "${pytest[@]}" "${parallel[@]}" -m browser

echo
[ ${#failed[@]} = 0 ] || echo "FAILED: ${failed[*]}"
for log in "$logs"/{sqlite,postgresql,browser}; do [ ! -f "$log" ] || tail -n 1 "$log"; done
[ ${#failed[@]} = 0 ]
