"""Whether this process lives, and whether it can work."""

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from allocations import triggers


@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process answers; asks no other system, so a slow database restarts nothing."""
    return HttpResponse("alive\n", content_type="text/plain")


@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and every migration is applied, else 503 and the reason."""
    problem = _problem()
    return HttpResponse(f"{problem or 'ready'}\n", content_type="text/plain", status=503 if problem else 200)


def _problem() -> str:
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return "database unreachable"
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return "migrations waiting"
    return "triggers missing" if triggers.missing(connection) else ""
