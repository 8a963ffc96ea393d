"""A list on its way in: a file or pasted lines, and for a new batch what it is for."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allocations.domain.errors import InvalidInput
from allocations.domain.labels import checked_purpose
from allocations.domain.numerals import grouped
from allocations.models import Account

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx"})
# What a browser may post as text; settings refuse bodies above 5 MB.
LONGEST_PASTE = 4_000_000
EVERYBODY, NEW_ONLY = "everybody", "new"


class ListForm(forms.Form):
    """Either a file or pasted lines."""

    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        max_length=255,
        error_messages={
            "max_length": gettext_lazy("The file's name has %(length)d characters; at most %(max)d are stored.")
        },
    )
    pasted = forms.CharField(
        required=False,
        strip=False,
        max_length=LONGEST_PASTE,
        error_messages={
            "max_length": gettext_lazy("%(show_value)s characters; at most %(limit_value)s can be pasted. Use a file.")
        },
    )

    def clean_file(self) -> "File[bytes] | None":
        if isinstance(self.files, MultiValueDict) and len(self.files.getlist("file")) > 1:
            raise forms.ValidationError(_("Several files came at once. Choose one file."))
        file: File[bytes] | None = self.cleaned_data["file"]
        if file is None:
            return None
        suffix = PurePath(file.name or "").suffix.lower()
        if suffix not in SUFFIXES:
            said = (
                _("“%(ending)s” cannot be read. Save the list as .csv or .xlsx and choose that file.")
                if suffix
                else _("A file without an ending cannot be read. Save the list as .csv or .xlsx and choose that file.")
            )
            raise forms.ValidationError(said % {"ending": suffix})
        if file.size > settings.UPLOAD_MAX_BYTES:
            size, limit = grouped(file.size), grouped(settings.UPLOAD_MAX_BYTES)
            said = _("The file has %(size)s bytes; at most %(limit)s are read. Split the list.")
            raise forms.ValidationError(said % {"size": size, "limit": limit})
        return file

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "file" in self.errors or "pasted" in self.errors:
            return data
        chosen, pasted = data.get("file"), (data.get("pasted") or "").strip()
        if chosen and pasted:
            self.add_error("pasted", _("A file is chosen and lines are pasted. Remove one of the two."))
        if not chosen and not pasted:
            self.add_error("file", _("No list yet. Choose a file, or paste the lines of a spreadsheet."))
        return data

    @property
    def content(self) -> "File[bytes]":
        """The bytes to store. Only after is_valid()."""
        chosen: File[bytes] | None = self.cleaned_data["file"]
        return chosen or ContentFile(self.cleaned_data["pasted"].encode(), name="pasted.txt")

    @property
    def file_name(self) -> str:
        chosen: File[bytes] | None = self.cleaned_data["file"]
        return (chosen.name or "list") if chosen else f"pasted ({grouped(self._pasted_lines)} lines)"

    @property
    def kind(self) -> str:
        return "file" if self.cleaned_data["file"] else "paste"

    @property
    def _pasted_lines(self) -> int:
        return len(self.cleaned_data["pasted"].strip().splitlines())


class BatchForm(ListForm):
    """A new batch. Who gets points has no default: it decides about money, so a person says it each time."""

    # Made with the empty form, so that a form sent twice is known as one.
    form_key = forms.UUIDField(required=False)
    purpose = forms.CharField(
        max_length=120,
        error_messages={
            "required": gettext_lazy(
                "Empty. Say what the points are for, such as “Diwali 2026”: the approver reads it."
            ),
            "max_length": gettext_lazy("%(show_value)d characters; at most %(limit_value)d."),
        },
    )
    account = forms.ModelChoiceField(
        queryset=Account.objects.order_by("name"),
        empty_label=None,
        error_messages={
            "required": gettext_lazy("No reward account is chosen. Choose the one that pays."),
            "invalid_choice": gettext_lazy("This reward account does not exist. Choose one of the list."),
        },
    )
    who = forms.ChoiceField(
        choices=((EVERYBODY, gettext_lazy("New and existing people")), (NEW_ONLY, gettext_lazy("New people only"))),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy(
                "Not chosen. Say who gets points: everybody in the list, or only people new to EnKash."
            ),
            "invalid_choice": gettext_lazy("Choose one of the two."),
        },
    )

    field_order = ("purpose", "account", "who", "file", "pasted")

    def clean_purpose(self) -> str:
        try:
            return checked_purpose(self.cleaned_data["purpose"])
        except InvalidInput as refused:
            raise forms.ValidationError(refused.sentence) from None

    @property
    def is_points_allocation(self) -> bool:
        return bool(self.cleaned_data["who"] == EVERYBODY)
