"""The reading of a list, while it goes on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from allocations.models import Upload
from allocations.models.uploads import UploadState
from allocations.presenters.numbers import grouped
from allocations.presenters.times import span

# A reader renews `seen_at` every few seconds; after this silence people should know.
SILENT_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` rows, None while the total is not known. `delay` is the seconds to the next poll."""

    sentence: str
    done: int
    total: int | None
    silence: str
    delay: int


def progress(upload: Upload, *, now: datetime) -> Progress:
    return Progress(
        sentence=_sentence(upload),
        done=upload.rows_read,
        total=upload.rows_total,
        silence=_silence(upload, now=now),
        delay=_delay(now - upload.uploaded_at),
    )


def _sentence(upload: Upload) -> str:
    match UploadState(upload.state):
        case UploadState.WAITING:
            return _("Waiting for a worker to read the list")
        case UploadState.READING:
            said = _("Reading rows: %(read)s of %(total)s") if upload.rows_total else _("Reading rows: %(read)s")
            return said % {"read": grouped(upload.rows_read), "total": grouped(upload.rows_total)}
        case UploadState.CHECKING:
            return _("Checking %(rows)s rows for duplicates and totals") % {"rows": grouped(upload.rows_read)}
        case UploadState.READY:
            return _("Read %(rows)s rows") % {"rows": grouped(upload.rows_read)}
        case UploadState.REFUSED:
            return _("The list could not be used")


def _silence(upload: Upload, *, now: datetime) -> str:
    quiet = now - (upload.seen_at or upload.started_at or upload.uploaded_at)
    if quiet < SILENT_AFTER:
        return ""
    said = _("No worker has reported for %(span)s. It is started again by itself; nothing is lost.")
    return said % {"span": span(quiet)}


def _delay(age: timedelta) -> int:
    """Small lists feel instant; long ones are not asked about more often than anybody looks."""
    if age < timedelta(seconds=10):
        return 1
    return 2 if age < timedelta(minutes=2) else 5
