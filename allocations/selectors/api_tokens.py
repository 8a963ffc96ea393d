"""API tokens as people look after them."""

from django.db.models import QuerySet

from allocations.models import ApiToken

_MOST = 200


def tokens_of(person_id: int) -> QuerySet[ApiToken]:
    """Newest first, also those that are over."""
    return _tokens().filter(person_id=person_id)[:_MOST]


def tokens_of_others(person_id: int) -> QuerySet[ApiToken]:
    """That were not revoked."""
    return _tokens().filter(revoked_at=None).exclude(person_id=person_id)[:_MOST]


def _tokens() -> QuerySet[ApiToken]:
    return ApiToken.objects.select_related("person", "revoked_by").order_by("-id")
