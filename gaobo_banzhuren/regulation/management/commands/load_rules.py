"""Loads the reviewed data files of the regulation again; people's decisions are never overwritten."""

from typing import Any

from django.apps import apps
from django.db import transaction

from gaobo_banzhuren.regulation.loading import load_regulation
from gaobo_banzhuren.web.commands import ChineseCommand


class Command(ChineseCommand):
    help = "载入制度数据（制度版本、口径、学年）；重复执行不改变任何内容"

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_regulation(apps.get_model)
        self.stdout.write(f"制度版本 {loaded.versions}，口径 {loaded.readings}，学年 {loaded.school_years}")
