"""Stock django-import-export on the portal's own table, with the portal's cleaning so that both do the same work."""

from pathlib import Path
from typing import Any

from import_export import fields, resources
from tablib import Dataset

from allocations.domain.cells import FIELDS, RowLimits
from allocations.domain.manifest import payload_bytes, payload_hash
from allocations.domain.rows import clean_row
from allocations.imports.resource import headers
from allocations.models import Batch, Row

LIMITS = RowLimits(max_points=100_000)


def dataset(path: Path, form: str) -> Dataset:
    if form == "csv":
        return Dataset().load(path.read_text(encoding="utf-8"), format="csv")
    with path.open("rb") as file:
        return Dataset().load(file, format="xlsx", read_only=True)


class DefaultRows(resources.ModelResource):
    """Default settings: a look-up and a save() per row. Its key is the file's reference, in the indexed column."""

    title, name, email, mobile, amount, remarks, reference = (
        fields.Field(attribute=field, column_name=header)
        for field, header in zip((*FIELDS[:-1], "reference"), headers(), strict=True)
    )

    class Meta:
        model = Row
        fields = (*FIELDS[:-1], "reference")
        import_id_fields = ("reference",)

    def __init__(self, *, batch: Batch) -> None:
        super().__init__()
        self.batch = batch

    def before_import_row(self, row: dict[str, Any], **_: Any) -> None:
        cells = ["" if row.get(header) is None else str(row[header]) for header in headers()]
        clean, _problems = clean_row(tuple(cells), limits=LIMITS)
        row.update(zip(headers(), clean, strict=True))

    def before_save_instance(self, instance: Row, _row: dict[str, Any], **options: Any) -> None:
        instance.batch, instance.number = self.batch, options["row_number"] + 1
        payload = {field: getattr(instance, field) for field in (*FIELDS[:-1], "reference")}
        instance.payload_hash = payload_hash(payload_bytes(**payload))


class BulkRows(DefaultRows):
    class Meta(DefaultRows.Meta):
        use_bulk = True
        batch_size = 5_000
        skip_diff = True
        skip_html_diff = True
        force_init_instance = True
        use_transactions = True
