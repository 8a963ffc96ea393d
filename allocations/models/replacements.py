from django.conf import settings
from django.db import models
from django.db.models import F, Q

from allocations.models.rows import Row


class Replacement(models.Model):
    """A row with a reference of its own in the place of one that EnKash gave nothing for."""

    row = models.OneToOneField(Row, on_delete=models.CASCADE, related_name="replacement")
    # Unique: a row is replaced once. From then on it is never sent again (triggers.py).
    replaces = models.OneToOneField(Row, on_delete=models.PROTECT, related_name="replaced_by")
    # The look-up of the old reference at that moment: when, and the transactions that EnKash listed.
    looked_up_at = models.DateTimeField()
    found = models.JSONField(default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(row=F("replaces")), name="replacement_is_another_row"),)

    def __str__(self) -> str:
        return f"row {self.row_id} in the place of row {self.replaces_id}"
