#!/usr/bin/env bash
# System packages: looks what is missing, installs it when this account may, else says what to run and what is off.
# usage: tools/system.sh run|test|venv
set -euo pipefail

has_library() { { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep -F "$1" >/dev/null; }
has_server() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; }
has_browser() { [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }
has_venv() { "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null; }

packages=() off=()
need() { packages+=("$1"); off+=("$2"); }

cd "$(dirname "$0")/.."
if [ ! -x .venv/bin/python ]; then
    command -v "${PYTHON:-python3}" >/dev/null || need python3 "everything"
    has_venv || need python3-venv "everything"
fi
case "${1:-run}" in
run | test)
    has_library libpango-1.0.so.0 || need libpango-1.0-0 "PDF documents"
    has_library libpangoft2-1.0.so.0 || need libpangoft2-1.0-0 "PDF documents"
    has_library libharfbuzz-subset.so.0 || need libharfbuzz-subset0 "fast PDF documents (15 s instead of 0.1 s without it)"
    ;;&
test)
    has_browser || need chromium "browser tests"
    command -v pdftotext >/dev/null || need poppler-utils "tests that look into PDF documents"
    has_server || need postgresql "the suite on PostgreSQL"
    ;;
esac
[ ${#packages[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo -n); else as_root=(no); fi
fi
failed=
if [ "${as_root[0]:-}" = no ] || ! command -v apt-get >/dev/null; then
    failed=1
else
    echo "Installing system packages: ${packages[*]}"
    install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${packages[@]}")
    log=$(mktemp)
    "${install[@]}" >"$log" 2>&1 || { "${as_root[@]}" apt-get update -q >"$log" 2>&1 && "${install[@]}" >>"$log" 2>&1; } || { failed=1; tail -n 5 "$log"; }
    rm -f "$log"
fi
[ -n "$failed" ] || exit 0

{
    echo "Missing system packages. Run this once:"
    echo "    sudo apt-get install -y --no-install-recommends ${packages[*]}"
    echo "Until then these are off: $(printf '%s\n' "${off[@]}" | sort -u | paste -sd ',' | sed 's/,/, /g')"
} >&2
[[ " ${off[*]} " != *" everything "* ]] # without Python there is nothing to go on with
