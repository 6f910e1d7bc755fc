"""Web files of others are the ones that the manifest names, byte for byte."""

import re
import shutil

from tools import vendor


def test_vendored_files_are_unchanged_and_complete() -> None:
    assert vendor.check() == []


def test_a_changed_a_missing_and_an_unlisted_file_are_named(tmp_path) -> None:
    copy = tmp_path / "vendor"
    shutil.copytree(vendor.VENDOR, copy)
    (copy / "htmx" / "htmx.min.js").write_text("alert(1)")
    (copy / "bootstrap" / "LICENSE").unlink()
    (copy / "surprise.js").write_text("")
    assert vendor.check(copy) == [
        "bootstrap/LICENSE: listed but missing",
        "surprise.js: not in MANIFEST.json",
        "htmx/htmx.min.js: changed",
    ]


def test_every_icon_asked_for_is_drawn_in_the_current_colour() -> None:
    sprite = (vendor.VENDOR / vendor.SPRITE).read_text("utf-8")
    for name in vendor.icon_names():
        assert f'<symbol id="{name}" viewBox="0 0 16 16" fill="currentColor">' in sprite


def test_every_icon_that_pages_name_is_in_the_sprite() -> None:
    root = vendor.ROOT
    named = {}
    for path in [*root.glob("templates/**/*.html"), *root.glob("*/**/*.py")]:
        if path.relative_to(root).parts[0] in (
            "templates",
            "gaobo_banzhuren",
            "teachers",
            "assessment",
            "allowance",
            "duties",
        ):
            for name in re.findall(
                r"{%\s*icon\s+[\"']([a-z0-9-]+)[\"']|\bicon=[\"']([a-z0-9-]+)[\"']", path.read_text("utf-8")
            ):
                named[name[0] or name[1]] = str(path.relative_to(root))
    assert len(named) > 10
    assert {name: place for name, place in named.items() if name not in vendor.icon_names()} == {}
