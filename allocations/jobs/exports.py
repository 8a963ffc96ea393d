from django.db import InterfaceError, OperationalError, connections
from django.http import QueryDict
from rq.timeouts import BaseTimeoutException

from allocations.exports.background import run_export
from allocations.exports.search import Wanted
from allocations.forms.searches import search_of
from allocations.gateway import database_now
from allocations.models import ExportJob
from allocations.services import export_jobs


def write_export(export_id: int) -> None:
    # The work-horse is forked: a connection of its parent must not be shared.
    connections.close_all()
    claim = export_jobs.claim_export(export_id, now=database_now())
    if claim is None:
        return
    try:
        query = ExportJob.objects.values_list("query", flat=True).get(pk=export_id)
        asked = search_of(QueryDict(query))
        run_export(claim, wanted=Wanted(None, asked.facets, asked.filter) if query else None)
    except (BaseTimeoutException, OperationalError, InterfaceError):
        # The database was away or the time was up: the sweeper rings again, a few times.
        raise
    except Exception:
        export_jobs.fail_for_defect(claim)
        raise
