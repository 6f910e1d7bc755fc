"""`import_roster FILE.xlsx [--dry-run]`: the roster workbook from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, ProgrammingError

from gaobo_banzhuren.web.commands import UserCommand
from gaobo_banzhuren.web.errors import UserError
from teachers.imports import batches, examining
from teachers.services.imports.operations import NEW, SAME, UPDATED


class Command(UserCommand):
    help = "导入名册工作簿（二级学院、班主任、班级、学生、聘任、班主任请假）。有任何问题时全部列出，不保存任何内容。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.xlsx", nargs="?", help="名册工作簿（必填）")
        parser.add_argument("--dry-run", action="store_true", help="只核对并显示数量，不保存")

    def run(self, *args: Any, **options: Any) -> None:
        if not options["file"]:
            raise UserError("请写明名册工作簿：python manage.py import_roster FILE.xlsx")
        path = Path(options["file"])
        content = _content(path)
        try:
            result = batches.run(content, path.name, actor=None, dry_run=options["dry_run"])
        except (OperationalError, ProgrammingError) as problem:
            raise UserError(f"数据库不能使用（是否已运行 migrate？）：{problem}") from problem
        _refuse(result)
        for sheet, counts in result.plan.counts.items():
            self.stdout.write(f"{sheet}：新增 {counts[NEW]}、更新 {counts[UPDATED]}、未变 {counts[SAME]}")
        totals = "、".join(f"{word} {result.plan.total(word)}" for word in (NEW, UPDATED, SAME))
        self.stdout.write(f"合计：{totals}{'（试运行，没有保存）' if options['dry_run'] else ''}")
        for note in result.notes:
            self.stdout.write(f"提示：{note}")


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > settings.MAX_WORKBOOK_BYTES:
            raise UserError(f"文件超过 {settings.MAX_WORKBOOK_BYTES // 1024 // 1024} MB：{path}")
        return path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"没有这个文件：{path}") from None
    except IsADirectoryError:
        raise UserError(f"这是文件夹，不是工作簿：{path}") from None
    except OSError as problem:
        raise UserError(f"文件不能读取：{path}（{problem.strerror}）") from None


def _refuse(result: examining.Result) -> None:
    count = result.reading.problems.count
    if not count:
        return
    lines = [str(problem) for problem in result.problems]
    if count > len(lines):
        lines.append(f"……另有 {count - len(lines)} 处问题")
    raise UserError("\n".join(lines))
