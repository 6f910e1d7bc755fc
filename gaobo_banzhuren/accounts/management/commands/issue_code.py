"""A one-time code from the server's command line, for when no administrator can sign in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.services import issue_code
from gaobo_banzhuren.web.commands import ChineseCommand
from gaobo_banzhuren.web.errors import UserError


class Command(ChineseCommand):
    help = "为一个已有账号发一次性登录码（只显示一次，以前未用的作废）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("staff_no", metavar="工号")

    def handle(self, *args: Any, staff_no: str, **options: Any) -> None:
        person = User.objects.filter(staff_no=staff_no.strip()).first()
        if person is None:
            raise CommandError(f"没有工号为 {staff_no} 的账号。")
        try:
            issued = issue_code(None, person)
        except UserError as problem:
            raise CommandError(problem.message) from problem
        self.stdout.write(f"{person} 的一次性登录码：{issued.code}")
        self.stdout.write(f"{timezone.localtime(issued.expires_at):%Y-%m-%d %H:%M} 前有效，只能用一次。")
