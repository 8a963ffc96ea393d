"""What roles are called."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from allocations.domain.policy import Role

_TITLES = {
    Role.ADMIN: gettext_noop("Admin"),
    Role.APPROVER: gettext_noop("Approver"),
    Role.AUDITOR: gettext_noop("Auditor"),
    Role.OWNER: gettext_noop("Owner"),
}


def role_title(role: str) -> str:
    """At the beginning of a line."""
    return _(_TITLES[Role(role)])


def role_word(role: str) -> str:
    """In the middle of a sentence."""
    return role_title(role).lower()
