"""`export_allowance 2023-11 --output FILE.xlsx [--college CODE]`: the month's workbook."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from allowance.exports import allowance_workbook
from allowance.models import MonthSheet
from allowance.services.months import parse_month
from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.web.commands import UserCommand
from gaobo_banzhuren.web.errors import UserError


class Command(UserCommand):
    help = "导出一个月的班主任津贴发放表（xlsx）：汇总与各学院明细"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", help="月份，如 2023-11")
        parser.add_argument("--output", required=True, help="写入的文件，如 津贴.xlsx")
        parser.add_argument("--college", help="只导出一个学院：学院代码")

    def run(self, *args: Any, **options: Any) -> None:
        month = parse_month(options["month"])
        sheets = MonthSheet.objects.filter(month=month.first_day, computed_at__isnull=False)
        if options["college"]:
            if not College.objects.filter(code=options["college"]).exists():
                raise UserError(f"没有代码为「{options['college']}」的学院")
            sheets = sheets.filter(college__code=options["college"])
        if not sheets.exists():
            raise UserError(f"{month} 还没有结算的月表，请先运行 settle_month {month}")
        content = allowance_workbook(
            sheets.select_related("college", "computed_by", "submitted_by", "reviewed_by", "bundle")
        )
        target = Path(options["output"])
        try:
            target.write_bytes(content)
        except OSError as error:
            raise UserError(f"不能写入「{target}」：{error.strerror}") from None
        self.stdout.write(f"已写入 {target}：{sheets.count()} 张月表")
