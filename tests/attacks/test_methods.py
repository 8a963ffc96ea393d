"""Methods, kinds of bodies, and parameters that mean something else to whoever reads them first."""

import pytest
from django.test import Client

from allocations.models import Row, TrailEntry
from tests.attacks.addresses import pages
from tests.attacks.ground import body_of, ground, undone
from tests.factories.batches import review_batch, submitted_batch
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
OVERRIDES = ("HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_X_HTTP_METHOD", "HTTP_X_METHOD_OVERRIDE")


def test_other_methods_do_nothing():
    """Nor does a reading that says it is a change."""
    made, wrong = ground(), []
    client, before = made.client("maker"), TrailEntry.objects.count()
    for one in pages(made):
        if one.batch in {"approved", "submitted"}:
            continue
        for method in ("PUT", "DELETE", "TRACE"):
            answer = client.generic(method, one.path)
            if answer.status_code >= 500 or (one.takes_posts and answer.status_code != 405):
                wrong.append((method, one, answer.status_code))
        if one.is_action:
            answer = client.get(one.path, {"_method": "POST"}, **dict.fromkeys(OVERRIDES, "POST"))
            if answer.status_code != 405:
                wrong.append(("override", one, answer.status_code))
    assert (wrong, TrailEntry.objects.count()) == ([], before)


KINDS = {
    "application/json": b'{"kind": "csv", "number": 2}',
    "application/xml": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "text/plain": b"kind=csv",
    "multipart/form-data": b"--x\r\n",
    "multipart/form-data; boundary=x": b'--x\r\nContent-Disposition: form-data; name="file"; filename="../../x"\r\n',
    "application/x-www-form-urlencoded; charset=utf-7": b"name=+ADw-script+AD4-",
    "application/x-www-form-urlencoded; charset=nonsense": b"name=x",
    "application/x-www-form-urlencoded": b"name=%ff%fe%00&number=%00&%00=x&kind=\xff&account=%F0%9F&reason=%ED%A0%80",
}


# On every form; the others where files and texts are taken.
EVERYWHERE = ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded")
WITH_FIELDS = {"batch-new", "view-save", "notices-mail", "api-token-make", "batch-corrections"}


def test_body_of_another_kind_breaks_nothing():
    made, broken = ground(), []
    client = made.client("maker")
    for one in pages(made):
        if not one.takes_posts or one.batch not in {"", "review"}:
            continue
        for kind in KINDS if one.name in WITH_FIELDS else EVERYWHERE:
            with undone():
                answer = client.generic("POST", one.path, KINDS[kind], content_type=kind)
                body_of(answer)
            if answer.status_code >= 500:
                broken.append((kind, one, answer.status_code))
    assert broken == []


def test_parameter_that_stands_twice_means_one_thing():
    """The row that is changed is the one of the body, and of two there the last, for the check and for the change."""
    made = ground()
    client, batch = made.client("maker"), review_batch(uploaded_by=made.people["maker"])
    client.post(f"/batches/{batch.pk}/leave-out/?number=2", {"number": ["3", "4"]})
    assert list(Row.objects.filter(batch=batch, state="left_out").values_list("number", flat=True)) == [4]
    waiting = submitted_batch(uploaded_by=made.people["maker"])
    good = {"version": waiting.version, "digest": waiting.digest, "total": waiting.points_total, "password": PASSWORD}
    approver = made.client("approver")
    for name, values in (
        ("digest", [waiting.digest, "0" * 64]),
        ("version", [waiting.version, 99]),
        ("total", [waiting.points_total, 1]),
        ("password", [PASSWORD, "wrong"]),
    ):
        assert approver.post(f"/batches/{waiting.pk}/approve/", good | {name: values}).status_code == 422, name
    query = "&".join(f"{name}={value}" for name, value in good.items())
    assert approver.post(f"/batches/{waiting.pk}/approve/?{query}").status_code == 422
    assert not waiting.votes.exists()


TRAVERSALS = [
    "/static/../manage.py",
    "/static/%2e%2e/manage.py",
    "/static/..%2fmanage.py",
    "/static/%2e%2e%2f%2e%2e%2fetc/passwd",
    "/static/..%5cmanage.py",
    "/static//etc/passwd",
    "/static/%00",
    "/media/uploads/",
    "/uploads/",
    "/var/portal.env",
    "/.env",
    "/.git/config",
    "/admin/",
    "/django-rq/",
    "/exports/1/file/..%2f..%2f2/file/",
    "/batches/1/rows/2/cells/..%2f..%2f/",
    "/batches/1/../../people/",
    "/batches/1;x=y/",
    "/batches/-1/",
    "/batches/99999999999999999999999999/",
    "/batches/%D9%A1/",
    "/batches/1%00/",
    "/batches/1%0a/",
    "/api/v1/batches/99999999999999999999999999",
    "/api/v1/batches/1%00",
]


def test_no_address_leads_to_a_file_or_past_the_routes():
    made, wrong = ground(), []
    for client in (Client(), made.client("maker"), Client(headers={"Authorization": f"Bearer {made.token}"})):
        for path in TRAVERSALS:
            answer = client.get(path)
            led = answer.status_code == 302 and not answer.url.startswith("/login/?next=/")
            if led or answer.status_code not in {302, 404, 400, 422, 401}:
                wrong.append((path, answer.status_code, answer.headers.get("Location")))
    assert wrong == []
