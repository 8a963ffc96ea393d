from allocations.domain.policy import Actor, Role, check_upload
from allocations.presenters.refusals import reason_of


def test_reason_is_the_sentence_of_the_refusal():
    auditor = Actor(id=1, name="", roles=frozenset({Role.AUDITOR}))
    assert reason_of(check_upload, auditor) == (
        "To upload a list you need the role admin. An owner can give it to you."
    )


def test_what_is_permitted_has_no_reason():
    assert reason_of(check_upload, Actor(id=1, name="", roles=frozenset({Role.ADMIN}))) == ""
