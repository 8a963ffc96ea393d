import pytest
from django.contrib.auth.models import User
from django.http import QueryDict

from allocations.forms.votes import ApproveForm, SendBackForm
from allocations.models import Batch
from tests.factories.people import PASSWORD

DIGEST, OTHER = "ab" * 32, "00" * 32


def voter(password=PASSWORD):
    user = User(username="rajesh")
    user.set_password(password)
    return user


def approve(user=None, *, warnings=("odd", "twice"), seen=("odd", "twice"), **changes):
    data = QueryDict(mutable=True)
    data.update({"version": "2", "digest": DIGEST, "total": "24,86,500", "password": PASSWORD} | changes)
    data.setlist("seen", list(seen))
    batch = Batch(version=2, digest=DIGEST, points_total=2_486_500)
    return ApproveForm(data, batch=batch, voter=user or voter(), kinds={code: code.title() for code in warnings})


@pytest.mark.parametrize("total", ["24,86,500", "2486500", " 24 86 500 "])
def test_approve_with_the_total_as_people_type_it(total):
    assert approve(total=total).errors == {}


@pytest.mark.parametrize("total", ["2486501", "24,86,500.00", "-2486500", "२४८६५००"])
def test_approve_with_another_total_names_the_right_one(total):
    assert approve(total=total).errors == {
        "total": [f"“{total}” is not the total: the batch gives 24,86,500 points. Type that number."]
    }


def test_approve_with_a_wrong_password():
    assert approve(password="guess").errors == {
        "password": ["This is not your password. Type the one you sign in with; it is case-sensitive."]
    }


def test_approve_without_ticking_every_warning():
    assert approve(seen=["odd"]).errors == {"seen": ["1 not ticked: “Twice”. Look at each and tick it."]}


def test_approve_with_nothing_unusual_needs_no_tick():
    assert approve(warnings=(), seen=[]).errors == {}


def test_approve_by_somebody_who_signs_in_elsewhere_needs_no_password():
    user = User(username="sso")
    user.set_unusable_password()
    assert approve(user, password="").errors == {}


@pytest.mark.parametrize("changes", [{"digest": OTHER}, {"version": "1"}])
def test_approve_of_content_that_changed_meanwhile(changes):
    """F53."""
    (sentence,) = approve(**changes).errors["__all__"]
    assert sentence.endswith("the batch is now VOV2-XK5L. Nothing was decided. Look at the new content first.")


def test_approve_without_a_digest_is_refused():
    form = approve(digest="")
    assert form.errors["__all__"][0].startswith("The page named no content; the batch is now VOV2-XK5L.")


def send_back(**changes):
    data = {"version": "2", "digest": DIGEST, "reason": "Wrong month."} | changes
    return SendBackForm(data, batch=Batch(version=2, digest=DIGEST))


def test_send_back_with_a_reason():
    form = send_back()
    assert form.errors == {}
    assert form.cleaned_data == {"version": 2, "digest": DIGEST, "reason": "Wrong month."}


@pytest.mark.parametrize("reason", ["", "   "])
def test_send_back_without_a_reason(reason):
    assert send_back(reason=reason).errors == {
        "reason": ["Empty. Say what the maker should change before submitting again."]
    }


def test_send_back_of_a_batch_that_its_maker_took_back():
    form = SendBackForm({"version": "2", "digest": DIGEST, "reason": "Wrong month."}, batch=Batch(version=2, digest=""))
    assert form.non_field_errors() == [
        "You saw VOV2-XK5L; the batch is being changed. Nothing was decided. Look at the new content first."
    ]
