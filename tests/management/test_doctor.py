"""What the doctor says of an installation that is well, and of one with each of its ills."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.contrib.staticfiles.finders import get_finder
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from redis import Redis
from rq import Worker

from allocations.enkash.simulator import demo
from allocations.enkash.simulator.server import Simulator
from allocations.gateway import secrets, trail_key
from allocations.management import doctor
from allocations.models import Account, EnkashToken, Freeze, SweeperLease
from tests.factories.people import person
from tests.triggers import remove_triggers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def well(redis_url: str, settings, tmp_path: Path):
    """A portal with nothing to complain about; EnKash is the simulator."""
    with Simulator(profile="clean", seed=1) as simulator, Redis.from_url(redis_url) as redis:
        settings.ENKASH_API_URL = settings.ENKASH_TOKEN_URL = simulator.url
        settings.ENKASH_CLIENT_SECRET = demo.CLIENT_SECRET
        settings.TRAIL_KEY_FILE = str(tmp_path / "trail.pem")
        trail_key.make(tmp_path / "trail.pem")
        settings.SPOOL_ROOT = tmp_path / "spool"
        Account.objects.create(
            name="Diwali", company_id=demo.COMPANY_ID, card_account_id=demo.CARD_ACCOUNT_ID, chunk_size=50
        )
        for roles in (("owner",), ("owner",), ("approver",), ("admin",)):
            person(*roles)
        SweeperLease.objects.update_or_create(pk=1, defaults={"swept_at": timezone.now()})
        workers = [Worker([name], name=f"test-{name}", connection=redis) for name in settings.RQ_QUEUES]
        for worker in workers:
            worker.register_birth()
        yield
        for worker in workers:
            worker.register_death()


def said(*words: str) -> tuple[bool, str]:
    """Whether it ends well, and what it writes."""
    out = StringIO()
    try:
        call_command("doctor", *words, stdout=out)
    except CommandError:
        return False, out.getvalue()
    return True, out.getvalue()


def complaints() -> set[tuple[str, str]]:
    return {(one.part, one.state.value) for one in doctor.examine(offline=False) if one.state is not doctor.State.OK}


def test_a_sound_installation_has_nothing_to_mend(well) -> None:
    ends_well, text = said()
    assert ends_well, text
    assert "->" not in text
    assert "ok     EnKash: Diwali holds 1,00,00,000 points." in text
    assert "ok     Queue runs: 1 at work." in text


def test_enkash_is_not_asked_when_it_should_not_be(well, settings) -> None:
    settings.ENKASH_API_URL = "http://127.0.0.1:9"
    ends_well, text = said("--offline")
    assert (ends_well, "EnKash:" in text) == (True, False)


def test_what_is_wrong_comes_with_what_to_do(well, settings) -> None:
    settings.ENKASH_API_URL = settings.ENKASH_TOKEN_URL = "http://127.0.0.1:9"
    ends_well, text = said()
    assert not ends_well
    assert "wrong  EnKash: Diwali: " in text
    assert "       -> Check ENKASH_*" in text


def test_redis_that_is_away_is_said_once(well, settings) -> None:
    settings.RQ_QUEUES = {
        name: {**each, "URL": "unix:///nowhere/redis.sock"} for name, each in settings.RQ_QUEUES.items()
    }
    assert complaints() == {("Redis", "wrong")}


def test_a_queue_without_a_worker(well, redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        next(worker for worker in Worker.all(connection=redis) if worker.name == "test-runs").register_death()
    assert complaints() == {("Queue runs", "wrong")}


def test_redis_that_would_evict(well, redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        redis.config_set("maxmemory-policy", "allkeys-lru")
        try:
            assert complaints() == {("Redis", "look")}
            redis.config_set("maxmemory", 10**9)
            assert complaints() == {("Redis", "wrong")}
        finally:
            redis.config_set("maxmemory", 0)
            redis.config_set("maxmemory-policy", "noeviction")


def test_missing_triggers(well) -> None:
    remove_triggers(connection)
    assert complaints() == {("Database", "wrong")}


def test_a_database_that_is_away_ends_the_examination(well, monkeypatch) -> None:
    def away(*_: object) -> None:
        raise doctor.DatabaseError("the server closed the connection\nunexpectedly")

    monkeypatch.setattr(doctor, "MigrationExecutor", away)
    findings = list(doctor.examine(offline=False))
    assert findings[-1].text == "It cannot be used: the server closed the connection"
    assert {one.part for one in findings} == {
        "Configuration",
        "MEDIA_ROOT",
        "SPOOL_ROOT",
        "Queue imports",
        "Queue runs",
        "Database",
    }


def test_tables_that_are_not_there_yet_are_not_asked(well, monkeypatch) -> None:
    monkeypatch.setattr(
        doctor, "_database", lambda: iter([doctor.Finding("Database", doctor.State.WRONG, "", doctor.MIGRATE)])
    )
    monkeypatch.setattr(doctor, "_PARTS", (lambda: pytest.fail("asked"),))
    assert complaints() == {("Database", "wrong")}


def test_static_files_that_nobody_collected(well, settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [tmp_path / "sources"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "portal.css").touch()
    get_finder.cache_clear()
    try:
        assert complaints() == {("STATIC_ROOT", "wrong")}
        call_command("collectstatic", "--noinput", verbosity=0)
        assert complaints() == set()
        (tmp_path / "sources" / "new.css").touch()
        assert complaints() == {("STATIC_ROOT", "wrong")}
    finally:
        get_finder.cache_clear()


def test_a_language_that_is_not_compiled(well, settings, tmp_path: Path) -> None:
    (tmp_path / "hi" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "hi" / "LC_MESSAGES" / "django.po").touch()
    settings.LOCALE_PATHS = [tmp_path]
    assert complaints() == {("Languages", "look")}


def test_clocks_that_differ(well, monkeypatch) -> None:
    monkeypatch.setattr(doctor.gateways, "database_now", lambda: datetime.now(UTC) - timedelta(seconds=6))
    assert complaints() == {("Clock", "wrong")}


@pytest.mark.parametrize("swept_at", [None, timedelta(minutes=10)], ids=["never", "long ago"])
def test_a_sweeper_that_does_not_sweep(well, swept_at: timedelta | None) -> None:
    SweeperLease.objects.update(swept_at=swept_at and timezone.now() - swept_at)
    assert complaints() == {("Sweeper", "wrong")}


def test_a_data_key_that_does_not_fit(well, settings) -> None:
    EnkashToken.objects.update_or_create(pk=1, defaults={"value": secrets.encrypt(b"token")})
    settings.DATA_KEY = [Fernet.generate_key().decode()]
    assert ("DATA_KEY", "wrong") in complaints()


def test_no_trail_key_and_one_that_is_gone(well, settings) -> None:
    settings.TRAIL_KEY_FILE = ""
    assert complaints() == {("Trail key", "look")}
    settings.TRAIL_KEY_FILE = "nowhere/trail.pem"
    assert complaints() == {("Trail key", "wrong")}


def test_answers_that_wait_for_the_database(well, settings) -> None:
    settings.SPOOL_ROOT.mkdir()
    (settings.SPOOL_ROOT / "1.answer").touch()
    assert complaints() == {("SPOOL_ROOT", "look")}


def test_people_who_are_missing(well) -> None:
    User.objects.filter(groups__name="approver").update(is_active=False)
    assert complaints() == {("People", "look")}


def test_work_that_waits_for_people(well) -> None:
    Freeze.objects.create(is_open=True, frozen_by=person("owner"), frozen_at=timezone.now(), reason="Audit")
    assert complaints() == {("Work", "look")}


def test_a_blocked_login_is_not_tried(well) -> None:
    EnkashToken.objects.update_or_create(pk=1, defaults={"failures": 2, "last_error": "Bad credentials"})
    (finding,) = [one for one in doctor.examine(offline=False) if one.part == "EnKash"]
    assert (finding.state, finding.text) == (doctor.State.WRONG, "Two logins in a row failed: Bad credentials")
