"""Old sign-in tries, used codes and dead sessions are cleared away; the audit log is not touched."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from gaobo_banzhuren.accounts.models import SignInAttempt
from gaobo_banzhuren.audit import services as audit
from gaobo_banzhuren.web.commands import ChineseCommand

SHORTEST_DAYS = 180


class Command(ChineseCommand):
    help = "清除过期的登录尝试记录（默认保留 180 天，不得更短）和失效的会话。适合每天定时运行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=SHORTEST_DAYS, metavar="天数", help="保留的天数")
        parser.add_argument("--dry-run", action="store_true", help="只显示会清除多少，不清除")

    def handle(self, *args: Any, days: int, dry_run: bool, **options: Any) -> None:
        if days < SHORTEST_DAYS:
            raise CommandError(f"登录记录至少保留 {SHORTEST_DAYS} 天。")
        old = SignInAttempt.objects.filter(at__lt=timezone.now() - dt.timedelta(days=days))
        if dry_run:
            self.stdout.write(f"将清除 {old.count()} 条登录尝试记录。")
            return
        with transaction.atomic():
            count, _ = old.delete()
            if count:
                audit.record(None, "accounts.purge_sign_ins", after={"清除条数": count, "保留天数": days})
        call_command("clearsessions")
        self.stdout.write(f"已清除 {count} 条登录尝试记录和失效的会话。")
