"""What somebody was told."""

from allocations.domain.notices import NoticeKind
from allocations.models import MutedMail, Notice

MOST = 100


def notices_of(person_id: int) -> list[Notice]:
    """The newest."""
    return list(Notice.objects.filter(person_id=person_id).select_related("batch", "run", "entry__actor")[:MOST])


def unread_count(person_id: int) -> int:
    """100 stands for more."""
    return len(Notice.objects.filter(person_id=person_id, read_at__isnull=True).values_list("pk")[:MOST])


def wanted_mails(person_id: int) -> frozenset[NoticeKind]:
    muted = set(MutedMail.objects.filter(person_id=person_id).values_list("kind", flat=True))
    return frozenset(kind for kind in NoticeKind if kind.value not in muted)
