"""Requests whose body is too long, or less than what was announced."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, Client, encode_multipart

from allocations.models import Upload
from rewards_portal.inputs import CountedBody, counted_bodies
from tests.factories.lists import AccountFactory
from tests.factories.people import person


class Unread(BytesIO):
    def read(self, *_: object) -> bytes:
        raise AssertionError("the body was read")


@pytest.mark.django_db
def test_body_above_the_limit_is_refused_unread(client, settings):
    client.force_login(person("admin"))
    length = settings.UPLOAD_MAX_BYTES + (1 << 20) + 1
    environ = {"wsgi.input": Unread(), "CONTENT_TYPE": MULTIPART_CONTENT, "CONTENT_LENGTH": str(length)}
    response = client.generic("POST", "/batches/new/", **environ)
    assert (response.status_code, "At most 100 MB are taken." in response.text) == (413, True)


@pytest.mark.parametrize("length", ["-1", "x"])
def test_length_that_is_none_is_refused(client, length):
    assert client.generic("POST", "/login/", CONTENT_LENGTH=length).status_code == 413


def counted(body: bytes, *, announced: int) -> CountedBody:
    """The input that the portal sees."""
    environ = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(announced) if announced else ""}
    return counted_bodies(lambda environ, _start: [environ["wsgi.input"]])(environ, None)[0]


@pytest.mark.parametrize("read", ["read", "readline"])
@pytest.mark.parametrize(("body", "announced", "short"), [(b"12345", 5, False), (b"", 0, False), (b"12345", 6, True)])
def test_body_knows_whether_it_came_whole(read, body, announced, short):
    seen = counted(body, announced=announced)
    assert b"".join(iter(lambda: getattr(seen, read)(4), b"")) + seen.read() == body
    assert seen.is_short is short


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["file", "pasted"])
def test_upload_that_breaks_off_stores_nothing_case_119(settings, tmp_path, field):
    """Without the check half of a pasted list would pass for the whole of it."""
    settings.MEDIA_ROOT, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "media", tmp_path / "temp"
    (tmp_path / "temp").mkdir()
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("admin"))
    token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/batches/new/").text)[1]
    content = b"Name,Mobile,Amount\n" + b"Asha,9812345671,100\n" * 5_000
    sent = SimpleUploadedFile("list.csv", content) if field == "file" else content.decode()
    form = {"csrfmiddlewaretoken": token, "purpose": "x", "account": AccountFactory().pk, "who": "everybody"}
    body = encode_multipart(BOUNDARY, form | {field: sent})
    environ = {"CONTENT_TYPE": MULTIPART_CONTENT, "CONTENT_LENGTH": str(len(body))}
    for after, status in ((60_000, 400), (len(body), 302)):
        environ["wsgi.input"] = counted(body[:after], announced=len(body))
        assert client.generic("POST", "/batches/new/", **environ).status_code == status
        assert Upload.objects.count() == (status == 302)
        assert list((tmp_path / "temp").iterdir()) == []
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 1
