"""Base of the project's commands: Chinese help, and a person's mistake is one Chinese line per problem and exit 1."""

import argparse
import re
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.db import OperationalError, ProgrammingError

from .errors import UserError

MISTAKES = (
    (r"the following arguments are required: (.+)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.+)", r"不认识的参数：\1"),
    (r"argument (.+): expected one argument", r"\1 后面要写一个值"),
    (r"argument (.+): invalid int value: '(.*)'", r"\1：「\2」不是整数"),
    (r"argument (.+): (.+)", r"\1：\2"),
)


class ChineseHelp(DjangoHelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class ChineseParser(CommandParser):
    """What is wrong on the command line is said in Chinese and ends with 1, like every other mistake."""

    def error(self, message: str) -> NoReturn:
        for pattern, text in MISTAKES:
            if re.fullmatch(pattern, message):
                message = re.sub(pattern, text, message)
                break
        if self.called_from_command_line:
            self.exit(1, f"{message}。用法见 --help\n")
        raise CommandError(message)


class ChineseCommand(BaseCommand):
    """A command whose help and complaints about the command line are Chinese."""

    suppressed_base_arguments = {  # noqa: RUF012  Django reads it from the class
        "--version", "-v", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color",
        "--skip-checks",
    }  # fmt: skip

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, formatter_class=ChineseHelp, **kwargs)
        parser.__class__ = ChineseParser
        parser._positionals.title = "参数"
        parser._optionals.title = "选项"
        for action in parser._actions:
            if isinstance(action, argparse._HelpAction):
                action.help = "显示这份说明"
            elif self.suppressed_base_arguments.intersection(action.option_strings):
                action.help = argparse.SUPPRESS
        return parser


class UserCommand(ChineseCommand):
    """Subclasses write `run`; whatever UserError it raises is printed without a traceback."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.run(*args, **options)
        except UserError as error:
            self._stop(error.message)
        except (OperationalError, ProgrammingError) as error:
            self._stop(f"数据库不能使用，是否已运行 migrate？（{str(error).splitlines()[0]}）")

    def _stop(self, message: str) -> NoReturn:
        for line in message.splitlines():
            self.stderr.write(line)
        sys.exit(1)

    def run(self, *args: Any, **options: Any) -> None:
        raise NotImplementedError
