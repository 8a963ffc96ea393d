"""Examples in the document: a batch from its list to its points, as one would see it over an afternoon."""

from collections.abc import Mapping
from typing import Any

_NEVER: None = None
_ROW = {"name": "Asha Rao", "mobile": "9812345671", "amount": 500, "client_reference": "P-2026-11-0001"}
_COUNTS = {"total": 412, "with_errors": 0, "with_warnings": 3, "left_out": 0}
_OUTCOME = {
    "pending": 0,
    "sending": 0,
    "credited": 410,
    "failed": 2,
    "unknown": 0,
    "disputed": 0,
    "cancelled": 0,
    "credited_points": "205000.00",
    "failed_points": 1000,
    "unknown_points": 0,
}
_BATCH = {
    "id": 214,
    "purpose": "Diwali 2026",
    "account": 1,
    "new_people_only": False,
    "state": "review",
    "version": 0,
    "rows": _COUNTS,
    "points": 206000,
    "digest": "",
    "short_code": "",
    "approvers_needed": 1,
    "approvers_group": "",
    "created_at": "2026-11-02T09:12:44.120931Z",
    "changed_at": "2026-11-02T09:13:02.551284Z",
    "submitted_at": _NEVER,
    "approved_at": _NEVER,
    "start_at": _NEVER,
    "sent_back_reason": "",
}
_CAUSE = {
    "code": "amount_read_as",
    "label": "Amount read as a number",
    "severity": "warning",
    "rows": 3,
    "accepted": False,
}
_LIST = {
    "file_name": "november.xlsx",
    "sha256": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "size": 24112,
    "state": "ready",
    "rows_read": 412,
    "error": "",
    "offers": {"sheets": [{"name": "October", "rows": 398}, {"name": "November", "rows": 413}], "header_row": _NEVER},
    "sheet": "November",
    "header_row": 1,
    "header": ["Employee", "Cell", "Points", "Department"],
    "columns": {"name": 0, "mobile": 1, "amount": 2},
    "ignored_columns": ["Department"],
    "notes": [],
    "questions": [
        {
            "code": "hidden_rows",
            "sentence": "2 hidden rows are included. Remove them if that is not intended.",
            "shown": [],
            "confirmed": False,
        }
    ],
}
_ROW_READ = {
    "number": 2,
    "title": "",
    "name": "Asha Rao",
    "email": "",
    "mobile": "9812345671",
    "amount": 500,
    "remarks": "",
    "client_reference": "P-2026-11-0001",
    "reference": "22KQFGXFRNKETYF5TPREFUFX4I",
    "masked": False,
    "state": "credited",
    "reason_code": "",
    "reason": "",
    "transaction_id": "4711208",
    "card_id": "80231",
    "credited_points": "500.00",
    "account_balance": "5934000.00",
    "user_balance": "500.00",
    "tries": 1,
    "outcome_at": "2026-11-02T12:31:09.002117Z",
    "problems": [],
}
_RUN = {
    "id": 88,
    "batch": 214,
    "generation": 1,
    "state": "settled",
    "pause_code": "",
    "pause_text": "",
    "created_at": "2026-11-02T12:30:00.120931Z",
    "start_at": _NEVER,
    "started_at": "2026-11-02T12:30:01.551284Z",
    "settled_at": "2026-11-02T12:33:40.002117Z",
    "cancelled_at": _NEVER,
    "rows": 412,
    "outcome": _OUTCOME,
    "opening_balance": "6140000.00",
    "closing_balance": "5935000.00",
}
_ENTRY = {
    "id": 90114,
    "number": 90102,
    "at": "2026-11-02T09:12:44.120931Z",
    "event": "batch created",
    "actor": 7,
    "object_type": "batch",
    "object_id": 214,
    "batch": 214,
    "data": {"account": 1, "api_token": 3, "is_points_allocation": True},
    "masked": False,
    "body": '{"actor":7,"at":"2026-11-02T09:12:44.120931Z","event":"batch created"}',
    "link": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
# By the names of their shapes.
EXAMPLES: Mapping[str, Any] = {
    "NewRow": _ROW,
    "NewBatch": {"purpose": "Diwali 2026", "account": 1, "rows": [_ROW]},
    "Reading": {"sheet": "November"},
    "Columns": {"name": 0, "mobile": 1, "amount": 2},
    "Confirmed": {"code": "hidden_rows"},
    "Changes": {"mobile": "9812345672", "amount": 250},
    "Accepted": {"code": "amount_read_as", "rows": 3, "reason": "A thousand is meant."},
    "Wish": {"start_at": "2026-11-05T10:00:00+05:30"},
    "BatchOut": _BATCH,
    "Batches": {"items": [_BATCH], "next": 214},
    "BatchDetail": _BATCH | {"upload": _LIST, "causes": [_CAUSE], "outcome": _NEVER},
    "RowOut": _ROW_READ,
    "Rows": {"items": [_ROW_READ], "next": _NEVER},
    "RunOut": _RUN,
    "Runs": {"items": [_RUN], "next": _NEVER},
    "AccountOut": {
        "id": 1,
        "name": "Rewards 2026",
        "balance": "6140000.00",
        "balance_at": "2026-11-02T09:00:00.002117Z",
        "committed": "206000",
    },
    "EntryOut": _ENTRY,
    "Entries": {"items": [_ENTRY], "next": _NEVER},
    "Problem": {
        "type": "urn:rewards-portal:invalid",
        "title": "Cannot be used",
        "status": 422,
        "detail": "1 value has not the form that the document asks for. Nothing was done.",
        "errors": [{"row": 3, "field": "amount", "message": "Input should be a valid integer"}],
        "request_id": "0b7c2f5e9d",
    },
}
LISTS: Mapping[str, str] = {
    "application/x-ndjson": '{"name": "Asha Rao", "mobile": "9812345671", "amount": 500}\n'
    '{"name": "Ravi", "mobile": "9812345672", "amount": 250}\n',
    "text/csv": "Name,Mobile,Amount\nAsha Rao,9812345671,500\nRavi,9812345672,250\n",
}


def with_examples(document: dict[str, Any]) -> None:
    """Of every shape that goes in or out, and of lists as they are streamed."""
    for name, example in EXAMPLES.items():
        document["components"]["schemas"][name]["examples"] = [example]
    for operations in document["paths"].values():
        for operation in operations.values():
            for kind, said in operation.get("requestBody", {}).get("content", {}).items():
                if kind in LISTS:
                    said["example"] = LISTS[kind]
