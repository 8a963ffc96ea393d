"""python -m bench.way bench.api_ways token | read BATCH: what the portal does beside its web server."""

import json
import resource
import time
from datetime import timedelta

from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils import timezone

from allocations.domain.api_tokens import Scope
from allocations.domain.policy import Actor, Role
from allocations.imports.run import run_import
from allocations.models import Account, Batch, Problem, Row, Upload
from allocations.services.api_tokens import make_token
from allocations.services.bulk import delete_of_batch


def token() -> dict[str, object]:
    user, _ = User.objects.get_or_create(username="bench")
    user.groups.add(Group.objects.get_or_create(name="admin")[0])
    account, _ = Account.objects.get_or_create(name="Bench", company_id="B", card_account_id="B")
    known_at = timezone.now() + timedelta(minutes=5)
    actor = Actor(id=user.pk, name="bench", roles=frozenset({Role.ADMIN}), known_at=known_at)
    _, text = make_token(actor, name="Bench", scopes=tuple(Scope), days=1)
    return {"token": text, "account": account.pk}


def read(batch_id: str) -> dict[str, object]:
    """What a worker does when it is rung for. Rows of other turns go first."""
    for batch in Batch.objects.exclude(pk=batch_id):
        delete_of_batch(Problem, batch.pk)
        delete_of_batch(Row, batch.pk)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    upload = Upload.objects.get(batch=batch_id)
    start = time.perf_counter()
    run_import(upload.pk)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": seconds, "stored": Row.objects.filter(batch=batch_id).count(), "peak_mb": peak}


def main(act: str, *arguments: str) -> None:
    print(json.dumps({"token": token, "read": read}[act](*arguments)))
