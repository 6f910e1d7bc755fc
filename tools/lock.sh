#!/usr/bin/env bash
# Hashed locks from requirements/*.in, without a host, a path or an index address in them.
set -euo pipefail
cd "$(dirname "$0")/.."
uv_home=${UV_HOME:-.venv-lock}
[ -x "$uv_home/bin/uv" ] || { "${PYTHON:-python3}" -m venv "$uv_home" && "$uv_home/bin/python" -m pip install --quiet uv; }
for name in base postgres dev; do
    "$uv_home/bin/uv" pip compile --quiet --universal --generate-hashes --python-version 3.11 \
        --no-header --no-annotate ${UPGRADE:+--upgrade} "requirements/$name.in" -o "requirements/$name.txt"
done
.venv/bin/python tools/check_lock.py
