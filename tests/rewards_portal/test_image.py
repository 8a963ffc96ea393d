"""The image and the set of compose.yaml fit each other and what the commands need; building it needs an engine."""

import re
from pathlib import PurePosixPath

from django.conf import settings

IMAGE = (settings.BASE_DIR / "Dockerfile").read_text(encoding="utf-8")
SETTINGS = (settings.BASE_DIR / "rewards_portal" / "settings.py").read_text(encoding="utf-8")
COMPOSE = (settings.BASE_DIR / "compose.yaml").read_text(encoding="utf-8")


def one(pattern: str, text: str) -> str:
    (found,) = set(re.findall(pattern, text))
    return found


def test_backups_are_made_by_programs_of_the_database_s_version() -> None:
    """An older pg_dump refuses a newer server, and an older server refuses what a newer pg_restore says."""
    server = one(r"image: postgres:(\d+)", COMPOSE)
    assert one(r"postgresql-client-(\d+)", IMAGE) == server
    copied = re.findall(r"/usr/lib/postgresql/(\d+)/bin/(\w+)", IMAGE)
    assert copied == [(server, "pg_dump"), (server, "pg_restore")]
    assert len(set(re.findall(r"^FROM (python:\S+)", IMAGE, re.MULTILINE))) == 1


def test_files_lie_side_by_side_below_the_volume() -> None:
    """A backup takes each file once, and restores into a folder whose parent the portal's user may write."""
    volume = PurePosixPath(one(r"VOLUME (\S+)", IMAGE))
    places = [PurePosixPath(one(rf"\b{name}=(\S+)", IMAGE)) for name in ("MEDIA_ROOT", "SPOOL_ROOT")]
    assert [place.parent for place in places] == [volume, volume]
    assert len(set(places)) == 2
    assert one(r"uploads:(/[^\]\",]*)", COMPOSE) == str(volume)


def test_a_worker_has_time_to_finish_its_chunk() -> None:
    """Asked alone, and longer than the two halves of a call: in compose.yaml and in the units for systemd."""
    unit = (settings.BASE_DIR / "docs" / "systemd" / "portal-runs@.service").read_text(encoding="utf-8")
    assert "KillMode=mixed" in unit
    runs = COMPOSE[COMPOSE.index("  runs:") : COMPOSE.index("  sweeper:")]
    given = [int(one(r"TimeoutStopSec=(\d+)", unit)), 60 * int(one(r"stop_grace_period: (\d+)m", runs))]
    longest = 2 * int(one(r'"ENKASH_TIMEOUT",.*default=(\d+)', SETTINGS))
    assert [seconds > longest for seconds in given] == [True, True]


def test_translations_are_compiled_into_the_image() -> None:
    """By a tool that stays behind; without, Hindi is offered and pages stay English."""
    ignored = (settings.BASE_DIR / ".dockerignore").read_text(encoding="utf-8")
    assert ("!locale" in ignored, "!requirements/build.txt" in ignored) == (True, True)
    compiled, carried = IMAGE.index("pybabel --quiet compile"), IMAGE.index("COPY --from=build /srv/portal")
    assert IMAGE.index("COPY locale locale") < compiled < carried
    assert "/opt/tools" not in IMAGE[carried:]
