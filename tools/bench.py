"""`make bench`: speed as ratios of two things measured in the same run, so that the machine cancels out.

Every function `bench_*` in `tests/bench/bench_*.py` runs in a process and on a migrated SQLite file of its own (or on
the database that DATABASE_URL names). It takes one argument, a `Report`:

    def bench_import(report):
        ours = report.time("import", lambda: import_roster(path))
        floor = report.time("read and insert", lambda: read_and_insert(path), repeat=3)
        report.ratio("import / read and insert", ours, floor, at_most=3)

Exit code 1 if a ratio is above its limit or a function fails. `make bench ONLY=settle` runs those with that in the name.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "bench"


class Report:
    """Measures and prints; remembers whether every limit was kept."""

    def __init__(self) -> None:
        self.kept = True

    def time(self, label: str, action: Callable[[], object], repeat: int = 1) -> float:
        """Seconds that `action` takes: the best of `repeat` runs."""
        best = float("inf")
        for _ in range(repeat):
            start = time.perf_counter()
            action()
            best = min(best, time.perf_counter() - start)
        print(f"   {best:9.3f} s  {label}", flush=True)
        return best

    def number(self, label: str, value: float, at_most: float | None = None) -> None:
        """A count (of queries, of rows), with a limit or for information."""
        self._line(label, f"{value:g}", value, at_most)

    def ratio(self, label: str, ours: float, floor: float, at_most: float | None = None) -> None:
        """`ours` as a multiple of `floor`, both measured in this run."""
        self._line(label, f"{ours / floor:.2f} x", ours / floor, at_most)

    def _line(self, label: str, shown: str, value: float, at_most: float | None) -> None:
        fine = at_most is None or value <= at_most
        self.kept = self.kept and fine
        limit = "" if at_most is None else f" (at most {at_most:g}: {'kept' if fine else 'NOT KEPT'})"
        print(f"   {shown:>11}  {label}{limit}", flush=True)


def module(path: Path) -> object:
    spec = importlib.util.spec_from_file_location(f"tests.bench.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def run_one(path: Path, name: str) -> int:
    """Runs one function in this process; the database is already migrated."""
    import django

    sys.path.insert(0, str(ROOT))
    django.setup()
    report = Report()
    getattr(module(path), name)(report)
    return int(not report.kept)


def functions(only: str) -> list[tuple[Path, str]]:
    found = []
    for path in sorted(FOLDER.glob("bench_*.py")):
        names = [
            line[4:].split("(")[0] for line in path.read_text("utf-8").splitlines() if line.startswith("def bench_")
        ]
        found += [(path, name) for name in names if only in f"{path.stem}.{name}"]
    return found


def main(only: str) -> int:
    chosen = functions(only)
    if not chosen:
        print("nothing to measure: no bench_* function in tests/bench")
        return 0
    failed = []
    with tempfile.TemporaryDirectory(prefix="banzhuren-bench-") as temporary:
        template = Path(temporary) / "template.sqlite3"
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
        given = "DATABASE_URL" in environment
        environment.setdefault("DATABASE_URL", f"sqlite:///{template}")
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
        for path, name in chosen:
            print(f"== {path.stem}.{name}", flush=True)
            if not given:
                copy = Path(temporary) / f"{path.stem}-{name}.sqlite3"
                shutil.copyfile(template, copy)
                environment["DATABASE_URL"] = f"sqlite:///{copy}"
            done = subprocess.run([sys.executable, __file__, str(path), name], cwd=ROOT, env=environment, check=False)
            if done.returncode:
                failed.append(name)
    print(
        f"bench: {len(chosen) - len(failed)} kept their limits, {len(failed)} did not"
        + "".join(f", {n}" for n in failed)
    )
    return int(bool(failed))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        sys.exit(run_one(Path(sys.argv[1]), sys.argv[2]))
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
