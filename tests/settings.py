"""The portal's own settings, started with an environment made for tests."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_URL = "http://127.0.0.1:9"  # the discard port: nothing answers there
if "PORTAL_TESTS" not in os.environ:
    # Test processes and the workers that they start inherit the folder; the first process removes it.
    os.environ["PORTAL_TESTS"] = tempfile.mkdtemp(prefix="portal-tests-")
    atexit.register(shutil.rmtree, os.environ["PORTAL_TESTS"], ignore_errors=True)
_FOLDER = Path(os.environ["PORTAL_TESTS"])

_ENVIRONMENT = {
    "ENKASH_ENVIRONMENT": "simulator",
    "ENKASH_API_URL": _URL,
    "ENKASH_TOKEN_URL": f"{_URL}/oauth/token",
    "ENKASH_PARTNER_ID": "CRDEMO001",
    "ENKASH_COMPANY_ID": "CEKDEMO001",
    "ENKASH_CARD_ACCOUNT_ID": "CADEMO1",
    "ENKASH_USERNAME": "9000000001",
    "ENKASH_PASSWORD": "simulator-demo",
    "ENKASH_CLIENT_ID": "CEKDEMO001",
    "ENKASH_CLIENT_SECRET": "0" * 40,
    # Tests of the canary switch it on; the others count calls and chunks without it.
    "ENKASH_CANARY_ROWS": "0",
    "SECRET_KEY": "tests-only-" + "0123456789abcdef" * 4,
    "DATA_KEY": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "HTTPS": "off",
    # Tests of the second factor switch it on.
    "SECOND_FACTOR_REQUIRED": "off",
    "DATABASE_URL": f"sqlite:///{_FOLDER}/portal.sqlite3",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "MEDIA_ROOT": str(_FOLDER / "uploads"),
    "SPOOL_ROOT": str(_FOLDER / "spool"),
    "STATIC_ROOT": str(_FOLDER / "static"),
    "LOG_LEVEL": "WARNING",
    # Playwright keeps an event loop in the test's thread, which Django would take for asynchronous code.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}
for _name, _value in _ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)
# Each has a database of its own, so files of one would be strays to the others.
if _worker := os.environ.get("PYTEST_XDIST_WORKER"):
    for _name in ("MEDIA_ROOT", "SPOOL_ROOT"):
        if os.environ[_name] == _ENVIRONMENT[_name]:
            os.environ[_name] += f"-{_worker}"

from rewards_portal.settings import *  # noqa: E402, F403 - the environment has to be there first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
for _sub in (_FOLDER / "static", Path(os.environ["MEDIA_ROOT"])):
    _sub.mkdir(mode=0o700, parents=True, exist_ok=True)
# A file, not memory: workers are other processes and have to see the same rows.
DATABASES["default"]["TEST"] = {"NAME": str(_FOLDER / "test.sqlite3")}  # noqa: F405
if "sqlite3" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"  # noqa: F405
else:
    DATABASES["default"]["TEST"] = {}  # noqa: F405
