"""A question about a batch, and what is said to it. The service counts and trims; errors are whole sentences."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from allocations.domain.errors import InvalidInput
from allocations.domain.questions import ReplyKind, checked_text
from allocations.forms.votes import VoteForm


class AskForm(VoteForm):
    """About the content that the page showed."""

    question = forms.CharField(required=False, strip=False)

    def clean_question(self) -> str:
        return _words(self.cleaned_data["question"])


class ReplyForm(forms.Form):
    """An answer, or why a question is taken back. The page shows it beside its question again."""

    text = forms.CharField(required=False, strip=False)

    def __init__(self, data: QueryDict, *, question_id: int, kind: ReplyKind) -> None:
        super().__init__(data)
        self.question_id, self.kind = question_id, kind

    def clean_text(self) -> str:
        return _words(self.cleaned_data["text"])


def _words(text: str) -> str:
    try:
        return checked_text(text)
    except InvalidInput as refused:
        raise ValidationError(refused.sentence) from refused
