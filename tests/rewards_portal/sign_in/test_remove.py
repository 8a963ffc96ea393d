"""manage.py remove_second_factors."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from allocations.models import TrailEntry
from tests.rewards_portal.sign_in.conftest import set_up_app, shown

pytestmark = pytest.mark.django_db


def test_factors_go_with_the_sessions_and_the_reason_stays(client, asha, capsys):
    client.post("/login/", {"login": "asha", "password": "correct-horse-battery"})
    shown(client)
    set_up_app(client)
    call_command("remove_second_factors", "asha", because="Called back.")
    assert "2 second factors and recovery codes removed" in capsys.readouterr().out
    assert (Authenticator.objects.count(), client.get("/").status_code) == (0, 302)
    entry = TrailEntry.objects.latest("pk")
    assert (entry.event, entry.object_id, entry.data) == (
        "second factors taken away",
        asha.pk,
        {"removed": 2, "because": "Called back."},
    )


@pytest.mark.parametrize(
    ("name", "because", "said"), [("nobody", "x", "Nobody has the user name"), ("asha", " ", "The reason is empty")]
)
def test_it_refuses(asha, name, because, said):
    with pytest.raises(CommandError, match=said):
        call_command("remove_second_factors", name, because=because)
