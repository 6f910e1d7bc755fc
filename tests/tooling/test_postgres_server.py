"""The PostgreSQL of the test tooling is a private one and leaves nothing behind."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVER = bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))) or bool(shutil.which("initdb"))
QUESTION = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    row = connection.execute("select current_setting('listen_addresses'), current_setting('data_directory')").fetchone()
print("|".join(row))
"""


@pytest.mark.skipif(not SERVER, reason="PostgreSQL is not installed")
@pytest.mark.skipif("postgres" in os.environ.get("DATABASE_URL", ""), reason="shown once, on SQLite")
def test_server_listens_on_loopback_only_and_is_gone_afterwards() -> None:
    command = [str(ROOT / "tools" / "with_postgres"), str(ROOT / ".venv" / "bin" / "python"), "-c", QUESTION]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    address, folder = done.stdout.strip().split("|")
    assert address == "127.0.0.1"
    assert folder.startswith("/tmp/banzhuren-pg.")
    assert not Path(folder).parent.exists()


@pytest.mark.skipif(not SERVER, reason="PostgreSQL is not installed")
@pytest.mark.skipif("postgres" in os.environ.get("DATABASE_URL", ""), reason="shown once, on SQLite")
def test_a_failing_command_fails_the_call() -> None:
    done = subprocess.run([str(ROOT / "tools" / "with_postgres"), "false"], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 1
