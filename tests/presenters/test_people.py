import pytest

from allocations.presenters import people


@pytest.mark.parametrize(("digits", "text"), [("9876543210", "98765 43210"), ("98204", "98204"), ("", "")])
def test_mobile_is_split_after_five_digits(digits, text):
    assert people.mobile(digits) == text


@pytest.mark.parametrize(("digits", "text"), [("9840017252", "98400 •••52"), ("98204", "–"), ("", "–")])
def test_masked_mobile_hides_three_digits(digits, text):
    assert people.masked_mobile(digits) == text


@pytest.mark.parametrize(("address", "text"), [("asha@example.com", "a•••@example.com"), ("", "–"), ("asha", "–")])
def test_masked_email_keeps_the_domain(address, text):
    assert people.masked_email(address) == text
