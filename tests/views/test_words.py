"""One word for one thing, on every page that shows it."""

import pytest
from django.urls import reverse

from tests.factories.batches import approved_batch
from tests.factories.decisions import open_proposal
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting():
    batch = approved_batch(run_state="attention", credited=1, unknown=1, conflict=1, anomaly=1)
    batch.runs.get().chunks.update(state="people")
    return batch


def page(client, name, *numbers, **query):
    return client.get(reverse(f"allocations:{name}", args=numbers), query).text


def test_a_row_that_contradicts_itself_is_a_conflict_everywhere(client, waiting):
    client.force_login(person("admin"))
    pages = [
        page(client, "home"),
        page(client, "batches"),
        page(client, "batch", waiting.pk),
        page(client, "batch-rows", waiting.pk, state="disputed"),
        page(client, "run", waiting.runs.get().pk),
        page(client, "row", waiting.pk, 4),
        page(client, "row", waiting.pk, 5),
        page(client, "exceptions", kind="conflict"),
        page(client, "replacement-new", waiting.pk),
    ]
    assert [text.lower().count("conflict") > 0 for text in pages] == [True] * len(pages)
    assert [word for word in ("need people", "anomal") for text in pages if word in text.lower()] == []
    assert pages[3].count("</svg>Conflict</span>") == 2
    assert pages[7].count("</svg>Conflict</span>") == 2


def test_inbox_names_who_looks_after_a_row_without_the_word_of_a_role(client, waiting):
    client.force_login(person("auditor"))
    text = page(client, "exceptions")
    assert ('<th scope="col">Looked after by</th>' in text, ">Owner<" in text) == (True, False)


@pytest.mark.parametrize(("state", "word"), [("pending", "not sent"), ("unknown", "Unknown"), ("anomaly", "Conflict")])
def test_rows_of_a_decision_show_their_status_in_words(client, waiting, state, word):
    row = waiting.rows.get(number=3)
    proposal = open_proposal(rows=(row,))
    client.force_login(person("admin"))
    waiting.rows.filter(pk=row.pk).update(state=state)
    for text in (page(client, "decision", proposal.pk), page(client, "decision-new", waiting.pk, row=3)):
        table = text[text.index("<tbody>") :]
        assert f"{word}</span>" in table
