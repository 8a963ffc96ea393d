"""How many approvers a list would need, as its maker reads it."""

from django.utils.translation import gettext as _

from allocations.domain.approval_policies import Terms
from allocations.presenters import numbers
from allocations.presenters.numbers import counted, grouped


def who_approves(terms: Terms, *, points: int, rows: int) -> str:
    """As domain.approval_policies says why, in the language of whoever reads the page."""
    asks = []
    if terms.two_from_points is not None and points >= terms.two_from_points:
        said = _("it gives %(points)s, and from %(limit)s on the policy asks for two")
        asks.append(said % {"points": numbers.points(points), "limit": grouped(terms.two_from_points)})
    if terms.two_from_rows is not None and rows >= terms.two_from_rows:
        said = _("it has %(rows)s, and from %(limit)s on the policy asks for two")
        asks.append(said % {"rows": counted(rows, "row"), "limit": grouped(terms.two_from_rows)})
    if asks:
        return _("Two approvers: %(because)s.") % {"because": "; ".join(asks)}
    bounds = [numbers.points(terms.two_from_points)] if terms.two_from_points is not None else []
    bounds += [counted(terms.two_from_rows, "row")] if terms.two_from_rows is not None else []
    if bounds:
        said = _("One approver: it stays below %(bounds)s, from which the policy asks for two.")
        return said % {"bounds": _(" and ").join(bounds)}
    return _("One approver: the policy never asks for a second one.")
