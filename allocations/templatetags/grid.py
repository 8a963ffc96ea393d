"""A cell of the review grid. A page has 700 of them: as a template, or by format_html, they are most of its time."""

from html import escape
from typing import cast

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from allocations.presenters.review_grid import Cell
from allocations.templatetags.portal import breakable

register = template.Library()


@register.simple_tag(takes_context=True)
def grid_cell(context: Context, cell: Cell) -> SafeString:
    """Its value, the way to its editor in the words `edit`, and what else is known of it."""
    value = breakable(cell.value) if cell.kind == "mail" else escape(cell.value)
    edit = _edit(cell, context["edit"]) if cell.edit else ""
    more = _more(context, cell) if cell.has_more else ""
    div = f'<div class="{escape(cell.css)}" id="{escape(cell.id)}">'
    return mark_safe(f'{div}<span class="{escape(cell.kind)}">{value}</span>{edit}{more}</div>')  # noqa: S308 - escaped


def _edit(cell: Cell, word: str) -> str:
    words = f'<span class="visually-hidden">{escape(word)} {escape(cell.place)}</span>'
    return f'<a class="edit no-print" href="{escape(cell.edit)}">{words}</a>'


def _more(context: Context, cell: Cell) -> str:
    around = cast("dict[str, object]", context.flatten())
    return render_to_string("allocations/review/_more.html", around | {"cell": cell})
