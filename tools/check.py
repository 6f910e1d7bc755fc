"""`make check`: everything that finds a fault without running the suite, two steps at a time.

A step prints only when it fails; the last line says how many passed. Exit code 1 if any failed.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
APPS = [name for name in ("gaobo_banzhuren", "teachers", "duties", "assessment", "allowance") if (ROOT / name).is_dir()]
# Modules whose types are checked: where the rules, the money and the changes of state are.
TYPED = ("calculation", "scoring", "figures", "rules", "services", "policies", "querysets", "money")
DEVELOPMENT = {"ENV_FILE": os.devnull, "DEBUG": "1", "DATABASE_URL": "sqlite://:memory:"}
PRODUCTION = {
    "ENV_FILE": os.devnull,
    "DEBUG": "0",
    "SECRET_KEY": "check-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "AUDIT_KEY": "audit-" + "zyxwvutsrqponmlkjihgfedcba9876543210" * 2,
    "ALLOWED_HOSTS": "banzhuren.example.edu.cn",
    "DATABASE_URL": "sqlite://:memory:",
}


def typed_files() -> list[str]:
    """Modules and packages of the apps that carry one of the TYPED names."""
    found = []
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
            if parts & set(TYPED) and "migrations" not in parts:
                found.append(str(path.relative_to(ROOT)))
    return found


def steps() -> list[tuple[str, list[str], dict[str, str]]]:
    """Name, command and environment of every step, the slow ones first."""
    python = sys.executable
    return [
        ("types", [python, "-m", "mypy", *typed_files()], DEVELOPMENT),
        ("templates", [str(BIN / "djlint"), "--lint", "--quiet", "templates"], {}),
        ("security", [str(BIN / "bandit"), "-q", "-ll", "-ii", "-c", "pyproject.toml", "-r", *APPS], {}),
        ("layers", [str(BIN / "lint-imports"), "--no-cache"], DEVELOPMENT),
        ("production settings", [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"], DEVELOPMENT),
        ("forbidden constructs", [python, "tools/guard.py"], {}),
        ("lint", [str(BIN / "ruff"), "check", "--quiet", "--output-format", "concise", "."], {}),
        ("format", [str(BIN / "ruff"), "format", "--check", "--output-format", "concise", "."], {}),
        ("locks", [python, "tools/check_lock.py"], {}),
        ("vendored files", [python, "tools/vendor.py", "check"], {}),
    ]


def run(step: tuple[str, list[str], dict[str, str]]) -> tuple[str, int, str, float]:
    name, command, extra = step
    start = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **extra}, capture_output=True, text=True, check=False)
    return name, done.returncode, done.stdout + done.stderr, time.monotonic() - start


def main(only: list[str]) -> int:
    chosen = [step for step in steps() if not only or step[0] in only]
    start = time.monotonic()
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(run, chosen))
    failed = [result for result in results if result[1]]
    for name, _code, output, seconds in failed:
        print(f"-- {name} ({seconds:.1f} s)\n{output.strip()}\n")
    for name, code, _output, seconds in results:
        print(f"   {'FAILED' if code else 'ok':6} {seconds:5.1f} s  {name}")
    print(f"checks: {len(results) - len(failed)} passed, {len(failed)} failed in {time.monotonic() - start:.0f} s")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
