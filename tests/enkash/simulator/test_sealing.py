import pytest

from allocations.enkash.simulator import demo, sealing
from tests.enkash.simulator.caller import ACCOUNT

ROWS = b'[{"name":"A","mobile":"9999999999","loadAmount":1,"uniqueReferenceNumber":"R1"}]'
SEALED_ROWS = (
    b'{"request": "vxeKlAJBJ2VJ6N5C9427LdZo6RaYKoo8xxQRIABjhgp2AFDRCbX3TW5R8AZMKUoEtbEBMjhzQqm43m3BkBtBb6MOVxBe7WY'
    b'47TZhpX8hOmwho1KkWqsf86n4P1+2At3w"}'
)


@pytest.mark.parametrize(
    ("plain", "envelope"), [(b'{"a":1}', b'{"request": "2PCMz7wALq35sL6Emp2SwA=="}'), (ROWS, SEALED_ROWS)]
)
def test_envelope_matches_the_check_vectors(plain, envelope):
    assert sealing.wrap(plain, secret="demo-secret") == envelope
    assert sealing.unwrap(envelope, secret="demo-secret") == plain


def test_sealed_request_is_read_and_answered_in_plain(caller, sim):
    sim.control.change(encryption="requests")
    answer = caller.bulk(sealing.wrap(ROWS, secret=demo.ENCRYPTION_KEY))
    assert answer.json()["payload"]["successCount"] == 1


def test_answers_are_sealed_too_but_tokens_are_not(caller, sim):
    sim.control.change(encryption="both")
    answer = caller.bulk(sealing.wrap(ROWS, secret=demo.ENCRYPTION_KEY))
    assert list(answer.json()) == ["request"]
    assert b'"successCount":1' in sealing.unwrap(answer.content, secret=demo.ENCRYPTION_KEY)
    assert caller.log_in().json()["token_type"] == "bearer"


@pytest.mark.parametrize(
    "body",
    [
        ROWS,
        b'{"request":1}',
        b'{"request":"!"}',
        b'{"request":"AAAA"}',
        sealing.wrap(ROWS, secret="another"),
        b'{"request":"","more":1}',
    ],
)
def test_request_that_is_not_sealed_well_is_refused(caller, sim, body):
    sim.control.change(encryption="requests")
    answer = caller.bulk(body)
    assert (answer.status_code, answer.json()["response_message"]) == (422, "Invalid encrypted request.")


def test_envelope_is_refused_while_encryption_is_off(caller):
    answer = caller.post("cardAccount/get", sealing.wrap(str(ACCOUNT).encode(), secret="any"))
    assert (answer.status_code, answer.json()["response_message"]) == (400, "Unrecognized field request")
