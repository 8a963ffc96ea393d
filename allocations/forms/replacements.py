from django import forms


class FormKey(forms.Form):
    """Made with the form, so that a form sent twice is known as one."""

    form_key = forms.UUIDField()
