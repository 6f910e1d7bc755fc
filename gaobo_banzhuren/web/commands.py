"""Base of the project's commands: a person's mistake is one Chinese line per problem on stderr and exit 1."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from .errors import UserError


class UserCommand(BaseCommand):
    """Subclasses write `run`; whatever UserError it raises is printed without a traceback."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.run(*args, **options)
        except UserError as error:
            for line in error.message.splitlines():
                self.stderr.write(line)
            sys.exit(1)

    def run(self, *args: Any, **options: Any) -> None:
        raise NotImplementedError
