import pytest

from allocations.presenters import masking, people


@pytest.mark.parametrize(("digits", "text"), [("9876543210", "98765 43210"), ("98204", "98204"), ("", "")])
def test_mobile_is_split_after_five_digits(digits, text):
    assert people.mobile(digits) == text


@pytest.mark.parametrize(("digits", "text"), [("9840017252", "******7252"), ("98204", "–"), ("", "–")])
def test_masked_mobile_hides_six_digits(digits, text):
    assert people.masked_mobile(digits) == text


@pytest.mark.parametrize(("address", "text"), [("asha@example.com", "a***@example.com"), ("", "–"), ("asha", "–")])
def test_masked_email_keeps_the_domain(address, text):
    assert people.masked_email(address) == text


def test_masks_of_pages_and_exports_together_show_no_more_than_one():
    assert people.masked_mobile("9840017252") == masking.masked_mobile("9840017252")
    assert people.masked_email("asha@example.com") == masking.masked_email("asha@example.com")


@pytest.mark.parametrize(("in_full", "text"), [(True, "Asha 9840017252"), (False, "Asha ******7252")])
def test_for_reader_masks_what_is_written_into_a_text(in_full, text):
    assert people.for_reader("Asha 9840017252", in_full) == text
