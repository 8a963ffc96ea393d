"""Everything between an environment and a start, in one process: tables, demo people, static files."""

import hashlib
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from rewards_portal.checks import DEMO_PREFIX
from rewards_portal.supervisor.environment import DEMO_PASSWORD


def main() -> None:
    """Migrate, make sure of the demo people, and collect static files when one of them changed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rewards_portal.settings")
    django.setup()
    Path(settings.MEDIA_ROOT).mkdir(mode=0o700, parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    if not Path(settings.TRAIL_KEY_FILE).exists():
        call_command("make_trail_key", verbosity=0)
    call_command("demo_people", password=DEMO_PASSWORD)
    _collect_static(stamp=Path(settings.STATIC_ROOT) / ".digest")
    _print_logins()


def _print_logins() -> None:
    sys.stdout.write(f"\nLog in as one of these demo people; the password of each is {DEMO_PASSWORD}\n")
    people = get_user_model().objects.filter(username__startswith=DEMO_PREFIX).order_by("pk")
    for person in people.prefetch_related("groups"):
        roles = ", ".join(group.name for group in person.groups.all())
        sys.stdout.write(f"  {person.get_username():<18}{roles}\n")


def _collect_static(*, stamp: Path) -> None:
    digest = _static_digest()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest)


def _static_digest() -> str:
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            seen.update(f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode())
    return seen.hexdigest()


if __name__ == "__main__":
    main()
