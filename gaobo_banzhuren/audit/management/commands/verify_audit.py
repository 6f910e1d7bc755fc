"""Checks the chain of the audit log."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import CommandParser
from django.db import connection

from gaobo_banzhuren.audit import triggers
from gaobo_banzhuren.audit.services import verify_chain
from gaobo_banzhuren.web.commands import ChineseCommand

SHORTEST_ANCHOR = 16


class Command(ChineseCommand):
    help = "校验审计记录：逐条核对内容、衔接和链尾。发现改动、缺失或插入时，指出第一条有问题的记录并以 1 退出。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor",
            action="append",
            default=[],
            type=anchor,
            metavar="序号:校验",
            help="以前登记在库外的链尾（本命令每次都会打印），可写多个；用来发现连链头一起截掉的情形。",
        )

    def handle(self, *args: Any, anchor: list[tuple[int, str]], **options: Any) -> None:
        result = verify_chain(dict(anchor))
        if not result.intact:
            self.stderr.write(
                f"审计记录有问题：第 {result.bad_sequence} 条，{result.reason}。已核对 {result.entries} 条。"
            )
            raise SystemExit(1)
        if not triggers.installed(connection):
            self.stderr.write("审计记录完好，但数据库里防改动的触发器不见了，请重新运行 migrate 或恢复命令。")
            raise SystemExit(1)
        self.stdout.write(f"审计记录完好：共 {result.entries} 条。链尾 {result.entries}:{result.last_mac}")


def anchor(text: str) -> tuple[int, str]:
    sequence, _, code = text.partition(":")
    if not sequence.isdecimal() or len(code) < SHORTEST_ANCHOR:
        raise argparse.ArgumentTypeError(f"应写成 序号:校验（校验至少 {SHORTEST_ANCHOR} 位），如 120:9f3a…")
    return int(sequence), code
