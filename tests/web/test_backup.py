"""`backup` and `restore`: everything comes back as it was, or nothing does."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, transaction
from PIL import Image

from allowance.models import SheetLine
from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.audit.models import AuditEntry
from gaobo_banzhuren.audit.services import verify_chain
from gaobo_banzhuren.documents.services import store
from gaobo_banzhuren.web.backup import read_backup, write_backup
from gaobo_banzhuren.web.errors import UserError
from tests.allowance.worlds import make_world

pytestmark = pytest.mark.django_db


def run(*args: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*args, stdout=out, stderr=err)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def digests(path: Path) -> dict[str, object]:
    tables: dict[str, object] = json.loads(zipfile.ZipFile(path).read("manifest.json"))["tables"]
    return tables


@pytest.fixture
def backup(tmp_path, settings) -> Path:
    """A college with a submitted sheet and a stored picture, backed up."""
    world = make_world()
    world.submitted()
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(picture, "PNG")
    store(SimpleUploadedFile("聘书.png", picture.getvalue()), owner=world.admin, purpose="teachers.document")
    path = tmp_path / "all.zip"
    write_backup(path)
    return path


def test_everything_comes_back_as_it_was(backup, tmp_path, settings):
    before = digests(backup)
    settings.MEDIA_ROOT = tmp_path / "elsewhere"

    contents = read_backup(backup, replace=True)

    again = tmp_path / "again.zip"
    write_backup(again)
    assert digests(again) == before
    assert contents.files == 1
    assert [p.is_file() for p in (tmp_path / "elsewhere").rglob("*") if p.is_file()] == [True]
    assert verify_chain().intact


def test_what_was_closed_is_guarded_again_after_a_restore(backup):
    read_backup(backup, replace=True)
    for attempt in (
        lambda: SheetLine.objects.update(amount_fen=1),
        lambda: AuditEntry.objects.update(reason="x"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_new_rows_get_new_numbers_after_a_restore(backup):
    read_backup(backup, replace=True)
    highest = max(User.objects.values_list("pk", flat=True))
    assert User.objects.create_user("700777", "单雨桐").pk > highest


def test_a_database_in_use_is_not_overwritten_unasked(backup):
    code, _, err = run("restore", str(backup))
    assert code == 1
    assert "数据库里已有数据" in err


def test_replacing_takes_the_later_rows_away(backup):
    College.objects.create(code="ZZ", name="后来建的学院")
    code, out, _ = run("restore", str(backup), "--replace")
    assert (code, "审计记录完好" in out) == (0, True)
    assert not College.objects.filter(code="ZZ").exists()


def damaged(backup: Path, tmp_path: Path) -> Path:
    """The same backup with one amount changed inside."""
    target = tmp_path / "damaged.zip"
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(target, "w") as copy:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == "tables/allowance.monthsheet.jsonl":
                data = data.replace(b"60000", b"70000").replace(b"30000", b"35000")
            copy.writestr(info, data)
    return target


def test_a_damaged_backup_changes_nothing(backup, tmp_path):
    College.objects.create(code="ZZ", name="后来建的学院")
    code, _, err = run("restore", str(damaged(backup, tmp_path)), "--replace")
    assert code == 1
    assert "已损坏" in err
    assert College.objects.filter(code="ZZ").exists()


@pytest.mark.parametrize(("content", "message"), [(b"not a zip", "不是备份文件"), (None, "没有这个文件")])
def test_what_is_no_backup_is_named(tmp_path, content, message):
    path = tmp_path / "x.zip"
    if content is not None:
        path.write_bytes(content)
    code, _, err = run("restore", str(path))
    assert code == 1
    assert message in err
    assert "Traceback" not in err


def test_a_backup_of_another_structure_is_refused(backup, tmp_path):
    target = tmp_path / "other.zip"
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(target, "w") as copy:
        manifest = json.loads(source.read("manifest.json"))
        manifest["schema"].append("teachers.0099_future")
        copy.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(UserError, match="结构不一致"):
        read_backup(target, replace=True)


def test_a_full_or_missing_folder_is_named_and_leaves_no_piece(tmp_path):
    code, _, err = run("backup", "--output", str(tmp_path / "missing" / "all.zip"))
    assert code == 1
    assert "不能写入" in err
    assert list(tmp_path.iterdir()) == []
