#!/usr/bin/env bash
# Starts the product for a newcomer: secrets, database, demo people, server. What is already there is kept.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venv/bin/python
if [ -z "${DEBUG:-}" ] && grep -qiE '^DEBUG *= *"?(0|false|no|off)' .env 2>/dev/null; then
    echo "此处的 .env 是正式运行的设置（DEBUG=0）；make run 只用于开发和试用，没有启动。" >&2
    exit 1
fi
export DEBUG=${DEBUG:-1}
address="127.0.0.1:${PORT:-8000}"

$python tools/env_file.py
$python manage.py migrate --verbosity 0
$python manage.py load_rules >/dev/null
$python manage.py load_demo --if-empty
echo
echo "班主任工作管理：http://$address    （按 Ctrl+C 停止）"
echo
DJANGO_RUNSERVER_HIDE_WARNING=true exec $python manage.py runserver "$address"
