"""An approver's vote: exactly this content, its total typed, the person known again."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allocations.domain.accepting import check_seen
from allocations.domain.errors import InvalidInput
from allocations.domain.manifest import short_code
from allocations.domain.numerals import grouped
from allocations.models import Batch


class VoteForm(forms.Form):
    """The content that the page showed. Its errors are whole sentences."""

    version = forms.IntegerField(min_value=1)
    digest = forms.RegexField("^[0-9a-f]{64}$")

    def __init__(self, data: QueryDict | None = None, *, batch: Batch) -> None:
        super().__init__(data)
        self.batch = batch

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        seen = cleaned.get("digest", "")
        if (cleaned.get("version"), seen) != (self.batch.version, self.batch.digest):
            raise ValidationError(_changed(seen, self.batch.digest), code="changed")
        return cleaned


class ApproveForm(VoteForm):
    """Approve: the total as typed by hand, everything unusual ticked, the password again.

    `kinds`: what that is called, by the code that is ticked.
    """

    total = forms.CharField(
        max_length=30,
        error_messages={
            "required": gettext_lazy("Empty. Type the total points in digits, as the sentence above says.")
        },
    )
    password = forms.CharField(
        strip=False,
        max_length=256,
        error_messages={"required": gettext_lazy("Empty. Type the password you sign in with.")},
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        batch: Batch,
        voter: User,
        kinds: Mapping[str, str],
        asks_password: bool = True,
    ) -> None:
        super().__init__(data, batch=batch)
        self.voter, self.kinds = voter, kinds
        self.fields["seen"] = forms.MultipleChoiceField(choices=list(kinds.items()), required=False)
        if not (asks_password and voter.has_usable_password()):
            del self.fields["password"]

    def clean_total(self) -> str:
        typed: str = self.cleaned_data["total"]
        if typed.replace(",", "").replace(" ", "") != str(self.batch.points_total):
            said = _("“%(typed)s” is not the total: the batch gives %(total)s points. Type that number.")
            raise ValidationError(said % {"typed": typed, "total": grouped(self.batch.points_total)})
        return typed

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.voter.check_password(password):
            raise ValidationError(_("This is not your password. Type the one you sign in with; it is case-sensitive."))
        return password

    def clean_seen(self) -> list[str]:
        seen: list[str] = self.cleaned_data["seen"]
        try:
            check_seen(self.kinds, seen)
        except InvalidInput as refused:
            raise ValidationError(refused.sentence) from refused
        return seen


class SendBackForm(VoteForm):
    """Send back: the reason is what the maker reads."""

    reason = forms.CharField(
        max_length=1000,
        error_messages={"required": gettext_lazy("Empty. Say what the maker should change before submitting again.")},
    )


def _changed(seen: str, now: str) -> str:
    if not seen:
        shown = _("The page named no content; the batch is now %(now)s.")
        changing = _("The page named no content; the batch is being changed.")
    else:
        shown = _("You saw %(seen)s; the batch is now %(now)s.")
        changing = _("You saw %(seen)s; the batch is being changed.")
    said = (shown if now else changing) % {"seen": short_code(seen), "now": short_code(now)}
    return " ".join((said, _("Nothing was decided. Look at the new content first.")))
