from django.core.management import call_command
from django.db import migrations


def create_table(apps, schema_editor):
    """The cache that counts failed sign-ins; the command does nothing where its table exists."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("allocations", "0007_cells")]
    operations = [migrations.RunPython(create_table, migrations.RunPython.noop)]
