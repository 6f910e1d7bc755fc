"""Compare the attachments' rows with the files on disk."""

import datetime
import hashlib
import re
from collections.abc import Iterator
from typing import Final

from django.utils import timezone

from gaobo_banzhuren.documents.models import StoredFile, private_storage

_STORED_NAME: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]{40}\Z")


def damaged_files() -> Iterator[tuple[StoredFile, str]]:
    """Yield rows whose file is missing or is not what was stored, with the reason."""
    for stored in StoredFile.objects.order_by("pk").iterator(chunk_size=500):
        try:
            with stored.content.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            yield stored, "文件不见了"
        else:
            if digest != stored.sha256:
                yield stored, "内容与校验值不符"


def unreferenced_files(older_than: datetime.timedelta) -> list[str]:
    """List stored names without a row, left behind by a transaction that failed after its file was written.

    Younger files are left out: their transaction may still be running.
    """
    storage = private_storage()
    if not storage.exists(""):
        return []
    known = set(StoredFile.objects.values_list("content", flat=True))
    before = timezone.now() - older_than
    found = []
    for folder in sorted(storage.listdir("")[0]):
        for name in sorted(storage.listdir(folder)[1]):
            path = f"{folder}/{name}"
            if _STORED_NAME.match(path) and path not in known and storage.get_modified_time(path) < before:
                found.append(path)
    return found


def remove(path: str) -> None:
    """Delete one stored file from disk."""
    private_storage().delete(path)
