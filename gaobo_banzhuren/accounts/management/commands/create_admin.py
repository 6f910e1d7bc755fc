"""The first account of an installation, or the last resort when nobody can sign in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.accounts.services import create_person, issue_code
from gaobo_banzhuren.web.commands import ChineseCommand
from gaobo_banzhuren.web.errors import UserError


class Command(ChineseCommand):
    help = "建立一个系统管理员并打印一次性登录码。没有任何默认账号和默认密码。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("staff_no", metavar="工号")
        parser.add_argument("name", metavar="姓名")

    def handle(self, *args: Any, staff_no: str, name: str, **options: Any) -> None:
        try:
            with transaction.atomic():
                person: User = create_person(
                    None, staff_no=staff_no, name=name, role=Role.SYSADMIN, starts_on=timezone.localdate()
                )
                issued = issue_code(None, person)
        except UserError as problem:
            raise CommandError(problem.message) from problem
        self.stdout.write(f"已建立系统管理员 {person}。")
        self.stdout.write(
            f"一次性登录码：{issued.code}（{timezone.localtime(issued.expires_at):%Y-%m-%d %H:%M} 前有效）"
        )
