#!/usr/bin/env python
"""Command line of the project; see `python manage.py help`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gaobo_banzhuren.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A wrong setting is for whoever starts the product: one line that names it, no traceback.
        sys.exit(f"设置有误，没有启动：{error}")


if __name__ == "__main__":
    main()
