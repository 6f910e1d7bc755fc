"""`restore FILE [--replace]`: put a backup back, whole or not at all."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from gaobo_banzhuren.audit.services import verify_chain
from gaobo_banzhuren.web.backup import read_backup
from gaobo_banzhuren.web.commands import UserCommand


class Command(UserCommand):
    help = "从备份文件恢复数据库和全部附件；数据库里已有数据时须加 --replace"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="备份文件")
        parser.add_argument("--replace", action="store_true", help="替换现有的全部数据")

    def run(self, *args: Any, **options: Any) -> None:
        contents = read_backup(Path(options["file"]), replace=options["replace"])
        self.stdout.write(f"已恢复：{contents.tables} 张表、{contents.rows} 行、{contents.files} 个附件")
        chain = verify_chain()
        if chain.intact:
            self.stdout.write(f"审计记录完好：{chain.entries} 条")
        else:
            self.stderr.write(
                f"注意：审计记录自第 {chain.bad_sequence} 条起不符（{chain.reason}），AUDIT_KEY 是否与备份时相同？"
            )
