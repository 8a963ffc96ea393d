"""A group of approvers by its name or number."""

from django import forms


class NewGroupForm(forms.Form):
    """The rules of names are the service's."""

    name = forms.CharField(required=False, max_length=1_000)


class GroupForm(forms.Form):
    group = forms.IntegerField(min_value=1, max_value=2**31 - 1)
