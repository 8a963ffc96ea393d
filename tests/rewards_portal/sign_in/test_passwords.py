import hashlib

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from rewards_portal.sign_in.passwords import is_listed

STOLEN = [f"stolen password {number}" for number in range(200)]


def line(password: str) -> str:
    return f"{hashlib.sha1(password.encode()).hexdigest().upper()}:{len(password)}\n"


@pytest.fixture
def stolen(tmp_path):
    path = tmp_path / "stolen.txt"
    path.write_text("".join(sorted(map(line, STOLEN))))
    return path


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "123456789012",
        "Password2024!",
        "2024password!!",
        "passwordpassword",
        "P4ssw0rd1234",
        "!!!!!!!!!!!!",
        "iloveyou99999",
    ],
)
def test_weak_passwords_are_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize("password", ["correct-horse-battery", "points-for-trying", "நான்கு நீலப் பட்டங்கள்"])
def test_several_words_are_taken(password):
    validate_password(password)


def test_every_stolen_password_is_found_and_no_other(stolen):
    assert all(is_listed(stolen, password) for password in STOLEN)
    assert not any(is_listed(stolen, f"{password}x") for password in STOLEN)


def test_an_empty_list_has_nothing(tmp_path):
    (tmp_path / "none").touch()
    assert not is_listed(tmp_path / "none", "x")


def test_stolen_password_is_refused_only_with_a_list(settings, stolen):
    validate_password(STOLEN[7])
    settings.BREACHED_PASSWORDS_FILE = str(stolen)
    with pytest.raises(ValidationError, match="list of stolen ones"):
        validate_password(STOLEN[7])
    assert "No password from the installed list of stolen ones." in password_validators_help_texts()
