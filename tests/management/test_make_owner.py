from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def make_owner(*arguments: str) -> str:
    out = StringIO()
    call_command("make_owner", *arguments, stdout=out)
    return out.getvalue()


def test_the_first_owner_gets_a_link_that_opens_the_account(client) -> None:
    said = make_owner("asha", "--name", "Asha Rao", "--email", "asha@example.com", "--because", "First owner")
    link = said.rpartition(" ")[2].strip()
    page = client.get("/" + link.partition("://")[2].partition("/")[2], follow=True)
    assert "Choose a new password" in page.text
    user = User.objects.get(username="asha")
    assert (user.get_full_name(), [group.name for group in user.groups.all()]) == ("Asha Rao", ["owner"])
    assert make_owner("asha", "--because", "Again") == "asha is owner.\n"


def test_a_missing_reason_is_told() -> None:
    with pytest.raises(CommandError, match="The reason is empty"):
        make_owner("asha", "--because", " ")
