"""Lock files name exact versions with hashes and nothing that depends on one machine.

An address, a local path or an index option in a lock would bind every installation to the machine that wrote it.
Run as a script it prints one line per problem and exits 1.
"""

import re
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements"
FORBIDDEN = re.compile(r"https?:|file:|git\+|@ |/|\\\\|--(?:extra-)?index|--find-links|--trusted|^-", re.IGNORECASE)
PINNED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._\-\[\],]*==[A-Za-z0-9.!+]+(?: ; [^/]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def problems_in(text: str) -> list[str]:
    """Every line of a lock that is neither an exact version nor a hash, and every version without a hash."""
    found = []
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if PINNED.match(line) and not FORBIDDEN.search(line):
            following = lines[number] if number < len(lines) else ""
            if not HASH.match(following):
                found.append(f"{number}: no hash for {line.split(' ')[0]}")
        elif not HASH.match(line):
            found.append(f"{number}: not an exact version or a hash: {line.strip()!r}")
    return found


def names_in(text: str) -> set[str]:
    """Names of the packages that a lock pins or that an .in file asks for."""
    return {
        m[0].lower().replace("_", "-") for m in re.findall(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(.*)$", text, re.MULTILINE)
    }


def check(folder: Path = REQUIREMENTS) -> list[str]:
    """Problems of every lock, and packages asked for in an .in file whose lock was not made anew."""
    found = []
    for source in sorted(folder.glob("*.in")):
        lock = source.with_suffix(".txt")
        if not lock.exists():
            found.append(f"{lock.name}: missing, run `make lock`")
            continue
        text = lock.read_text("utf-8")
        found += [f"{lock.name}:{problem}" for problem in problems_in(text)]
        missing = names_in(source.read_text("utf-8")) - names_in(text)
        found += [f"{lock.name}: {name} of {source.name} is not in it, run `make lock`" for name in sorted(missing)]
    return found


if __name__ == "__main__":
    result = check()
    print("\n".join(result) or "locks: fine")
    sys.exit(bool(result))
