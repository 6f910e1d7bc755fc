"""Compares attachments with the disk."""

import datetime
from typing import Any

from django.core.management.base import CommandParser

from gaobo_banzhuren.documents.care import damaged_files, remove, unreferenced_files
from gaobo_banzhuren.documents.models import StoredFile
from gaobo_banzhuren.web.commands import ChineseCommand

GRACE = datetime.timedelta(days=1)


class Command(ChineseCommand):
    help = "核对附件：每个附件的文件是否在、内容是否未变；列出没有记录的遗留文件。有缺失或损坏时以 1 退出。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove-leftovers", action="store_true", help="删除一天以前、没有记录的遗留文件。")

    def handle(self, *args: Any, remove_leftovers: bool, **options: Any) -> None:
        damaged = 0
        for stored, reason in damaged_files():
            damaged += 1
            self.stderr.write(f"附件 {stored.pk}「{stored}」：{reason}")
        leftovers = unreferenced_files(GRACE)
        if remove_leftovers:
            for path in leftovers:
                remove(path)
        done = "已删除" if remove_leftovers else "可用 --remove-leftovers 删除"
        self.stdout.write(
            f"附件 {StoredFile.objects.count()} 个，有问题 {damaged} 个；遗留文件 {len(leftovers)} 个"
            + (f"（{done}）" if leftovers else "")
        )
        if damaged:
            raise SystemExit(1)
