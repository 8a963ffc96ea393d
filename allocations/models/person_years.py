from django.db import models

from allocations.models.reversals import Reversal
from allocations.models.rows import Row
from allocations.models.runs import Chunk


class PersonYear(models.Model):
    """What one person got in one financial year, added up from rows and reversals (services.person_years).

    The person is whoever has the mobile of `row`, their newest row of that year: no personal data stand here. What is
    counted is credited, and such rows and chunks are never deleted, so the database need not check each that is.
    """

    row = models.ForeignKey(Row, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    # In whose April it begins, in India.
    year = models.PositiveSmallIntegerField()
    times = models.PositiveIntegerField()
    given = models.DecimalField(max_digits=18, decimal_places=2)
    reversed = models.DecimalField(max_digits=18, decimal_places=2)
    net = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        indexes = (models.Index(fields=("year", "-net", "-row"), name="person_year_by_net"),)
        constraints = (models.UniqueConstraint(fields=("row", "year"), name="person_year_once"),)

    def __str__(self) -> str:
        return f"{self.year} of the person in row {self.row_id}"


class CountedChunk(models.Model):
    """A chunk whose credits are in the years of its people, and its counters as they were then."""

    chunk = models.OneToOneField(
        Chunk, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="+"
    )
    credited = models.PositiveIntegerField()
    credited_points = models.DecimalField(max_digits=18, decimal_places=2)

    def __str__(self) -> str:
        return f"{self.credited} credits of chunk {self.chunk_id}"


class CountedReversal(models.Model):
    """A reversal that took its points back and is in the year of its person."""

    reversal = models.OneToOneField(
        Reversal, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"reversal {self.reversal_id}"


class PersonCount(models.Model):
    """When all that was at rest was last known to be counted, and when a worker was last rung for; None: never."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    counted_at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="person_count_single"),)

    def __str__(self) -> str:
        return f"people counted at {self.counted_at}"
