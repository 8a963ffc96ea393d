"""A header that came before: its columns are read as a person chose them then, and a person confirms it."""

from allocations.domain.files import FileRefused
from allocations.domain.forensics import column_letter
from allocations.domain.problems import quoted
from allocations.domain.readings import Question
from allocations.imports.layout import Header, map_header
from allocations.imports.mapping import Mapping, automap, chosen, looks_like_data
from allocations.imports.resource import columns, headers
from allocations.imports.sheets import Sheet
from allocations.models import Upload
from allocations.selectors.mappings import PastMapping, past_mapping


def map_columns(sheet: Sheet, header: Header, upload: Upload) -> Mapping:
    """A choice for this list wins, then the names of our own template, then a choice for the same header, then the
    names. Raises FileRefused."""
    if upload.mapping_override is None and _is_template(sheet, header):
        sheet.notes.append("The list is made from the portal's template, so its columns are known by their names.")
        return map_header(sheet, header, None)
    past = past_mapping(header.texts) if upload.mapping_override is None and _can_come_again(header) else None
    if past is None or _says_itself(header, past):
        return map_header(sheet, header, upload.mapping_override)
    mapping = chosen(header.texts, past.columns)
    sheet.questions.append(_question(header, mapping, batch_id=past.batch_id))
    return mapping


def _is_template(sheet: Sheet, header: Header) -> bool:
    """People rename columns of a template as of any list; then it is read as any list."""
    return sheet.from_template and header.texts[: len(headers())] == headers()


def _can_come_again(header: Header) -> bool:
    """A first line with a person in it is no header: read as one, that person would be lost."""
    return not looks_like_data(header.texts)


def _says_itself(header: Header, past: PastMapping) -> bool:
    try:
        return automap(header.texts).columns == past.columns
    except FileRefused:
        return False


def _question(header: Header, mapping: Mapping, *, batch_id: int) -> Question:
    read = ", ".join(
        f"{column.column_name} from {_place(header, mapping.columns[name])}"
        for name, column in columns().items()
        if name in mapping.columns
    )
    return Question(
        "remembered_columns",
        f"The columns are read as they were chosen for batch {batch_id}, whose list had the same headers: {read}.",
    )


def _place(header: Header, index: int) -> str:
    text = header.texts[index]
    return f"“{quoted(text)}” (column {column_letter(index)})" if text else f"column {column_letter(index)}"
