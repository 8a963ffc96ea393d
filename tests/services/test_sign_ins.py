import pytest

from allocations.models import TrailEntry
from allocations.services import sign_ins
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def entries():
    return list(TrailEntry.objects.order_by("pk").values_list("event", "object_type", "object_id", "actor_id", "data"))


def test_what_a_person_did_names_them_and_the_place():
    asha = person("approver")
    sign_ins.note("signed in", user=asha, origin="3f")
    assert entries() == [("signed in", "user", asha.pk, asha.pk, {"origin": "3f"})]


def test_a_failure_names_nobody_as_the_one_who_did_it():
    asha = person("approver")
    for user in (asha, None):
        sign_ins.note_failure(user=user, origin="3f", what="password")
    data = {"origin": "3f", "what": "password"}
    assert entries() == [
        ("sign-in failed", "user", asha.pk, None, data),
        ("sign-in failed", "user", 0, None, data),
    ]
