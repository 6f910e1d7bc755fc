"""`load_demo [--scale N]`: an invented college with two school years of work and an account for every role."""

from argparse import ArgumentParser
from typing import Any

from allowance.demo.loading import is_empty, load
from allowance.demo.people import DemoAccount, known_accounts
from gaobo_banzhuren.web.commands import UserCommand
from gaobo_banzhuren.web.errors import UserError


class Command(UserCommand):
    help = "在空数据库里建立一个虚构的学院（四个二级学院、两个学年），打印每种角色的试用账号；有真实数据时拒绝"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", type=int, default=1, help="规模倍数，如 10 为十倍的班级、班主任和学生")
        parser.add_argument(
            "--if-empty", action="store_true", help="数据库已有数据时不做任何改动，只打印已有的试用账号"
        )

    def run(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["scale"] <= 50:
            raise UserError("--scale 应在 1 到 50 之间")
        if is_empty():
            self.stdout.write("正在建立演示数据，约需半分钟……")
            self._show(load(options["scale"]))
        elif options["if_empty"]:
            self._show(known_accounts())
        else:
            raise UserError("数据库里已有数据，没有载入演示数据。请换一个空数据库（如设置 DATABASE_URL）。")

    def _show(self, accounts: list[DemoAccount]) -> None:
        if not accounts:
            return
        self.stdout.write("试用账号（工号 / 密码）：")
        for account in accounts:
            self.stdout.write(f"  {account.role}　{account.name}　{account.staff_no} / {account.password}")
