"""Sentences that a page says in its reader's language."""


def gettext_noop(sentence: str) -> str:
    """The sentence itself. Its name marks it for the catalogue: it is translated where it is shown, and stays as it is
    where it is stored, mailed or exported."""
    return sentence
