import json
from datetime import UTC

from django.db import migrations, models
from django.db.models import Q

BLOCK = 1_000


def write_down(apps, schema_editor):
    """Entries from before the chain get their canonical text now, as version 0: what they say was not chained then."""
    entries = apps.get_model("allocations", "TrailEntry").objects.using(schema_editor.connection.alias)
    if not entries.exists():
        return
    _allow_changes(schema_editor)
    last = 0
    while block := list(entries.filter(pk__gt=last).order_by("pk")[:BLOCK]):
        for entry in block:
            entry.body = _canonical(entry)
        entries.bulk_update(block, ["body"])
        last = block[-1].pk


def _allow_changes(schema_editor):
    """The trigger comes back with all others after the migration."""
    on_table = " ON allocations_trailentry" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS trail_no_update{on_table}")


def _canonical(entry):
    body = {
        "v": 0,
        "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": {"id": entry.actor_id} if entry.actor_id else None,
        "event": entry.event,
        "object": {"type": entry.object_type, "id": entry.object_id},
        "batch": entry.batch_id,
        "data": entry.data,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class Migration(migrations.Migration):
    dependencies = [("allocations", "0005_recovery")]

    operations = [
        migrations.CreateModel(
            name="TrailSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.PositiveBigIntegerField(unique=True)),
                ("text", models.TextField()),
                ("signature", models.CharField(max_length=128)),
                ("public_key", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
            ],
            options={"ordering": ("size",)},
        ),
        migrations.AddField("trailentry", "body", models.TextField(default=""), preserve_default=False),
        migrations.AddField("trailentry", "number", models.PositiveBigIntegerField(null=True, unique=True)),
        migrations.AddField(
            "trailentry", "link", models.CharField(blank=True, default="", max_length=64), preserve_default=False
        ),
        migrations.RunPython(write_down, migrations.RunPython.noop),
        migrations.AddIndex(
            "trailentry",
            models.Index(fields=("id",), name="trail_unlinked", condition=Q(number__isnull=True)),
        ),
        migrations.AddConstraint(
            "trailentry",
            models.CheckConstraint(
                condition=Q(number__isnull=True, link="") | Q(number__gt=0) & ~Q(link=""),
                name="trail_number_has_link",
            ),
        ),
    ]
