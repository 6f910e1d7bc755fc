"""Writes a `.env` for a developer's machine with random keys, readable by its owner only; never touches one that exists."""

import os
import secrets
from pathlib import Path

PATH = Path(__file__).resolve().parent.parent / ".env"


def write(path: Path = PATH) -> bool:
    """True if the file was made."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("# Made by `make run`; .env.example explains every variable.\nDEBUG=1\n")
        file.write(f"SECRET_KEY={secrets.token_urlsafe(60)}\nAUDIT_KEY={secrets.token_urlsafe(60)}\n")
    return True


if __name__ == "__main__" and write():
    print(f"已生成 {PATH.name}（随机密钥，仅本机使用）")
