"""Writes which tests prove which clause into the data file that the 制度对照 page reads."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from gaobo_banzhuren.regulation import data_files, proofs
from gaobo_banzhuren.web.commands import ChineseCommand


class Command(ChineseCommand):
    help = "扫描 tests/ 中的条款标记，更新制度对照所用的 proofs.json"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="只检查是否最新，不写文件")

    def handle(self, *args: Any, **options: Any) -> None:
        found = proofs.scan(settings.BASE_DIR / "tests")
        path = data_files.FOLDER / proofs.FILE
        text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
        current = path.exists() and path.read_text(encoding="utf-8") == text
        if options["check"] and not current:
            self.stderr.write("proofs.json 不是最新，请运行 collect_proofs。")
            raise SystemExit(1)
        if not current:
            path.write_text(text, encoding="utf-8")
        self.stdout.write(f"{len(found)} 个编号，{'未变' if current else '已更新'}")
