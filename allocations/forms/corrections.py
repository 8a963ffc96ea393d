"""A correction workbook on its way back."""

from pathlib import PurePath

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allocations.domain.numerals import grouped

# Ten thousand rows are 1 MB; a person waits while it is read.
LARGEST = 10 * 1024 * 1024


class WorkbookForm(forms.Form):
    file = forms.FileField(
        allow_empty_file=True,
        max_length=255,
        error_messages={
            "required": gettext_lazy("No workbook is chosen. Choose the one that you downloaded here and corrected."),
            "max_length": gettext_lazy("The file's name has %(length)d characters; at most %(max)d are stored."),
        },
    )

    def clean_file(self) -> "File[bytes]":
        file: File[bytes] = self.cleaned_data["file"]
        if PurePath(file.name or "").suffix.lower() != ".xlsx":
            raise forms.ValidationError(_("This is no .xlsx. Save the downloaded workbook as .xlsx and choose that."))
        if file.size > LARGEST:
            size, limit = grouped(file.size), grouped(LARGEST)
            said = _("The workbook has %(size)s bytes; at most %(limit)s are read.")
            raise forms.ValidationError(said % {"size": size, "limit": limit})
        return file


class SeenForm(forms.Form):
    """Which workbook the person had before them."""

    correction = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
