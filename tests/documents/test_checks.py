"""What the machine lacks is said at the start, not on the first certificate."""

import ctypes.util

import openpyxl.xml

from gaobo_banzhuren.documents import checks, fonts_in_use


def ids() -> list[str]:
    return [message.id for message in checks.check_documents(None)]


def test_this_project_ships_its_fonts():
    assert "documents.W001" not in ids()
    assert "documents.E001" not in ids()


def test_missing_fonts_libraries_and_xml_guard_are_reported(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts_in_use, "REGULAR", tmp_path / "x.ttf")
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None if name == "harfbuzz-subset" else name)
    monkeypatch.setattr(openpyxl.xml, "DEFUSEDXML", False)
    found = {message.id: message for message in checks.check_documents(None)}
    assert set(found) == {"documents.W001", "documents.W002", "documents.E001"}
    assert "PDF 生成缓慢" in found["documents.W002"].msg
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None)
    assert any("不能生成 PDF" in message.msg for message in checks.check_documents(None))
