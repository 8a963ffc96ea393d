import pytest

from allocations.presenters.masking import masked_email, masked_mobile, masked_text

MOBILES = [("9876543210", "******3210"), ("", ""), ("98765", "*****")]
EMAILS = [("john@example.com", "j***@example.com"), ("", ""), ("no address", "**********"), ("@x.in", "***@x.in")]
TEXTS = [
    ("Call 9876543210", "Call ******3210"),
    ("+91 98765 43210 is hers", "******3210 is hers"),
    ("09876543210", "******3210"),
    ("write to asha.rao@example.com", "write to a***@example.com"),
    ("9876543210@example.com", "9***@example.com"),
    ("500 points for 2026", "500 points for 2026"),
    ("98765432101", "98765432101"),
]


@pytest.mark.parametrize(("mobile", "masked"), MOBILES)
def test_masked_mobile_keeps_four_digits(mobile, masked):
    assert masked_mobile(mobile) == masked


@pytest.mark.parametrize(("address", "masked"), EMAILS)
def test_masked_email_keeps_first_letter_and_domain(address, masked):
    assert masked_email(address) == masked


@pytest.mark.parametrize(("text", "masked"), TEXTS)
def test_masked_text_masks_what_people_wrote_into_it(text, masked):
    assert masked_text(text) == masked
