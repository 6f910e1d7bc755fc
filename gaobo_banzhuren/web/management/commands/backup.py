"""`backup --output FILE`: database and stored files in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from gaobo_banzhuren.web.backup import write_backup
from gaobo_banzhuren.web.commands import UserCommand


class Command(UserCommand):
    help = "把数据库和全部附件备份成一个文件（不必停机）；文件含个人信息，请妥善保存"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", required=True, help="写入的文件，如 备份-2024-03-18.zip")

    def run(self, *args: Any, **options: Any) -> None:
        contents = write_backup(Path(options["output"]))
        self.stdout.write(
            f"已备份到 {options['output']}：{contents.tables} 张表、{contents.rows} 行、{contents.files} 个附件"
        )
