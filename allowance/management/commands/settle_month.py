"""`settle_month 2023-11 [--college CODE]`: the same service as the button 结算."""

from argparse import ArgumentParser
from typing import Any

from allowance.calculation import format_yuan, to_yuan
from allowance.services.months import parse_month
from allowance.services.settlement import Settled, settle_month
from gaobo_banzhuren.accounts.models import College
from gaobo_banzhuren.web.commands import UserCommand
from gaobo_banzhuren.web.errors import UserError


class Command(UserCommand):
    help = "生成或重算一个月的津贴月表草稿（已提交的月表不会改动）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", help="月份，如 2023-11")
        parser.add_argument("--college", help="只结算一个学院：学院代码")

    def run(self, *args: Any, **options: Any) -> None:
        month = parse_month(options["month"])
        college = None
        if options["college"]:
            college = College.objects.filter(code=options["college"]).first()
            if college is None:
                raise UserError(f"没有代码为「{options['college']}」的学院")
        done = settle_month(month, actor=None, college=college)
        if not done:
            raise UserError("还没有任何班级，没有可以结算的学院；请先导入名册（import_roster）")
        for settled in done:
            self.stdout.write(_report(settled))


def _report(settled: Settled) -> str:
    sheet = settled.sheet
    if not settled.recomputed:
        return f"{sheet.college.code} {sheet.college.name}：{sheet.get_state_display()}，未改动"
    return (
        f"{sheet.college.code} {sheet.college.name}：{sheet.lines.count()} 行，"
        f"金额 {_yuan(sheet.total_fen)}，学校承担 {_yuan(sheet.school_fen)}，学院承担 {_yuan(sheet.college_fen)}，"
        f"提示 {sheet.warnings.count()} 项"
    )


def _yuan(fen: int) -> str:
    return format_yuan(to_yuan(fen))
