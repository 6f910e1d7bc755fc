"""Locks install the same packages everywhere and say nothing about the machine that wrote them."""

import pytest

from tools import check_lock

GOOD = "django==5.2.19 \\\n    --hash=sha256:" + "a" * 64 + "\n"


def test_committed_locks_are_clean() -> None:
    assert check_lock.check() == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://mirror.example.edu.cn/simple",
        "--extra-index-url http://127.0.0.1:3141/root",
        "--find-links /opt/wheels",
        "--trusted-host mirror.example.edu.cn",
        "# via -r /home/someone/project/base.in",
        "mypackage @ file:///home/someone/mypackage",
        "mypackage @ git+https://example.org/mypackage",
        "-e .",
        "django>=5.2",
    ],
)
def test_a_line_that_binds_the_lock_to_a_machine_is_refused(line: str) -> None:
    assert check_lock.problems_in(GOOD) == []
    assert len(check_lock.problems_in(GOOD + line + "\n")) == 1


def test_a_version_without_a_hash_is_refused() -> None:
    assert check_lock.problems_in("django==5.2.19 \\\nasgiref==3.13.0 \\\n    --hash=sha256:" + "b" * 64) != []


def test_a_package_asked_for_but_not_locked_is_named(tmp_path) -> None:
    (tmp_path / "base.in").write_text("django>=5.2,<5.3\nsegno\n")
    (tmp_path / "base.txt").write_text(GOOD)
    assert check_lock.check(tmp_path) == ["base.txt: segno of base.in is not in it, run `make lock`"]
