"""What a form of each action would send: enough for a role, and not a missing field, to decide what becomes of it."""

from typing import Any

# Of the group of approvers that is there.
GROUP = 900
_SEEN = {"code": "mobile_made_up", "rows": 1, "newest": 1}
BODIES: dict[str, dict[str, Any]] = {
    "account-lanes": {"lanes": 2},
    "batch-accept": {**_SEEN, "reason": "Checked"},
    "batch-accept-back": {"acceptance": 1},
    "batch-export": {"kind": "csv"},
    "batch-sheet": {"rows": "all"},
    "batch-leave-out": {"number": 2},
    "batch-take-back": {"number": 2},
    "batch-send-back": {"reason": "No"},
    "contract-export": {"kind": "csv"},
    "contract-mark": {"mark": "known", "reason": "As agreed"},
    "decision-new": {"row": 4},
    "decision-refuse": {"reason": "No"},
    "exceptions-act": {"row": 4, "act": "take"},
    "group-make": {"name": "HR"},
    "freeze": {"reason": "EnKash called"},
    "person-group-give": {"group": GROUP},
    "person-group-take": {"group": GROUP},
    "person-role-give": {"role": "admin"},
    "person-role-take": {"role": "admin"},
    "question-answer": {"text": "Because"},
    "report-export": {"table": "months", "kind": "csv"},
    "row-reveal": {"reason": "complaint", "words": "Ticket 12"},
    "search-export": {"state": "failed", "kind": "csv"},
    "view-save": {"name": "Mine", "state": "failed"},
}
