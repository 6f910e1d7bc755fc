"""The commands that other people's scripts rely on: Chinese help, one line per mistake, exit 1, never a traceback."""

from __future__ import annotations

import contextlib
import io

import pytest
from django.core.management import execute_from_command_line

COMMANDS = (
    "import_roster", "settle_month", "export_allowance", "reconcile", "verify_audit", "load_demo", "backup", "restore",
    "create_admin", "issue_code", "check_files", "load_rules",
)  # fmt: skip


def run(*args: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            execute_from_command_line(["manage.py", *args])
        except SystemExit as stop:
            return int(stop.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def english(text: str) -> list[str]:
    """Lines of prose without a Chinese character."""
    lines = [line.strip() for line in text.splitlines() if " " in line.strip()]
    return [line for line in lines if not any("\u4e00" <= char <= "\u9fff" for char in line) and "[" not in line]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_chinese(name):
    code, out, _ = run(name, "--help")
    assert code == 0
    assert "用法：" in out
    assert english(out) == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("settle_month",), "缺少参数：month"),
        (("settle_month", "2023-11", "--college"), "--college 后面要写一个值"),
        (("settle_month", "2023-11", "--colege", "C01"), "不认识的参数：--colege C01"),
        (("import_roster",), "FILE.xlsx"),
        (("export_allowance", "2023-11"), "缺少参数：--output"),
        (("load_demo", "--scale", "ten"), "--scale：「ten」不是整数"),
        (("backup",), "缺少参数：--output"),
        (("restore",), "缺少参数："),
    ],
)
def test_a_wrong_command_line_is_told_in_one_chinese_line(args, message):
    code, _, err = run(*args)
    assert (code, len(err.splitlines())) == (1, 1)
    assert message in err


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("settle_month", "2023-13"), "应写成 2023-11 的样子"),
        (("settle_month", "2023-09"), "无适用制度"),
        (("settle_month", "2999-01"), "还没有开始"),
        (("settle_month", "2023-11", "--college", "ZZ"), "没有代码为「ZZ」的学院"),
        (("settle_month", "2023-11"), "还没有任何班级"),
        (("export_allowance", "2023-11", "--output", "x.xlsx"), "还没有结算的月表"),
        (("reconcile", "--month", "2023"), "应写成 2023-11 的样子"),
        (("import_roster", "missing.xlsx"), "没有这个文件"),
        (("restore", "missing.zip"), "没有这个文件"),
    ],
)
def test_a_mistake_is_one_chinese_line_and_exit_1(args, message):
    code, _, err = run(*args)
    assert (code, len(err.splitlines())) == (1, 1)
    assert message in err
