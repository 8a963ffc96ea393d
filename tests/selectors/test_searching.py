from datetime import timedelta

import pytest

from allocations.domain.searching import Meant, read_search
from allocations.domain.states import RowState
from allocations.selectors.facets import Facets
from allocations.selectors.searching import _exact, _named, find_batches, find_reversals, find_rows
from tests.factories.batches import DIGEST, approved_batch, review_batch, submitted_batch
from tests.factories.crowds import crowd
from tests.factories.lists import AccountFactory, RowFactory
from tests.factories.reversals import ReversalFactory

pytestmark = pytest.mark.django_db
ANY = Facets()


def person(batch, number=60, **fields):
    known = {"name": "Asha Rao", "mobile": "9876500011", "email": "Asha@Example.com", "client_reference": "EMP-7"}
    return RowFactory(batch=batch, number=number, **{**known, **fields})


def rows(text, facets=ANY, **place):
    return list(find_rows(read_search(text), facets, **place).rows)


@pytest.mark.parametrize(
    "text",
    ["98765 00011", "+919876500011", "asha@example.com", "EMP-7", "ECT7", "CRD7", "REFERENCE2", "asha", "ASHA RAO"],
)
def test_a_person_is_found_by_all_that_is_known_of_them(text):
    batch = review_batch()
    found = person(batch, transaction_id="ECT7", card_id="CRD7", reference="REFERENCE2")
    person(batch, 61, name="Zubin Mistry", mobile="9876500012", email="z@example.com", client_reference="EMP-8")
    assert rows(text) == [found]


@pytest.mark.parametrize("text", ["9876500", "example.com", "EMP", "sha", "Rao", "", "Asha Raox", "%sha", "Ash_"])
def test_parts_of_ids_and_of_contacts_find_nobody(text):
    person(review_batch())
    assert rows(text) == []


def test_exact_hits_come_newest_first_a_page_at_a_time():
    batch = review_batch()
    made = [person(batch, number) for number in (60, 61, 62)]
    first = find_rows(read_search("9876500011"), ANY, size=2)
    last = find_rows(read_search("9876500011"), ANY, size=2, after=first.after)
    assert ([*first.rows], [*last.rows], last.after) == (made[:0:-1], made[:1], None)


def test_names_come_in_their_order_a_page_at_a_time():
    batch = review_batch()
    names = ["Meera B", "meera a", "Meera A", "Meena", "Meera"]
    made = [person(batch, 60 + place, name=name, mobile=f"98765001{place:02}") for place, name in enumerate(names)]
    found, after = [], None
    while True:
        page = find_rows(read_search("Meera"), ANY, size=2, after=after)
        found += page.rows
        after = page.after
        if after is None:
            break
    assert (found, page.by_name) == ([made[4], made[1], made[2], made[0]], True)


def test_a_name_in_an_indian_script_is_found():
    found = person(review_batch(), name="आशा राव")
    assert rows("आशा") == [found]


def test_facets_narrow_what_is_found():
    other = AccountFactory()
    found = person(submitted_batch(account=other))
    batch = submitted_batch()
    person(batch, 61)
    now = batch.submitted_at
    credited = Facets(states=frozenset({RowState.CREDITED}))
    past, later = Facets(until=now), Facets(since=now, until=now + timedelta(days=1))
    assert rows("9876500011", Facets(account_id=other.pk)) == [found]
    assert [len(rows("9876500011", facets)) for facets in (credited, past, later)] == [0, 0, 2]
    mine, purpose = Facets(maker_id=batch.uploaded_by_id), Facets(purpose="diwali", least=500, most=500)
    assert [len(rows("9876500011", facets)) for facets in (mine, purpose, Facets(least=501))] == [1, 2, 0]


def test_batches_are_found_by_number_digest_and_purpose():
    batch = submitted_batch(purpose="Diwali 2026")
    review_batch(purpose="Onam 2026")
    for text in (str(batch.pk), DIGEST, "diwali"):
        assert find_batches(read_search(text), text) == [batch]


def test_reversals_are_found_by_their_ids():
    reversal = ReversalFactory(row=approved_batch().rows.first(), transaction_id="ECTBACK")
    assert [find_reversals(read_search(text)) for text in ("ECTBACK", reversal.reference.lower(), "Asha Rao", "x")] == [
        [reversal],
        [reversal],
        [],
        [],
    ]


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("9876500011", {"row_by_mobile"}),
        ("a@example.com", {"row_by_email"}),
        ("Asha", {"row_by_name"}),
        ("CRD7", {"row_by_card", "row_by_client_reference", "row_transaction_once"}),
    ],
)
def test_every_lookup_has_its_index(text, indexes):
    crowd(review_batch())
    assert indexes <= {index for plan in _plans(read_search(text)) for index in indexes if index in plan}


def _plans(meant):
    ways = list(_exact(meant, ANY, None))
    ways += [_named(meant.name, ANY, None)] if meant.name else []
    return [way.explain() for way in ways]


def test_nothing_meant_finds_nothing():
    person(review_batch())
    assert find_rows(Meant(), ANY).rows == ()
