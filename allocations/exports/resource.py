"""The columns of an export: the one definition of what it holds, in which order, under which headers."""

from decimal import Decimal
from typing import Any

from django.db.models import Case, F, QuerySet, TextField, When
from django.db.models.functions import Cast, Coalesce
from import_export import fields, resources

from allocations.domain.states import RowState
from allocations.exports.cells import Cell, Kind, Reader, cells
from allocations.models import Row
from allocations.selectors.reversals import points_taken_back


class ExportField(fields.Field):  # type: ignore[misc]  # import-export has no types
    """A column; `attribute` is a path of the ORM, so that it can be read without making objects."""

    def __init__(self, attribute: str, header: str, kind: Kind = Kind.CODE) -> None:
        super().__init__(attribute=attribute, column_name=header, readonly=True)
        self.kind = kind

    def export(self, instance: Row, *, reader: Reader, **_: Any) -> Cell:
        """One cell by way of an object, as django-import-export does it: the same cell as by block."""
        return cells(self.kind, [self.get_value(instance)], reader)[0]


class RowResource(resources.ModelResource):  # type: ignore[misc]  # import-export has no types
    """One row as it is stored. Headers of the list's own columns are those of the list template."""

    number = ExportField("number", "Row", Kind.WHOLE)
    title = ExportField("title", "Title")
    name = ExportField("name", "Name", Kind.WORDS)
    email = ExportField("email", "Email", Kind.EMAIL)
    mobile = ExportField("mobile", "Mobile", Kind.MOBILE)
    amount = ExportField("amount", "Amount", Kind.WHOLE)
    remarks = ExportField("remarks", "Remarks", Kind.WORDS)
    reference = ExportField("reference", "Our reference")
    client_reference = ExportField("client_reference", "Client reference", Kind.WORDS)
    state = ExportField("state", "Outcome", Kind.OUTCOME)
    reason_code = ExportField("reason_code", "Outcome reason", Kind.REASON)
    reason = ExportField("reason", "EnKash text", Kind.WORDS)
    evidence = ExportField("evidence", "Evidence", Kind.EVIDENCE)
    transaction_id = ExportField("transaction_id", "EnKash transaction id")
    card_id = ExportField("card_id", "EnKash card id")
    enkash_user_id = ExportField("enkash_user_id", "EnKash user id")
    credited_points = ExportField("credited_points", "Credited points", Kind.POINTS)
    reversed_points = ExportField("reversed_points", "Points taken back", Kind.POINTS)
    net_points = ExportField("net_points", "Net points", Kind.POINTS)
    disputed_points = ExportField("disputed_points", "Points in conflict", Kind.POINTS)
    account_balance = ExportField("account_balance", "Account balance after", Kind.POINTS)
    user_balance = ExportField("user_balance", "User balance after", Kind.POINTS)
    tries = ExportField("tries", "Tries", Kind.WHOLE)
    first_sent_at = ExportField("first_sent_text", "First sent at", Kind.INSTANT)
    outcome_at = ExportField("outcome_text", "Outcome at", Kind.INSTANT)
    run = ExportField("chunk__run__generation", "Run", Kind.WHOLE)
    chunk = ExportField("chunk__number", "Chunk", Kind.WHOLE)
    payload_hash = ExportField("payload_hash", "Payload SHA-256", Kind.PAYLOAD_HASH)

    replaces = ExportField("replacement__replaces__reference", "Replaces our reference")
    replaced_by = ExportField("replaced_by__row__reference", "Replaced by our reference")

    class Meta:
        model = Row
        fields = export_order = (
            *("number", "title", "name", "email", "mobile", "amount", "remarks", "reference", "client_reference"),
            *("state", "reason_code", "reason", "evidence", "transaction_id", "card_id", "enkash_user_id"),
            *("credited_points", "reversed_points", "net_points", "disputed_points"),
            *("account_balance", "user_balance", "tries"),
            *("first_sent_at", "outcome_at", "run", "chunk", "payload_hash", "replaces", "replaced_by"),
        )

    def get_queryset(self) -> QuerySet[Row]:
        """Rows by number. What EnKash says it gave counts as credited only where the row is credited.

        Instants come as the database's own text: the driver takes longer to read two of them than the rest of a row.
        """
        return Row.objects.order_by("number").annotate(
            credited_points=Case(When(state=RowState.CREDITED, then=F("credited_amount"))),
            reversed_points=points_taken_back(),
            net_points=F("credited_points") - Coalesce(F("reversed_points"), Decimal(0)),
            disputed_points=Case(When(state=RowState.ANOMALY, then=F("credited_amount"))),
            first_sent_text=Cast("first_sent_at", TextField()),
            outcome_text=Cast("outcome_at", TextField()),
        )


def columns() -> list[ExportField]:
    """The columns in their order."""
    ordered: list[ExportField] = RowResource().get_export_fields()
    return ordered


def columns_of_batches() -> list[ExportField]:
    """The same columns where rows of several batches stand together."""
    return [
        ExportField("batch_id", "Batch", Kind.WHOLE),
        ExportField("batch__purpose", "Purpose"),
        ExportField("batch__account__name", "Account"),
        *columns(),
    ]
