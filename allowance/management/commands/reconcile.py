"""`reconcile [--month 2023-11]`: every closed month recomputed from its frozen inputs."""

import sys
from argparse import ArgumentParser
from typing import Any

from allowance.services.months import parse_month
from allowance.services.reconciliation import reconcile
from gaobo_banzhuren.web.commands import UserCommand


class Command(UserCommand):
    help = "用冻结的输入重算每个已结算的月份，与表内逐项核对；有任何差异时退出码为 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", help="只核对一个月，如 2023-11")

    def run(self, *args: Any, **options: Any) -> None:
        month = parse_month(options["month"]).first_day if options["month"] else None
        result = reconcile(month)
        self.stdout.write(f"月份 {result.months}，行 {result.lines}，差异 {len(result.mismatches)}")
        for mismatch in result.mismatches:
            self.stderr.write(str(mismatch))
        if result.mismatches:
            sys.exit(1)
