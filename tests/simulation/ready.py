"""Django, set up for a simulation outside pytest."""

import os
from pathlib import Path

import django
from django.apps import apps

FOLDER = Path(__file__).resolve().parents[2]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
if not apps.ready:
    django.setup()
