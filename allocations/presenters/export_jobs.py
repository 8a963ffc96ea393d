"""Large exports in words: what was asked for, how far it is, what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from allocations.models import ExportJob
from allocations.models.export_jobs import OPEN_EXPORTS, ExportState
from allocations.presenters.numbers import counted, file_size, grouped
from allocations.presenters.statuses import Status
from allocations.presenters.times import moment, span
from allocations.services.export_jobs import SILENCE

_KINDS = {"csv": "safe CSV", "csv-exact": "exact CSV", "xlsx": "XLSX", "jsonl": "JSON Lines"}
_STATUSES = {
    ExportState.WAITING: Status("Waiting", "wait"),
    ExportState.WRITING: Status("Being written", "run"),
    ExportState.READY: Status("Ready", "credited"),
    ExportState.FAILED: Status("Failed", "failed"),
    ExportState.GONE: Status("Deleted"),
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
        what=f"{_what(export)} as {_KINDS.get(export.kind, export.kind)}",
        about=_about(export),
        status=_STATUSES[ExportState(export.state)],
        sentence=_sentence(export),
        silence=_silence(export, now=now) if is_open else "",
        delay=_delay(now - export.asked_at) if is_open else 0,
    )


def _what(export: ExportJob) -> str:
    if export.batch is None:
        return "All rows of a search"
    rows = f"Rows “{export.outcome}”" if export.outcome else "All rows"
    return f"{rows} of batch {export.batch.pk}, {export.batch.purpose},"


def _about(export: ExportJob) -> str:
    if export.batch_id is None:
        return f"{reverse('allocations:search')}?{export.query}"
    return reverse("allocations:batch", args=[export.batch_id])


def _sentence(export: ExportJob) -> str:
    match ExportState(export.state):
        case ExportState.WAITING:
            return "Waiting for a worker to write the file"
        case ExportState.WRITING:
            total = f" of {grouped(export.rows_total)}" if export.rows_total else ""
            return f"Writing rows: {grouped(export.rows_done)}{total}"
        case ExportState.READY:
            said = f"{counted(export.rows_done, 'row')}, {file_size(export.size)}"
            return f"{said}. The file is deleted on {moment(export.expires_at)}."
        case ExportState.FAILED:
            return export.error
        case ExportState.GONE:
            return "The file was deleted. Its entry in the trail stays; export anew if you need it."


def _silence(export: ExportJob, *, now: datetime) -> str:
    quiet = now - (export.seen_at or export.asked_at)
    if quiet < SILENCE:
        return ""
    return f"No worker has reported for {span(quiet)}. It is started again by itself; nothing half is handed out."


def _delay(age: timedelta) -> int:
    """Soon at first; who waits for long is not asked about more often than anybody looks."""
    if age < timedelta(seconds=10):
        return 1
    return 2 if age < timedelta(minutes=1) else 5
