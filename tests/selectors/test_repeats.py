import pytest
from django.db import connection

from allocations.models import Row

pytestmark = pytest.mark.django_db


def test_people_of_earlier_batches_have_an_index_to_go_by() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Row._meta.db_table)
    assert found["row_by_mobile"]["columns"] == ["mobile", "id"]
