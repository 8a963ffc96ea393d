from datetime import UTC, datetime

from django.core.files.base import ContentFile
from factory import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from allocations.domain import manifest, references
from allocations.models import Account, Batch, Problem, Row, Upload
from tests.factories.people import UserFactory

NOW = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)  # 11 Nov 2026, 14:05 IST


class AccountFactory(DjangoModelFactory):
    class Meta:
        model = Account

    name = Sequence(lambda n: f"Employee rewards {n}")
    company_id = Sequence(lambda n: f"CEKDEMO{n:04}")
    card_account_id = Sequence(lambda n: f"CADEMO{n}")
    balance = 6_140_000
    balance_at = NOW
    balance_stale = False


class BatchFactory(DjangoModelFactory):
    """A draft; tests.factories.batches has the other states."""

    class Meta:
        model = Batch

    purpose = "Diwali 2026"
    account = SubFactory(AccountFactory)
    is_points_allocation = True
    uploaded_by = SubFactory(UserFactory, roles=("admin",))


class UploadFactory(DjangoModelFactory):
    class Meta:
        model = Upload

    batch = SubFactory(BatchFactory)
    file = LazyFunction(lambda: ContentFile(b"Name,Mobile,Points\nAsha Rao,9876500001,700\n", name="list.csv"))
    file_name = "diwali.csv"
    size = 43
    sha256 = "ab" * 32
    kind = "csv"
    parser_version = manifest.PARSER_VERSION
    uploaded_by = LazyAttribute(lambda upload: upload.batch.uploaded_by)


def payload(row) -> bytes:
    names = ("title", "name", "email", "mobile", "amount", "remarks", "reference")
    return manifest.payload_bytes(**{name: getattr(row, name, "") for name in names})


class RowFactory(DjangoModelFactory):
    class Meta:
        model = Row

    batch = SubFactory(BatchFactory)
    number = Sequence(lambda n: n + 2)
    title = ""
    remarks = ""
    name = Sequence(lambda n: f"Person {n}")
    email = Sequence(lambda n: f"person{n}@example.com")
    mobile = Sequence(lambda n: f"98{n % 100_000_000:08}")
    amount = 500
    error_count = 0
    reference = LazyFunction(references.mint)
    payload_hash = LazyAttribute(
        lambda row: manifest.payload_hash(payload(row)) if row.error_count == 0 and row.amount else ""
    )


class ProblemFactory(DjangoModelFactory):
    class Meta:
        model = Problem

    batch = LazyAttribute(lambda problem: problem.row.batch)
    row = SubFactory(RowFactory, error_count=1)
    number = LazyAttribute(lambda problem: problem.row.number if problem.row else None)
    field = "mobile"
    code = "mobile_too_short"
    severity = "error"
    found = "98204 41"
    message = "has 7 digits (98204 41); an Indian mobile number has 10."
