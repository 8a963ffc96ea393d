"""The frame of every page: navigation, who is signed in, which EnKash is behind it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from allocations.domain.api_tokens import can_make_token, can_revoke_others
from allocations.domain.policy import Actor, can_audit, can_export
from allocations.domain.roster import can_see_people
from allocations.presenters.numbers import grouped
from allocations.presenters.roles import role_title, role_word
from allocations.presenters.times import moment
from allocations.selectors.logins import BlockedLogin
from allocations.selectors.shell import OpenWork, Recovery


@dataclass(frozen=True, slots=True)
class NavItem:
    """`page` is a URL name; `current` are the URL names that belong to it."""

    page: str
    label: str
    open: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """What everybody has to know on every page."""

    head: str
    text: str


@dataclass(frozen=True, slots=True)
class Shell:
    nav: tuple[NavItem, ...]
    name: str
    roles: str
    environment: str
    is_live: bool
    is_demo: bool
    notice: Notice | None = None
    withheld: str = ""


_RUN_PAGES = frozenset(
    {
        *("runs", "run", "run-pause", "run-stop", "run-resume", "run-cancel"),
        *("freeze", "freeze-propose", "freeze-refuse", "freeze-confirm"),
    }
)
_SECTIONS = (
    ("home", gettext_noop("Home"), frozenset({"home"})),
    (
        "batches",
        gettext_noop("Batches"),
        frozenset(
            {
                *("batches", "batch", "batch-new", "batch-mapping", "batch-replace", "batch-import"),
                *(
                    "batch-rows",
                    "row",
                    "batch-trail",
                    "batch-rerun",
                    "batch-export",
                    "batch-bundle",
                    "batch-submit",
                    "batch-withdraw",
                ),
                *(
                    "batch-accept",
                    "batch-accept-back",
                    "batch-leave-out",
                    "batch-leave-out-cause",
                    "batch-limits",
                    "batch-repair",
                    "repair-undo",
                    "batch-take-back",
                    "replacement-new",
                    "replacement-give-up",
                ),
                *(
                    "batch-reading",
                    "batch-reading-confirm",
                    "recipient",
                    "row-reveal",
                    "row-redeem",
                    "search",
                    "cell",
                    "cell-put-back",
                ),
                *("batch-people", "ready-views", "search-export", "view-save", "view-delete"),
                *("batch-corrections", "corrections-apply", "corrections-download", "corrections-give-up"),
            }
        ),
    ),
    (
        "approvals",
        gettext_noop("Approvals"),
        frozenset(
            {
                *("approvals", "batch-approval", "batch-approve", "batch-send-back", "batch-changes", "sample-open"),
                *("question-ask", "question-answer", "question-take-back", "batch-sheet"),
            }
        ),
    ),
    ("runs", gettext_noop("Runs"), _RUN_PAGES),
    (
        "exceptions",
        gettext_noop("Exceptions"),
        frozenset(
            {
                *("exceptions", "exceptions-act", "decision", "decision-new", "decision-confirm", "decision-refuse"),
                *("decision-withdraw", "decision-evidence"),
            }
        ),
    ),
    (
        "reversals",
        gettext_noop("Reversals"),
        frozenset(
            {
                *("reversals", "reversal", "reversal-approve", "reversal-reject", "reversal-withdraw"),
                *("reversal-resume", "row-reverse"),
            }
        ),
    ),
)
_ACCOUNTS = (
    "accounts",
    gettext_noop("Accounts"),
    frozenset(
        {
            *("accounts", "account-balance", "account-lanes", "account-remove", "enkash-login"),
            *("contract", "contract-mark", "contract-export"),
        }
    ),
)
_REPORTS = ("reports", gettext_noop("Reports"), frozenset({"reports", "report-export", "gift-limit"}))
_POLICIES = (
    "policies",
    gettext_noop("Policies"),
    frozenset({"policies", "policy-new", "policy-confirm", "policy-refuse", "group-make"}),
)
_NOTICES = ("notices", gettext_noop("Notices"), frozenset({"notices", "notices-mail"}))
# Who has the role sees them.
_EXPORTS = ("exports", gettext_noop("Exports"), frozenset({"exports", "export", "export-file"}))
_AUDIT = ("audit", gettext_noop("Audit"), frozenset({"audit"}))
_API = (
    "api-tokens",
    gettext_noop("API"),
    frozenset(
        {
            *("api-tokens", "api-token-make", "api-token-revoke", "api-reference", "api-document"),
            *("webhooks", "webhook", "webhook-add", "webhook-rotate", "webhook-try", "webhook-pause", "webhook-resume"),
            *("webhook-remove", "webhook-send-again"),
        }
    ),
)
_PEOPLE = (
    "people",
    gettext_noop("People"),
    frozenset(
        {
            *("people", "person", "person-invite", "person-link", "person-deactivate", "person-reactivate"),
            *("person-role-give", "person-role-take", "role-confirm", "role-refuse"),
            *("person-group-give", "person-group-take"),
        }
    ),
)
_ENVIRONMENTS = {"live": "LIVE", "uat": "UAT", "simulator": "SIMULATOR"}


def shell(
    actor: Actor,
    *,
    work: OpenWork,
    url_name: str,
    environment: str,
    recovery: Recovery | None = None,
    login: BlockedLogin | None = None,
    unread: int = 0,
) -> Shell:
    numbers = {
        "approvals": work.approvals,
        "runs": work.runs,
        "exceptions": work.exceptions,
        "reversals": work.reversals,
        "notices": unread,
    }
    return Shell(
        nav=tuple(
            NavItem(page=page, label=_(label), open=numbers.get(page, 0), is_current=url_name in pages)
            for page, label, pages in _sections(actor)
        ),
        name=actor.name,
        roles=", ".join(map(role_title, sorted(actor.roles))) or _("No role"),
        environment=_ENVIRONMENTS[environment],
        is_live=environment == "live",
        is_demo=environment == "simulator",
        notice=_recovery_notice(recovery, login) if recovery else _login_notice() if login else None,
        withheld=_withheld(actor),
    )


def _withheld(actor: Actor) -> str:
    """The roles that wait for a second factor, which are two at most: approver, owner."""
    roles = [role_word(role) for role in sorted(actor.withheld)]
    return _("%(one)s and %(other)s") % {"one": roles[0], "other": roles[1]} if len(roles) == 2 else ", ".join(roles)


def _sections(actor: Actor) -> tuple[tuple[str, str, frozenset[str]], ...]:
    """The work, then what tells of it, then what it follows."""
    audit = (_AUDIT,) if can_audit(actor) else ()
    exports = (_EXPORTS,) if can_export(actor) else ()
    people = (_PEOPLE,) if can_see_people(actor) else ()
    programs = (_API,) if can_make_token(actor) or can_revoke_others(actor) else ()
    return (*_SECTIONS, _REPORTS, *exports, *audit, _NOTICES, _ACCOUNTS, _POLICIES, *people, *programs)


_TRY_LOGIN = gettext_noop("Compare user name and password with EnKash, then try the login once on the page Accounts.")


def _login_notice() -> Notice:
    """A run that only looks up is not paused for it, so the page of the run may not say it."""
    return Notice(
        head=_("EnKash refuses our login."),
        text=_("Two logins in a row failed, so nothing tries again: nothing is sent or looked up. %(advice)s")
        % {"advice": _(_TRY_LOGIN)},
    )


def _recovery_notice(recovery: Recovery, login: BlockedLogin | None) -> Notice:
    left = recovery.calls_left
    doing = (
        ngettext(
            "The rows of %(calls)s call are still to be looked up at EnKash. Then sending goes on by itself.",
            "The rows of %(calls)s calls are still to be looked up at EnKash. Then sending goes on by itself.",
            left,
        )
        % {"calls": grouped(left)}
        if left
        else _("Everything was looked up. Sending goes on by itself when the quiet time is over.")
    )
    if login and left:
        refused = _("EnKash refuses our login, so nothing is looked up until somebody acts. %(advice)s")
        doing = f"{doing} {refused % {'advice': _TRY_LOGIN}}"
    text = _(
        "The database was restored, or lost its last entries, and may not know what was sent since. %(doing)s A batch "
        "made after the backup is not here any more: compare EnKash's statement before you upload its list again."
    )
    return Notice(
        head=_("Nothing is sent: the portal recovers since %(since)s.") % {"since": moment(recovery.since)},
        text=text % {"doing": doing},
    )
