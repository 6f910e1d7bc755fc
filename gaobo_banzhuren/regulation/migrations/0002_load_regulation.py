"""Brings in the first rule version, the readings and the school years from the reviewed data files."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from gaobo_banzhuren.regulation.loading import load_regulation


def forwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    load_regulation(apps.get_model)


class Migration(migrations.Migration):
    dependencies = [("regulation", "0001_initial")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
