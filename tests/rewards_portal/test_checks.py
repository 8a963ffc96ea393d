import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured

from rewards_portal import checks

TIMINGS = {
    "ENKASH_TIMEOUT": 120,
    "ENKASH_LEASE_SECONDS": 300,
    "ENKASH_JOB_SECONDS": 900,
    "ENKASH_QUIET_SECONDS": 900,
}
LIVE = {
    "ENKASH_ENVIRONMENT": "live",
    "ENKASH_API_URL": "https://api.example.com",
    "ENKASH_TOKEN_URL": "https://api.example.com/oauth/token",
    "HTTPS": True,
    "SECOND_FACTOR_REQUIRED": True,
    "DEBUG": False,
}


def ids(found) -> list[str]:
    return [error.id for error in found]


def use(settings, *values: dict[str, object]) -> None:
    for name, value in {key: item for each in values for key, item in each.items()}.items():
        setattr(settings, name, value)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"ENKASH_LEASE_SECONDS": 240}, ["money.E001"]),
        ({"ENKASH_LEASE_SECONDS": 240.5}, []),
        ({"ENKASH_JOB_SECONDS": 300}, ["money.E002"]),
        ({"ENKASH_QUIET_SECONDS": 239}, ["money.E003"]),
        ({"ENKASH_QUIET_SECONDS": 240}, []),
        ({"ENKASH_TIMEOUT": 500}, ["money.E001", "money.E003"]),
    ],
)
def test_timings(settings, change: dict[str, object], expected: list[str]) -> None:
    use(settings, TIMINGS, change)
    assert ids(checks.check_timings()) == expected


@pytest.mark.parametrize(
    ("mode", "key", "expected"),
    [("off", "", []), ("requests", "k", []), ("both", "", ["money.E004"]), ("requests", "", ["money.E004"])],
)
def test_encryption_has_its_key(settings, mode: str, key: str, expected: list[str]) -> None:
    use(settings, {"ENKASH_ENCRYPTION": mode, "ENKASH_ENCRYPTION_KEY": key})
    assert ids(checks.check_encryption()) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"DEBUG": True}, ["money.E006"]),
        ({"HTTPS": False}, ["money.E007"]),
        ({"ENKASH_API_URL": "http://api.example.com"}, ["money.E005"]),
        ({"ENKASH_API_URL": "https://127.0.0.1:8900"}, ["money.E005"]),
        ({"ENKASH_API_URL": "https://127.1.2.3"}, ["money.E005"]),
        ({"ENKASH_TOKEN_URL": "https://localhost/oauth/token"}, ["money.E005"]),
        ({"ENKASH_TOKEN_URL": "https://[::1]/oauth/token"}, ["money.E005"]),
        ({"ENKASH_TOKEN_URL": "https:///oauth/token"}, ["money.E005"]),
        ({"ENKASH_ENVIRONMENT": "uat", "DEBUG": True, "HTTPS": False}, []),
        ({"ENKASH_ENVIRONMENT": "uat", "ENKASH_API_URL": "https://localhost"}, ["money.E005"]),
        ({"ENKASH_ENVIRONMENT": "simulator", "ENKASH_API_URL": "http://127.0.0.1:8900"}, []),
    ],
)
def test_environment(settings, change: dict[str, object], expected: list[str]) -> None:
    """F62."""
    use(settings, LIVE, change)
    assert ids(checks.check_environment()) == expected


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"ENKASH_ENVIRONMENT": "simulator", "ENKASH_API_URL": "http://enkash:9000"}, "api_url uses http to enkash"),
        ({"ENKASH_TOKEN_URL": "https://api.example.com/token?x=1"}, "token_url carries a login, query"),
        ({"ENKASH_MAX_TOKEN_AGE": 0.5}, "max_token_age is 0"),
    ],
)
def test_connection_that_cannot_be_built_stops_the_start(settings, change: dict[str, object], said: str) -> None:
    use(settings, LIVE, change)
    found = checks.check_connection()
    assert [(error.id, said in error.msg) for error in found] == ([("money.E014", True)] if said else [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("environment", "username", "expected"),
    [
        ("live", "demo-admin", ["money.E008"]),
        ("live", "asha", []),
        ("uat", "demo-admin", []),
        ("simulator", "demo-admin", []),
    ],
)
def test_people(settings, environment: str, username: str, expected: list[str]) -> None:
    User.objects.create_user(username)
    use(settings, LIVE, {"ENKASH_ENVIRONMENT": environment})
    assert ids(checks.check_people()) == expected


@pytest.mark.django_db(transaction=True)
def test_insist_names_what_is_wrong(settings) -> None:
    use(settings, LIVE, TIMINGS, {"DEBUG": True})
    with pytest.raises(ImproperlyConfigured, match=r"^DEBUG is on in a live installation\. Unset it\.$"):
        checks.insist()


@pytest.mark.django_db(transaction=True)
def test_insist_passes_a_sound_installation(settings) -> None:
    use(settings, LIVE, TIMINGS)
    assert checks.insist() is None


@pytest.mark.parametrize(
    ("serializer", "told"),
    [
        ({"SERIALIZER": "rq.serializers.JSONSerializer"}, ""),
        ({"SERIALIZER": "pickle"}, "RQ_QUEUES['runs'] has the serializer pickle; set rq.serializers.JSONSerializer."),
        ({}, "RQ_QUEUES['runs'] has the serializer of RQ, pickle; set rq.serializers.JSONSerializer."),
    ],
)
def test_f63_every_queue_speaks_json(settings, serializer: dict[str, str], told: str) -> None:
    settings.RQ_QUEUES = {"runs": {"URL": "redis://127.0.0.1:9/0", **serializer}}
    assert [error.msg for error in checks.check_queues()] == ([told] if told else [])


@pytest.mark.parametrize(
    ("environment", "required", "expected"),
    [("simulator", False, []), ("uat", True, []), ("uat", False, ["money.E010"]), ("live", False, ["money.E010"])],
)
def test_only_the_demo_does_without_a_second_factor(settings, environment, required, expected) -> None:
    use(settings, {"ENKASH_ENVIRONMENT": environment, "SECOND_FACTOR_REQUIRED": required})
    assert ids(checks.check_second_factor()) == expected


@pytest.mark.parametrize(("days", "expected"), [(0, []), (1, ["money.E013"]), (89, ["money.E013"]), (90, [])])
def test_personal_data_are_kept_for_a_while(settings, days: int, expected: list[str]) -> None:
    settings.PERSONAL_DATA_DAYS = days
    assert ids(checks.check_retention()) == expected
