from django.db import migrations

import teachers.triggers


class Migration(migrations.Migration):
    dependencies = [("teachers", "0001_initial")]

    operations = [
        migrations.RunPython(teachers.triggers.migrate_forwards, teachers.triggers.migrate_backwards),
    ]
