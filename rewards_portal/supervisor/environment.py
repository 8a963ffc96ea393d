"""The demo's environment: simulator, demo credentials, quick timings, and secrets that are made once and kept."""

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from dotenv import dotenv_values

from allocations.enkash.simulator import demo

# Open to everybody on purpose: it opens the demo on this machine, and a live installation refuses demo people.
DEMO_PASSWORD = "points-for-trying"  # noqa: S105 - see above
_SECRETS = ("SECRET_KEY", "DATA_KEY")
# Short enough to watch, long enough for 2 x ENKASH_TIMEOUT < lease < job and 2 x ENKASH_TIMEOUT <= quiet.
_TIMINGS = {
    "ENKASH_CONNECT_TIMEOUT": "2",
    "ENKASH_TIMEOUT": "5",
    "ENKASH_QUIET_SECONDS": "12",
    "ENKASH_LEASE_SECONDS": "15",
    "ENKASH_JOB_SECONDS": "60",
    "ENKASH_SWEEP_SECONDS": "2",
}


def demo_environment(
    path: Path, *, outer: Mapping[str, str], simulator_url: str, redis_url: str, port: int
) -> dict[str, str]:
    """Return the variables of the demo; DATABASE_URL comes from `outer` if set, secrets from the file at `path`."""
    folder = path.parent
    kept = dotenv_values(path) if path.is_file() else {}
    made = {"SECRET_KEY": secrets.token_urlsafe(48), "DATA_KEY": base64.urlsafe_b64encode(os.urandom(32)).decode()}
    return {
        "ENKASH_ENVIRONMENT": "simulator",
        "ENKASH_API_URL": simulator_url,
        "ENKASH_SSO_URL": simulator_url,
        "ENKASH_TOKEN_URL": f"{simulator_url}/oauth/token",
        "ENKASH_PARTNER_ID": demo.PARTNER_ID,
        "ENKASH_COMPANY_ID": demo.COMPANY_ID,
        "ENKASH_CARD_ACCOUNT_ID": demo.CARD_ACCOUNT_ID,
        "ENKASH_USERNAME": demo.USERNAME,
        "ENKASH_PASSWORD": demo.PASSWORD,
        "ENKASH_CLIENT_ID": demo.CLIENT_ID,
        "ENKASH_CLIENT_SECRET": demo.CLIENT_SECRET,
        **_TIMINGS,
        **{name: kept.get(name) or made[name] for name in _SECRETS},
        "DATABASE_URL": outer.get("DATABASE_URL") or f"sqlite:///{quote(str(folder / 'portal.sqlite3'))}",
        "REDIS_URL": redis_url,
        "MEDIA_ROOT": str(folder / "uploads"),
        "SPOOL_ROOT": str(folder / "spool"),
        "STATIC_ROOT": str(folder / "static"),
        "TRAIL_KEY_FILE": str(folder / "trail.pem"),
        "TRAIL_SEALS_FILE": str(folder / "seals.jsonl"),
        "TRAIL_SEAL_SECONDS": "60",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "HTTPS": "off",
        # So that the demo takes a minute, not an authenticator app; its pages say so.
        "SECOND_FACTOR_REQUIRED": "off",
        "PORT": str(port),
        "PORTAL_URL": f"http://127.0.0.1:{port}",
        "LOG_READABLE": "on",
    }


def write_environment(path: Path, environment: Mapping[str, str]) -> None:
    """Write the file that manage.py reads beside a running demo; only this user may open it."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("# Written by `make run` for its demo. Not for production.\n")
        file.writelines(f"{name}={value}\n" for name, value in environment.items())
    new.replace(path)
