import pytest

from allocations.domain.errors import InvalidInput
from allocations.models import SavedView
from allocations.selectors.searching import views_of
from allocations.services import saved_views
from tests.factories.lists import BatchFactory
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


def save(who, name: str = "Failed", query: str = "state=failed", purpose: str = "") -> None:
    saved_views.save_view(who, name=name, query=query, purpose=purpose)


def kept(who) -> list[tuple[str, str]]:
    return [(view.name, view.query) for view in views_of(who.id)]


def test_views_are_ones_own_and_stand_by_name() -> None:
    mine, theirs = actor("auditor"), actor("auditor")
    save(mine, " Unknown ", "state=unknown")
    save(mine)
    save(theirs, "Of this year", "year=2026")
    assert kept(mine) == [("Failed", "state=failed"), ("Unknown", "state=unknown")]
    saved_views.delete_view(theirs, view_id=views_of(mine.id)[0].pk)
    assert len(kept(mine)) == 2
    saved_views.delete_view(mine, view_id=views_of(mine.id)[0].pk)
    assert (kept(mine), kept(theirs)) == ([("Unknown", "state=unknown")], [("Of this year", "year=2026")])


def test_same_name_takes_the_new_filter() -> None:
    who = actor("admin")
    save(who)
    save(who, query="state=failed&year=2026")
    assert kept(who) == [("Failed", "state=failed&year=2026")]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "  "}, "The view has no name"),
        ({"name": "asha@example.com"}, "holds no mobile numbers"),
        ({"name": "Rows of 98765 00011"}, "holds no mobile numbers"),
        ({"query": ""}, "There is no filter to keep"),
        ({"query": "purpose=Asha", "purpose": "Asha"}, "No batch has “Asha” in its purpose"),
    ],
)
def test_what_cannot_be_kept_is_told(changes, sentence) -> None:
    BatchFactory(purpose="Diwali 2026")
    with pytest.raises(InvalidInput, match=sentence):
        save(actor("admin"), **changes)
    assert not SavedView.objects.exists()


def test_purpose_of_a_batch_and_a_year_in_the_name_are_fine() -> None:
    BatchFactory(purpose="Diwali 2026")
    who = actor("admin")
    save(who, "Diwali 2025-26", "purpose=diwali", "diwali")
    assert kept(who) == [("Diwali 2025-26", "purpose=diwali")]


def test_there_is_a_most_of_views(monkeypatch) -> None:
    monkeypatch.setattr(saved_views, "MOST", 2)
    who = actor("admin")
    save(who, "A")
    save(who, "B")
    save(who, "B", "state=unknown")
    with pytest.raises(InvalidInput, match="You keep 2 views already"):
        save(who, "C")
    assert len(kept(who)) == 2
