"""What goes out of a list: how it came, how it was read, what somebody has to say about it."""

from ninja import Schema

from allocations.models import Upload
from allocations.presenters.people import for_reader


class Question(Schema):
    """What somebody has to confirm about how the list was read; `shown` helps to judge."""

    code: str
    sentence: str
    shown: list[str]
    confirmed: bool


class SheetOut(Schema):
    """A sheet that may hold the list; `rows` counts its header."""

    name: str
    rows: int


class Offers(Schema):
    """What a refused list can be read as, when somebody chooses it: one of the sheets, or from a row further down."""

    sheets: list[SheetOut]
    header_row: int | None


class ListOut(Schema):
    """The list as it came. `state`: waiting, reading, checking, ready or refused; then `error` says why. `header`: its
    columns' names; `columns`: which of them is read as which field, the first being 0."""

    file_name: str
    sha256: str
    size: int
    state: str
    rows_read: int
    error: str
    offers: Offers
    sheet: str
    header_row: int
    header: list[str]
    columns: dict[str, int]
    ignored_columns: list[str]
    notes: list[str]
    questions: list[Question]


def list_out(upload: Upload, *, in_full: bool) -> ListOut:
    """Where a list has no header, its first person stands in what is said of its columns."""
    return ListOut(
        file_name=upload.file_name,
        sha256=upload.sha256,
        size=upload.size,
        state=upload.state,
        rows_read=upload.rows_read,
        error=for_reader(upload.error, in_full),
        offers=_offers(upload, in_full=in_full),
        sheet=for_reader(upload.sheet, in_full),
        header_row=upload.header_row,
        header=[for_reader(name, in_full) for name in upload.header],
        columns=upload.mapping,
        ignored_columns=[for_reader(name, in_full) for name in upload.ignored],
        notes=[for_reader(note, in_full) for note in upload.notes],
        questions=[
            Question(
                code=one["code"],
                sentence=for_reader(one["sentence"], in_full),
                shown=[for_reader(text, in_full) for text in one.get("shown", ())],
                confirmed=bool(one.get("confirmed_by")),
            )
            for one in upload.questions
        ],
    )


def _offers(upload: Upload, *, in_full: bool) -> Offers:
    return Offers(
        sheets=[
            SheetOut(name=for_reader(one["name"], in_full), rows=one["rows"]) for one in upload.offers.get("sheets", ())
        ],
        header_row=upload.offers.get("header_row"),
    )
