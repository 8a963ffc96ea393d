"""Large exports in words: what was asked for, how far it is, what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from allocations.models import ExportJob
from allocations.models.export_jobs import OPEN_EXPORTS, ExportState
from allocations.presenters.numbers import counted, file_size, grouped
from allocations.presenters.statuses import Status
from allocations.presenters.times import moment, span
from allocations.services.export_jobs import SILENCE

_KINDS = {
    "csv": gettext_noop("safe CSV"),
    "csv-exact": gettext_noop("exact CSV"),
    "xlsx": "XLSX",
    "jsonl": "JSON Lines",
}
_STATUSES = {
    ExportState.WAITING: Status(gettext_noop("Waiting"), "wait"),
    ExportState.WRITING: Status(gettext_noop("Being written"), "run"),
    ExportState.READY: Status(gettext_noop("Ready"), "credited"),
    ExportState.FAILED: Status(gettext_noop("Failed"), "failed"),
    ExportState.GONE: Status(gettext_noop("Deleted")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """`about`: where the exported stands. `delay`: seconds to the next poll, 0 when there is nothing to wait for."""

    export: ExportJob
    what: str
    about: str
    status: Status
    sentence: str
    silence: str
    delay: int

    @property
    def is_ready(self) -> bool:
        return self.export.state == ExportState.READY


def line(export: ExportJob, *, now: datetime) -> Line:
    is_open = export.state in OPEN_EXPORTS
    return Line(
        export=export,
        what=_what(export),
        about=_about(export),
        status=_STATUSES[ExportState(export.state)],
        sentence=_sentence(export),
        silence=_silence(export, now=now) if is_open else "",
        delay=_delay(now - export.asked_at) if is_open else 0,
    )


def _what(export: ExportJob) -> str:
    said = {"kind": _(_KINDS.get(export.kind, export.kind)), "outcome": export.outcome}
    if export.batch is None:
        return _("All rows of a search as %(kind)s") % said
    said |= {"batch": str(export.batch.pk), "purpose": export.batch.purpose}
    if export.outcome:
        return _("Rows “%(outcome)s” of batch %(batch)s, %(purpose)s, as %(kind)s") % said
    return _("All rows of batch %(batch)s, %(purpose)s, as %(kind)s") % said


def _about(export: ExportJob) -> str:
    if export.batch_id is None:
        return f"{reverse('allocations:search')}?{export.query}"
    return reverse("allocations:batch", args=[export.batch_id])


def _sentence(export: ExportJob) -> str:
    match ExportState(export.state):
        case ExportState.WAITING:
            return _("Waiting for a worker to write the file")
        case ExportState.WRITING:
            rows = {"done": grouped(export.rows_done), "total": grouped(export.rows_total)}
            return (
                _("Writing rows: %(done)s of %(total)s") if export.rows_total else _("Writing rows: %(done)s")
            ) % rows
        case ExportState.READY:
            return _("%(rows)s, %(size)s. The file will be deleted on %(at)s.") % {
                "rows": counted(export.rows_done, "row"),
                "size": file_size(export.size),
                "at": moment(export.expires_at),
            }
        case ExportState.FAILED:
            return export.error
        case ExportState.GONE:
            return _("The file was deleted. Its entry in the trail stays; export anew if you need it.")


def _silence(export: ExportJob, *, now: datetime) -> str:
    quiet = now - (export.seen_at or export.asked_at)
    if quiet < SILENCE:
        return ""
    return _("No worker has reported for %(time)s. It is started again by itself; nothing half is handed out.") % {
        "time": span(quiet)
    }


def _delay(age: timedelta) -> int:
    """Soon at first; who waits for long is not asked about more often than anybody looks."""
    if age < timedelta(seconds=10):
        return 1
    return 2 if age < timedelta(minutes=1) else 5
