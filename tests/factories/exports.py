from datetime import UTC, datetime

from factory import SubFactory
from factory.django import DjangoModelFactory

from allocations.models import ExportJob
from tests.factories.lists import BatchFactory
from tests.factories.people import UserFactory


class ExportJobFactory(DjangoModelFactory):
    """One that waits for a worker."""

    class Meta:
        model = ExportJob

    asked_by = SubFactory(UserFactory)
    asked_at = datetime(2026, 11, 11, tzinfo=UTC)
    batch = SubFactory(BatchFactory)
    kind = "csv"
