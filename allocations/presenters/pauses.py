"""Why something is paused, in the reader's language. What is stored is in English, with what EnKash said."""

from django.utils.translation import gettext as _

from allocations.domain.pauses import ADVICE, Pause, sentence
from allocations.models import Reversal, Run


def advice(pause: Pause) -> str:
    """What happened and what to do, where there is no message beside it."""
    what, to_do = ADVICE[pause]
    return f"{_(what)} {_(to_do)}"


def why_paused(paused: Run | Reversal) -> str:
    """ "" while it is not paused. Words that the portal of today would not choose stay as they were stored."""
    stored = paused.pause_text
    if paused.pause_code not in set(Pause):
        return stored
    pause = Pause(paused.pause_code)
    what, to_do = ADVICE[pause]
    if stored == sentence(pause):
        return advice(pause)
    said = stored.removesuffix(f" {to_do}")
    if said == stored:
        return stored
    detail = said.removeprefix(f"{what} The message: “").removesuffix("”.")
    if stored != sentence(pause, detail):
        return stored
    message = _("The message: “%(detail)s”.") % {"detail": detail}
    happened = detail if pause is Pause.CONTRACT else f"{_(what)} {message}"
    return f"{happened} {_(to_do)}"
