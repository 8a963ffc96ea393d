"""The portal's figures for Prometheus, for whoever has METRICS_TOKEN. No name of a person and no batch is in them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from math import ceil
from secrets import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_rq import get_queue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from allocations.gateway import database_now
from allocations.queue import workers_of
from allocations.selectors.operating import operating
from allocations.services.holds import frozen

_QUANTILES = (0.5, 0.95, 1.0)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer 404 to whoever does not know the token: nobody learns that there is one."""
    told = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not compare_digest(told.encode(), settings.METRICS_TOKEN.encode()):
        raise Http404
    registry = CollectorRegistry()
    registry.register(_Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """Read anew for each request: every process of the portal would answer the same."""

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Return nothing, or the registry would read all figures once more to learn their names."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every figure."""
        now, figures = database_now(), operating()
        yield _by("portal_runs", "Runs that have not ended", "state", figures.runs)
        yield _by("portal_open_rows", "Rows of runs that have not ended", "outcome", figures.rows)
        yield _one("portal_unknown_seconds", "Age of the oldest unknown outcome", _age(figures.unknown_since, now))
        yield _one("portal_rows_for_people", "Rows that wait for people", figures.for_people)
        yield _one("portal_batches_to_approve", "Batches that await approval", figures.submitted)
        yield _one("portal_lists_to_read", "Uploaded lists that are not read yet", figures.uploads)
        yield _one("portal_sweeper_seconds", "Time since the sweeper's last round", _age(figures.swept_at, now))
        yield _one("portal_login_failures", "Logins at EnKash that failed in a row; 2 stop", figures.login_failures)
        yield _one("portal_recovering", "Whether the portal recovers from a restore", figures.recovering)
        yield _one("portal_frozen", "Whether all sending is frozen", frozen())
        yield _by("portal_recent_calls", "The newest calls to EnKash", "state", figures.calls)
        yield _by("portal_recent_call_seconds", "What they took", "quantile", _quantiles(figures.seconds))
        yield _one("portal_unsealed_entries", "Entries of the trail that no seal covers yet", figures.unsealed)
        yield _by("portal_balance_points", "Balance as last told by EnKash", "account", figures.balances)
        yield _differences(figures.differences)
        yield _by("portal_webhook_events", "Events that webhooks have not got", "state", figures.events)
        yield from _queues()


def _queues() -> Iterator[GaugeMetricFamily]:
    """Nothing while Redis is away: a figure that is missing raises its own alarm."""
    try:
        jobs = {name: get_queue(name).count for name in settings.RQ_QUEUES}
        workers = {name: workers_of(name) for name in settings.RQ_QUEUES}
    except (RedisError, OSError):
        return
    yield _by("portal_queue_jobs", "Jobs that no worker has taken", "queue", jobs)
    yield _by("portal_queue_workers", "Workers", "queue", workers)


def _differences(counted: Mapping[tuple[str, bool], int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "portal_contract_differences",
        "Differences between EnKash's answers and its documentation that nobody has marked",
        labels=["call", "weight"],
    )
    for (call, breaking), count in counted.items():
        family.add_metric([call, "breaking" if breaking else "news"], count)
    return family


def _one(name: str, text: str, value: float | None) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text)
    if value is not None:
        family.add_metric([], value)
    return family


def _by(name: str, text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _age(at: datetime | None, now: datetime) -> float | None:
    return max((now - at).total_seconds(), 0) if at else None


def _quantiles(ordered: list[float]) -> dict[str, float]:
    return {str(share): ordered[ceil(share * len(ordered)) - 1] for share in _QUANTILES} if ordered else {}
