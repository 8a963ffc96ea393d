"""Filters and components of every page: numbers, times, statuses, equations."""

from datetime import datetime
from functools import lru_cache

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from allocations.actors import actor_of
from allocations.domain.manifest import short_code
from allocations.presenters import numbers, pauses, people, statuses, times
from allocations.presenters.equations import Equation
from allocations.presenters.freezes import Banner, banner
from allocations.presenters.shell import Shell
from allocations.presenters.shell import shell as present_shell
from allocations.selectors.freezes import open_freeze
from allocations.selectors.logins import blocked_login
from allocations.selectors.notices import unread_count
from allocations.selectors.shell import open_work, recovery

register = template.Library()

register.filter("grouped", numbers.grouped)
register.filter("signed", numbers.signed)
register.filter("points", numbers.points)
register.filter("counted", numbers.counted)
register.filter("in_words", numbers.points_in_words)
register.filter("file_size", numbers.file_size)
register.filter("moment", times.moment)
register.filter("long_day", times.long_day)
register.filter("iso", times.iso)
register.filter("mobile", people.mobile)
register.filter("masked_mobile", people.masked_mobile)
register.filter("masked_email", people.masked_email)
register.filter("for_reader", people.for_reader)
register.filter("why_paused", pauses.why_paused)
register.filter("short_code", short_code)


@register.filter
def ago(at: datetime | None) -> str:
    return times.ago(at, now=timezone.now())


@register.filter
def short_moment(at: datetime | None) -> str:
    return times.short_moment(at, now=timezone.now())


@register.filter
def clock(at: datetime | None) -> str:
    return times.clock(at, now=timezone.now())


@register.filter
def breakable(address: str) -> SafeString:
    """An e-mail address that breaks after its @ rather than within a word."""
    name, at, host = address.partition("@")
    return format_html("{}{}<wbr>{}", name, at, host)


@register.simple_tag
def now_moment() -> str:
    return times.moment(timezone.now())


@register.filter
def counted_batches(number: int) -> str:
    return numbers.counted(number, "batch", "batches")


@register.simple_tag
def status(value: statuses.Status) -> SafeString:
    return _drawn_status(value.css, value.shape, value.said)


@lru_cache(maxsize=256)
def _drawn_status(css: str, shape: str, said: str) -> SafeString:
    """There are few, and a page of a list has hundreds."""
    return render_to_string("components/status.html", {"status": {"css": css, "shape": shape, "said": said}})


@register.inclusion_tag("components/shape.html")
def shape(name: str) -> dict[str, str]:
    return {"name": name}


@register.inclusion_tag("components/equation.html")
def equation(value: Equation) -> dict[str, Equation]:
    return {"equation": value}


@register.inclusion_tag("components/legend.html")
def legend() -> dict[str, tuple[statuses.Status, ...]]:
    return {"statuses": statuses.LEGEND}


@register.simple_tag
def frozen_banner() -> Banner | None:
    """What base.html shows on every page while all sending is frozen: {% frozen_banner as frozen %}."""
    return banner(open_freeze())


@register.simple_tag
def page_language() -> str:
    """Of the page, as HTML's `lang` has it: en-IN, hi."""
    return _tag(get_language() or settings.LANGUAGE_CODE)


@register.inclusion_tag("components/languages.html", takes_context=True)
def languages(context: Context) -> dict[str, object]:
    """What the reader can choose instead of the language of this page, and whether it answers a form."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return {}
    others = [
        {"code": code, "tag": _tag(code), "name": name} for code, name in settings.LANGUAGES if code != get_language()
    ]
    return {"others": others, "answered": request.method == "POST"}


def _tag(code: str) -> str:
    language, _, region = code.partition("-")
    return f"{language}-{region.upper()}" if region else language


@register.simple_tag
def second_factor_required() -> bool:
    """Off only in the demo, whose pages say so."""
    return settings.SECOND_FACTOR_REQUIRED


@register.simple_tag
def sign_in_elsewhere() -> str:
    """The name of the company's own sign-in; empty where there is none."""
    return settings.OIDC_NAME if settings.OIDC_SERVER_URL else ""


@register.simple_tag(takes_context=True)
def portal_shell(context: Context) -> Shell:
    """What base.html needs beside the page itself: {% portal_shell as shell %}."""
    request: HttpRequest = context["request"]
    match = request.resolver_match
    actor = getattr(request, "actor", None) or actor_of(request.user)
    return present_shell(
        actor,
        work=open_work(),
        url_name=(match.url_name or "") if match else "",
        environment=settings.ENKASH_ENVIRONMENT,
        recovery=recovery(),
        login=blocked_login(),
        unread=unread_count(actor.id),
    )
