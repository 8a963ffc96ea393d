"""The chain and its seals: every committed entry has one place, and what is sealed stays."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction

from allocations.domain import chain
from allocations.gateway import database_now, trail_key
from allocations.management.commands.sweep import Command
from allocations.models import TrailEntry, TrailSeal
from allocations.services import publishing, sealing, trail
from tests.at_once import together
from tests.triggers import remove_triggers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(tmp_path, settings):
    settings.TRAIL_KEY_FILE = str(tmp_path / "trail.pem")
    return trail_key.make(Path(settings.TRAIL_KEY_FILE))


def write(count: int = 1, *, event: str = "something", at=None, **data) -> None:
    with transaction.atomic():
        for number in range(count):
            trail.write_entry(event, at=at or database_now(), object_type="thing", object_id=number, **data)


def test_every_entry_gets_one_place_in_the_order_of_writing() -> None:
    write(3)
    assert sealing.link_entries() == 3
    write(2)
    assert (sealing.link_entries(), sealing.link_entries()) == (2, 0)
    entries = list(TrailEntry.objects.order_by("pk"))
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    previous = chain.GENESIS
    for entry in entries:
        previous = chain.link(entry.number, previous, batch=None, body=entry.body)
        assert entry.link == previous


def test_the_text_of_an_entry_says_what_its_columns_say() -> None:
    write(amount=5, names=["a", "ü"])
    entry = TrailEntry.objects.get()
    said = json.loads(entry.body)
    assert entry.body == chain.canonical(said)
    assert (said["event"], said["data"], said["actor"]) == ("something", {"amount": 5, "names": ["a", "ü"]}, None)
    assert said["at"] == chain.instant(entry.at)


def test_a_float_never_gets_into_the_trail() -> None:
    with pytest.raises(TypeError, match="float"):
        write(share=0.5)
    assert not TrailEntry.objects.exists()


def test_several_processes_extend_one_chain() -> None:
    write(2_500)
    together(*[sealing.link_entries] * 4)
    assert sorted(TrailEntry.objects.values_list("number", flat=True)) == list(range(1, 2_501))
    call_command("verify_trail")


def test_without_a_key_nothing_is_sealed() -> None:
    write()
    sealing.link_entries()
    assert sealing.seal_if_due(now=database_now() + timedelta(days=1)) is None


def test_a_seal_is_due_after_its_time_after_enough_entries_or_at_the_end_of_a_run(key, settings) -> None:
    settings.TRAIL_SEAL_ENTRIES, settings.TRAIL_SEAL_SECONDS = 5, 900
    now = database_now()
    write(2, at=now)
    sealing.link_entries()
    assert sealing.seal_if_due(now=now + timedelta(seconds=899)) is None
    assert sealing.seal_if_due(now=now + timedelta(seconds=900)).size == 2
    assert sealing.seal_if_due(now=now + timedelta(days=9)) is None
    write(5, at=now)
    sealing.link_entries()
    assert sealing.seal_if_due(now=now).size == 7
    write(1, at=now, event="run settle")
    sealing.link_entries()
    assert sealing.seal_if_due(now=now).size == 8


def test_seals_follow_each_other_and_are_signed(key) -> None:
    for _ in range(2):
        write()
        sealing.link_entries()
        sealing.seal_if_due(now=database_now() + timedelta(hours=1))
    first, second = TrailSeal.objects.all()
    assert json.loads(first.text)["previous"] == chain.GENESIS
    assert json.loads(second.text)["previous"] == chain.sha256(first.text)
    key.public_key().verify(bytes.fromhex(second.signature), second.text.encode())


def test_seals_go_to_file_and_mail_once(key, settings, tmp_path) -> None:
    settings.TRAIL_SEALS_FILE, settings.TRAIL_SEALS_MAIL = str(tmp_path / "seals"), ["auditors@example.com"]
    write()
    sealing.link_entries()
    seal = sealing.seal_if_due(now=database_now() + timedelta(hours=1))
    assert [publishing.publish_seals(now=database_now()) for _ in range(2)] == [1, 0]
    assert (tmp_path / "seals").read_text() == publishing.line(seal) + "\n"
    assert publishing.line(seal) in mail.outbox[0].body


def test_a_seal_that_cannot_be_sent_waits(key, settings, tmp_path) -> None:
    settings.TRAIL_SEALS_FILE = str(tmp_path / "seals")
    (tmp_path / "seals").mkdir()
    write()
    sealing.link_entries()
    sealing.seal_if_due(now=database_now() + timedelta(hours=1))
    assert publishing.publish_seals(now=database_now()) == 0
    (tmp_path / "seals").rmdir()
    assert publishing.publish_seals(now=database_now()) == 1


def sealed_trail(key) -> None:
    write(4)
    sealing.link_entries()
    sealing.seal_if_due(now=database_now() + timedelta(hours=1))


CHANGES = {
    "UPDATE allocations_trailentry SET event = 'else'": "shows something else than its text",
    "UPDATE allocations_trailentry SET body = replace(body, 'something', 'else'), event = 'else'": "was changed",
    "DELETE FROM allocations_trailentry WHERE number = 2": "Entry 2 of the trail is missing",
    "DELETE FROM allocations_trailentry WHERE number = 4": "its end was cut off",
    "UPDATE allocations_trailseal SET text = replace(text, '4', '3')": "has a wrong signature",
}


@pytest.mark.parametrize(("statement", "sentence"), CHANGES.items(), ids=range(len(CHANGES)))
def test_a_change_behind_the_triggers_is_found(key, statement: str, sentence: str) -> None:
    sealed_trail(key)
    call_command("verify_trail", key=trail_key.public_hex(key))
    remove_triggers(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(CommandError, match=sentence):
        call_command("verify_trail", key=trail_key.public_hex(key))


@pytest.mark.parametrize("statement", [*CHANGES, "UPDATE allocations_trailentry SET number = 9 WHERE number = 4"])
def test_the_database_refuses_such_a_change(key, statement: str) -> None:
    sealed_trail(key)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_key_that_cannot_be_read_stops_seals_and_not_the_sweeper(portal, settings, tmp_path) -> None:
    settings.TRAIL_KEY_FILE = str(tmp_path / "trail.pem")
    (tmp_path / "trail.pem").write_text("no key")
    write(event="run settle")
    said = StringIO()
    Command(stderr=said)._after_sweep(portal.gateway)
    assert "the trail is not sealed: TRAIL_KEY_FILE cannot be read as a key" in said.getvalue()
    assert not TrailEntry.objects.filter(number__isnull=True).exists()


def test_a_key_file_is_never_replaced(tmp_path, capsys) -> None:
    path = tmp_path / "folder" / "key.pem"
    call_command("make_trail_key", file=str(path))
    assert len(capsys.readouterr().out.strip()) == 64
    assert path.stat().st_mode & 0o777 == 0o400
    with pytest.raises(CommandError, match="exists"):
        call_command("make_trail_key", file=str(path))
