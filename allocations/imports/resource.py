"""The columns of a list: the one definition of fields, headers and synonyms, for lists in and out."""

import re
import unicodedata
from typing import Any

from import_export import fields, resources

from allocations.domain.cells import HEADERS, REQUIRED

_NOISE = re.compile(r"[^\w]+|_")


def header_key(text: str) -> str:
    """A header without case, spaces, punctuation and invisible characters: how two headers are compared."""
    if text.startswith(("=", "+", "@")):
        return ""  # a formula is not the name of a column
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


class ListField(fields.Field):  # type: ignore[misc]  # import-export has no types
    """A column with the other headers that people give it."""

    def __init__(self, attribute: str, *, synonyms: str = "") -> None:
        super().__init__(attribute=attribute, column_name=HEADERS[attribute], readonly=True)
        self.synonyms = frozenset(map(header_key, synonyms.split()))
        self.required = attribute in REQUIRED


class ListResource(resources.Resource):  # type: ignore[misc]  # import-export has no types
    """One recipient line. Attributes are domain.cells.FIELDS, headers are those of the template."""

    title = ListField("title", synonyms="salutation prefix mrmrsms honorific")
    name = ListField(
        "name",
        synonyms="fullname employeename empname nameofemployee recipient recipientname beneficiaryname"
        " personname staffname नाम",
    )
    email = ListField(
        "email",
        synonyms="emailid emailaddress mail mailid emailaddr employeeemail workemail officialemail emaill ईमेल",
    )
    mobile = ListField(
        "mobile",
        synonyms="mobileno mobilenumber mobilephone phone phoneno phonenumber contact contactno contactnumber"
        " cell cellphone cellno mob mobno whatsapp whatsappno employeemobile मोबाइल",
    )
    amount = ListField(
        "amount",
        synonyms="points point rewardpoints reward rewards loadamount value amt pointstoallocate noofpoints"
        " numberofpoints rewardamount amountinr amountrs bonus अंक राशि",
    )
    remarks = ListField("remarks", synonyms="remark comment comments note notes reason description message narration")
    client_reference = ListField(
        "client_reference",
        synonyms="ref refno referenceno referencenumber referenceid clientreference clientref"
        " uniquereferencenumber urn transactionreference",
    )


def columns() -> dict[str, ListField]:
    """The list's columns by attribute, in the order of the template."""
    declared: dict[str, Any] = ListResource.fields
    return {name: field for name, field in declared.items() if isinstance(field, ListField)}


def headers() -> list[str]:
    """The first line of the template."""
    return [field.column_name for field in columns().values()]
