"""F25: a full disk at an upload and at an export."""

import errno
import io
import tempfile
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile

from allocations.models import Batch, TrailEntry, Upload
from tests.factories.batches import approved_batch
from tests.factories.lists import AccountFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def fill_up(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


class Full(io.BytesIO):
    def write(self, _: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def sign_in(client) -> None:
    client.force_login(person("admin"))


def test_an_upload_that_finds_no_room_leaves_nothing(client, settings, tmp_path, monkeypatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    real = FileSystemStorage._save

    def half(storage: FileSystemStorage, name: str, content: Any) -> None:
        real(storage, name, content)
        fill_up()

    monkeypatch.setattr(FileSystemStorage, "_save", half)
    sign_in(client)
    file = SimpleUploadedFile("diwali.csv", b"Name,Mobile,Points\nAsha Rao,9876500001,700\n")
    entries = {"purpose": "Diwali 2026", "account": AccountFactory().pk, "who": "everybody", "file": file}
    answer = client.post("/batches/new/", entries)
    assert (answer.status_code, "The portal's disk is full." in answer.context["sentence"]) == (503, True)
    assert (Batch.objects.count(), Upload.objects.count(), TrailEntry.objects.count()) == (0, 0, 0)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_export_that_finds_no_room_hands_out_nothing(client, monkeypatch) -> None:
    batch = approved_batch(credited=2)
    sign_in(client)
    before = TrailEntry.objects.count()
    monkeypatch.setattr(tempfile, "TemporaryFile", Full)
    answer = client.post(f"/batches/{batch.pk}/export/", {"kind": "csv"})
    assert (answer.status_code, TrailEntry.objects.count()) == (503, before)
    assert "The portal's disk is full." in answer.context["sentence"]


def test_another_error_of_the_system_is_a_failure(client, monkeypatch) -> None:
    def denied(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    batch = approved_batch(credited=2)
    sign_in(client)
    monkeypatch.setattr(tempfile, "TemporaryFile", denied)
    with pytest.raises(PermissionError):
        client.post(f"/batches/{batch.pk}/export/", {"kind": "csv"})
