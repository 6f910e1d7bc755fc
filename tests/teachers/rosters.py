"""Roster workbooks made for the tests, and the state of the database as counts of rows."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from openpyxl import Workbook

from teachers.imports import batches, examining
from teachers.imports.columns import BY_NAME
from teachers.services.imports.operations import NEW, SAME, UPDATED

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "roster.xlsx"

Rows = Sequence[Sequence[Any]]


def headers(sheet: str) -> list[str]:
    return [column.header for column in BY_NAME[sheet].columns]


def workbook(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook of the named sheets with the fixed headers; rows may be shorter than the header."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(headers(name))
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def base() -> dict[str, list[list[Any]]]:
    """A small legal roster: two colleges, three teachers, three classes, six students, three appointments, one leave."""
    return {
        "二级学院": [["A01", "信息学院"], ["A02", "管理学院"]],
        "班主任": [
            ["0301", "陈雨桐", "女", "A01", "13800000001", "校内"],
            ["0302", "林志远", "男", "A01", None, "外聘"],
            ["0303", "吴晓燕", "女", "A02", None, None],
        ],
        "班级": [
            ["K1", "软件23专接本1班", "A01", "专接本", "江南测试大学", "软件工程", 2023, "2023-09-01", None, None],
            ["K2", "软件23自考2班", "A01", "自考助学", None, None, None, "2023-09-01", "2024-06-30", "2024-08-31"],
            ["K3", "会计23专接本3班", "A02", "专接本", "江南测试大学", "会计学", 2023, "2023-09-01", None, None],
        ],
        "学生": [
            [
                "23001",
                "周文博",
                "男",
                "0320001",
                "K1",
                "2023-09-01",
                "在读",
                None,
                "13800000011",
                "周建国",
                "父亲",
                "13800000021",
            ],
            ["23002", "徐思齐", "女", None, "K1", "2023-09-01", "休学", "2024-03-01"],
            ["23003", "孙静怡", "女", None, "K1", "2023-10-08", "退学", "2023-10-08"],
            ["23004", "马海涛", "男", None, "K2", "2023-09-01", "在读"],
            ["23005", "朱婉清", "女", None, "K2", "2023-09-01", "毕业", "2024-07-01"],
            ["23006", "胡俊杰", "男", None, "K3", "2023-09-01", "在读"],
        ],
        "聘任": [
            ["K1", "0301", "2023-09-01", "2024-01-31", "工作需要", "2023-09-04"],
            ["K1", "0302", "2024-02-01", None, None, None],
            ["K3", "0303", "2023-09-01", None, None, "2023-09-01"],
        ],
        "班主任请假": [["0303", "2024-03-01", "2024-04-15", "0302"]],
    }


def run(content: bytes, **options: Any) -> examining.Result:
    return batches.run(content, "名册.xlsx", actor=options.pop("actor", None), **options)


def imported(sheets: Mapping[str, Rows]) -> examining.Result:
    """Import a workbook that must be without a problem."""
    result = run(workbook(sheets))
    assert [str(problem) for problem in result.problems] == []
    return result


def totals(result: examining.Result) -> tuple[int, int, int]:
    """新增, 更新, 未变 of all sheets together."""
    return result.plan.total(NEW), result.plan.total(UPDATED), result.plan.total(SAME)


def lines(result: examining.Result) -> list[str]:
    return [str(problem) for problem in result.problems]


def row_counts() -> dict[str, int]:
    """Number of rows of every table of the project."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}
