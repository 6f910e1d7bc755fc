"""Attachments and the disk are compared, leftovers go, and the maintenance pages only show."""

import os
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.documents.services import store
from tests.factories import UserFactory, class_teacher, client_for, sysadmin

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def stored() -> StoredFile:
    return store(SimpleUploadedFile("证明.pdf", PDF), owner=UserFactory(), purpose="x")


def test_whole_attachments_are_fine(stored, capsys):
    call_command("check_files")
    assert "附件 1 个，有问题 0 个；遗留文件 0 个" in capsys.readouterr().out


@pytest.mark.parametrize(("harm", "says"), [("missing", "文件不见了"), ("changed", "内容与校验值不符")])
def test_a_missing_or_changed_file_is_named_and_the_command_fails(stored, settings, capsys, harm, says):
    path = settings.MEDIA_ROOT / stored.content.name
    path.unlink() if harm == "missing" else path.write_bytes(b"x")
    with pytest.raises(SystemExit) as caught:
        call_command("check_files")
    assert caught.value.code == 1
    assert f"「证明.pdf」：{says}" in capsys.readouterr().err


def test_only_old_leftovers_of_our_own_naming_are_removed(stored, settings, capsys):
    folder = settings.MEDIA_ROOT / "ab"
    folder.mkdir()
    old, young, foreign = folder / ("ab" + "0" * 38), folder / ("ab" + "1" * 38), folder / "README"
    for path in (old, young, foreign):
        path.write_bytes(b"x")
    for path in (old, foreign, settings.MEDIA_ROOT / stored.content.name):
        os.utime(path, (time.time() - 200_000,) * 2)
    call_command("check_files")
    assert old.exists()
    call_command("check_files", "--remove-leftovers")
    assert "遗留文件 1 个（已删除）" in capsys.readouterr().out
    assert not old.exists()
    assert young.exists()
    assert foreign.exists()
    assert (settings.MEDIA_ROOT / stored.content.name).exists()


def test_the_maintenance_pages_show_attachments_without_a_way_to_change_or_open_them(stored):
    client = client_for(sysadmin())
    listed = client.get("/admin/documents/storedfile/")
    assert listed.status_code == 200
    assert "证明.pdf" in listed.content.decode()
    page = client.get(f"/admin/documents/storedfile/{stored.pk}/change/")
    assert page.status_code == 200
    assert stored.public_id not in page.content.decode()
    assert 'name="_save"' not in page.content.decode()
    assert client.get("/admin/documents/storedfile/add/").status_code in {403, 404}
    assert client.post(f"/admin/documents/storedfile/{stored.pk}/delete/").status_code in {403, 404}
    assert client_for(class_teacher()).get("/admin/documents/storedfile/").status_code == 404
