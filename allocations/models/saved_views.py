from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """A filter of the search under a name, for the one person who keeps it. `query` never holds the words searched."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    # As forms.searches.Search.filter_query writes it.
    query = models.CharField(max_length=1400)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("person", "name"), name="saved_view_name_once"),)

    def __str__(self) -> str:
        return f"view {self.pk} of user {self.person_id}"
