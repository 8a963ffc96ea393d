"""What no view answered stays in no cache either."""

import pytest
from django.test import Client

from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "path", "environ", "status"),
    [
        ("GET", "/nothing/", {}, 404),
        ("GET", "/batches/99/", {}, 404),
        ("GET", "/batches", {}, 301),
        ("OPTIONS", "/batches/", {}, 405),
        ("GET", "/batches/", {"HTTP_HOST": "evil.example"}, 400),
        ("POST", "/batches/1/submit/", {}, 403),
        ("POST", "/batches/new/", {"CONTENT_LENGTH": str(1 << 40)}, 413),
        ("POST", "/batches/new/", {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}, 411),
    ],
)
def test_refusal_is_kept_nowhere_and_in_no_frame(method, path, environ, status) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("admin"))
    answer = client.generic(method, path, **environ)
    assert (answer.status_code, "no-store" in answer.headers.get("Cache-Control", "")) == (status, True)
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
