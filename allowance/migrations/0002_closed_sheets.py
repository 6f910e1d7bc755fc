from django.db import migrations

import allowance.triggers


class Migration(migrations.Migration):
    dependencies = [("allowance", "0001_initial")]

    operations = [
        migrations.RunPython(allowance.triggers.migrate_forwards, allowance.triggers.migrate_backwards),
    ]
