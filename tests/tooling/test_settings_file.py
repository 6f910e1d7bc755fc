"""Every setting that the code reads from the environment is explained in `.env.example`, and secrets stay at home."""

import ast
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tools import env_file

ROOT = Path(__file__).resolve().parents[2]


def variables_read() -> set[str]:
    """First argument of every `env(...)` and `env.kind(...)` call of the product's code."""
    found = set()
    for path in ROOT.glob("gaobo_banzhuren/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.value if isinstance(node.func, ast.Attribute) else node.func
            name = node.args[0]
            if isinstance(called, ast.Name) and called.id == "env" and isinstance(name, ast.Constant):
                found.add(name.value)
    return found


def test_env_example_lists_exactly_the_variables_that_are_read() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    listed = set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", text, re.MULTILINE))
    read = variables_read()
    assert "DATABASE_URL" in read
    assert sorted(read - listed) == [], "read by the code but not in .env.example"
    assert sorted(listed - read) == [], "in .env.example but read nowhere"


def test_env_example_carries_no_secret() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    assert re.findall(r"^(?:SECRET|AUDIT)_KEY=(.+)$", text, re.MULTILINE) == []


def test_first_start_makes_private_random_keys_and_never_replaces_them(tmp_path) -> None:
    path = tmp_path / ".env"
    assert env_file.write(path)
    first = path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    keys = dict(re.findall(r"^(\w+)=(.*)$", first, re.MULTILINE))
    assert len(keys["SECRET_KEY"]) >= 50
    assert len(keys["AUDIT_KEY"]) >= 50
    assert keys["SECRET_KEY"] != keys["AUDIT_KEY"]
    assert not env_file.write(path)
    assert path.read_text("utf-8") == first


@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="not a git working tree")
def test_secrets_and_data_are_not_in_the_repository() -> None:
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    assert [name for name in listed if re.search(r"(^|/)\.env$|\.sqlite3|(^|/)(var|media)/|\.pem$|\.key$", name)] == []
