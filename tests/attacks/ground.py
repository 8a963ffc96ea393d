"""What attacks are tried on: a portal in which everything is there once, with texts that the attack chooses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import transaction
from django.http.response import HttpResponseBase
from django.utils import timezone

from allocations.domain.approval_policies import Terms
from allocations.domain.policy import Role
from allocations.domain.webhooks import Event
from allocations.models import (
    ApproverGroup,
    Batch,
    ContractDifference,
    Correction,
    ExportJob,
    Notice,
    Repair,
    SavedView,
    Upload,
    WebhookDelivery,
)
from allocations.services import freezes, mending, roles
from allocations.services.approval_policies import propose_policy
from allocations.services.batches import create_batch
from allocations.services.webhooks import add_webhook
from tests.attacks.bodies import GROUP
from tests.conftest import KnownClient
from tests.factories.api import check, token_for
from tests.factories.batches import approved_batch, submitted_batch
from tests.factories.decisions import open_proposal
from tests.factories.exports import ExportJobFactory
from tests.factories.lists import AccountFactory
from tests.factories.people import PASSWORD, known, person
from tests.factories.questions import answer, ask
from tests.factories.reversals import ReversalFactory

_EVIDENCE = b"as EnKash says"
Text = Callable[[str], str]
# Everybody of a row has one, and no other number on a page looks like it.
MOBILE, EMAIL = "98765014", "@secret.example"
PEOPLE = {
    "maker": ("admin",),
    "other": ("admin",),
    "approver": ("approver",),
    "auditor": ("auditor",),
    "owner": ("owner",),
    "nobody": (),
}


@dataclass(slots=True)
class Ground:
    """`numbers`: of what stands in addresses, by the name that it has there. `batches`: by their state."""

    people: dict[str, User]
    batches: dict[str, Batch] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    token: str = ""

    def client(self, who: str, **how: Any) -> KnownClient:
        client = KnownClient(**how)
        client.force_login(self.people[who])
        return client


def plain(name: str) -> str:
    return f"Some {name}"


def ground(text: Text = plain) -> Ground:
    """Made by the people "maker", "approver" and "owner". `text` gives what somebody typed into the field it names."""
    people = {
        name: person(*roles, username=name, first_name=text("person"), email=f"{name}@portal.example")
        for name, roles in PEOPLE.items()
    }
    for one in people.values():
        one.set_password(PASSWORD)
        one.save()
    made = Ground(people)
    account = AccountFactory(name=text("account"))
    made.batches = {
        "review": _read(people["maker"], account.pk, text),
        "submitted": _submitted(people, account, text),
        "approved": _approved(people, account, text),
    }
    made.numbers = {
        **_of_the_review(made.batches["review"], people["maker"], text),
        **_of_the_run(made.batches["approved"], people, text),
        **_of_people(people, text),
        **_of_programs(people, text),
        "account_id": account.pk,
        "question_id": made.batches["submitted"].questions.first().pk,
        "number": 2,
    }
    made.token = token_for(people["maker"])[1]
    return made


def _read(maker: User, account: int, text: Text) -> Batch:
    """Imported, for most of what is shown of a list in review comes from its reading."""
    header = f'name,mobile,amount,email,remarks,title,reference,"{_quoted(text("header"))}"\n'
    rows = [
        (text("name"), f"{MOBILE}11", "500", f"a{EMAIL}", text("remarks"), "Ms", text("reference"), text("ignored")),
        (text("faulty"), "98765", text("amount"), text("email"), text("remarks"), text("title"), "R-2", ""),
        ("Asha Rao", f"{MOBILE}12", "1,000", f"b{EMAIL}", "", "", "R-3", ""),
    ]
    lines = "".join(",".join(f'"{_quoted(cell)}"' for cell in row) + "\n" for row in rows)
    batch = create_batch(
        known(maker),
        purpose=text("purpose")[:120],
        account_id=account,
        is_points_allocation=True,
        file_name=f"{text('file')}.csv",
        content=ContentFile((header + lines).encode(), name="list.csv"),
        kind="file",
    )
    check(batch.pk)
    batch.refresh_from_db()
    return batch


def _quoted(cell: str) -> str:
    return cell.replace('"', '""')


def _submitted(people: dict[str, User], account: Any, text: Text) -> Batch:
    row = {"name": text("name"), "remarks": text("remarks"), "mobile": f"{MOBILE}21", "email": f"c{EMAIL}"}
    batch = submitted_batch(
        rows=1, uploaded_by=people["maker"], account=account, purpose=text("purpose")[:120], row=row
    )
    answer(known(people["maker"]), ask(known(people["approver"]), batch, text("question")), text("answer"))
    return batch


def _approved(people: dict[str, User], account: Any, text: Text) -> Batch:
    about = {"uploaded_by": people["maker"], "account": account, "purpose": text("purpose")[:120]}
    about["row"] = {"name": text("name"), "remarks": text("remarks"), "mobile": f"{MOBILE}31", "email": f"d{EMAIL}"}
    about["row"]["client_reference"] = text("reference")[:100]
    batch = approved_batch(
        run_state="attention",
        approved_by=people["approver"],
        about=about,
        credited=1,
        failed=1,
        unknown=1,
        conflict=1,
    )
    run = batch.runs.get()
    # The factory counts no points of a conflict.
    run.chunks.update(state="people", unknown_points=1_000)
    run.pause_code, run.pause_text, run.paused_at = "person", text("pause"), timezone.now()
    run.save()
    batch.rows.filter(state="failed").update(reason=text("reason"))
    return batch


def _of_the_review(batch: Batch, maker: User, text: Text) -> dict[str, int]:
    row = batch.rows.get(number=2)
    mending.mend_cell(
        known(maker),
        batch_id=batch.pk,
        number=2,
        field="remarks",
        text=text("edit"),
        seen=mending.fingerprint(row, "remarks"),
    )
    now = timezone.now()
    upload = Upload.objects.get(batch=batch)
    correction = Correction.objects.create(
        batch=batch,
        upload=upload,
        made_by=maker,
        made_at=now,
        file_name=text("file")[:255],
        sha256="ab" * 32,
        changes=[[2, "x", {"remarks": text("correction")}]],
    )
    repair = Repair.objects.filter(batch=batch).first()
    return {"correction_id": correction.pk, "repair_id": repair.pk if repair else 1}


def _of_the_run(batch: Batch, people: dict[str, User], text: Text) -> dict[str, int]:
    proposal = open_proposal(
        rows=batch.rows.filter(state="unknown"),
        proposed_by=people["maker"],
        statement=text("statement"),
        file=ContentFile(_EVIDENCE, name="evidence.txt"),
        file_name=f"{text('evidence')}.txt",
        file_size=len(_EVIDENCE),
        file_sha256=sha256(_EVIDENCE).hexdigest(),
    )
    reversal = ReversalFactory(row=batch.rows.get(state="credited"), requested_by=people["maker"], reason=text("why"))
    run = batch.runs.get()
    for who in ("maker", "approver"):
        Notice.objects.create(
            kind="settled", key=f"run {who}", person=people[who], batch=batch, run=run, at=timezone.now()
        )
    return {"run_id": run.pk, "proposal_id": proposal.pk, "reversal_id": reversal.pk}


def _of_people(people: dict[str, User], text: Text) -> dict[str, int]:
    owner = known(people["owner"])
    freeze = freezes.freeze_sending(owner, reason=text("freeze"))
    freezes.propose_release(known(people["approver"]), freeze_id=freeze.pk)
    proposed = roles.give_role(owner, person_id=people["nobody"].pk, role=Role.OWNER)
    # The number that forms of the attack name; no sequence comes to it.
    group = ApproverGroup.objects.create(
        pk=GROUP, name=text("group")[:40], made_by=people["owner"], made_at=timezone.now()
    )
    group.members.add(people["approver"])
    policy = propose_policy(owner, terms=Terms(two_from_rows=1), note=text("note"))
    assert proposed
    return {
        "freeze_id": freeze.pk,
        "role_proposal_id": proposed.pk,
        "policy_id": policy.pk,
        "person_id": people["nobody"].pk,
    }


def _of_programs(people: dict[str, User], text: Text) -> dict[str, int]:
    maker, now = people["maker"], timezone.now()
    token, _ = token_for(maker)
    type(token).objects.filter(pk=token.pk).update(name=text("token")[:60])
    hook, _secret = add_webhook(known(people["owner"]), url="https://hr.example.com/x", events=[Event.SETTLED])
    type(hook).objects.filter(pk=hook.pk).update(url=f"https://hr.example.com/{text('webhook')}"[:500])
    sent = WebhookDelivery.objects.create(
        webhook=hook, key="k", event="run.settled", body="{}", made_at=now, state="given_up", said=text("said")[:300]
    )
    difference = ContractDifference.objects.create(
        call="bulk",
        kind="unknown_code",
        path=text("path")[:250],
        detail=text("detail")[:250],
        breaking=True,
        first_seen=now,
        last_seen=now,
    )
    view = SavedView.objects.create(person=maker, name=text("view")[:60], query="state=failed")
    export = ExportJobFactory(
        asked_by=maker,
        batch=None,
        query="state=failed",
        state="ready",
        file=ContentFile(b"x\n", name="x.csv"),
        name="x.csv",
        sha256="ab" * 32,
        expires_at=now.replace(year=now.year + 1),
    )
    assert isinstance(export, ExportJob)
    return {
        "token_id": token.pk,
        "webhook_id": hook.pk,
        "delivery_id": sent.pk,
        "difference_id": difference.pk,
        "view_id": view.pk,
        "export_id": export.pk,
    }


@contextmanager
def undone() -> Iterator[None]:
    """Whatever was done within is undone. No atomic block: services insist on being outside of one."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def body_of(answer: HttpResponseBase) -> bytes:
    """Of a file too, which is closed by reading it to its end."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content
