"""manage.py worker imports|runs"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django_rq.utils import reset_db_connections
from django_rq.workers import get_worker
from redis.exceptions import ConnectionError as RedisConnectionError
from rq.serializers import JSONSerializer

from allocations import triggers
from allocations.management.redis_checks import insist_on_noeviction
from allocations.management.worker import PortalJob, PortalWorker


class Command(BaseCommand):
    """Works on one queue until it is asked to end."""

    # A worker has no pages; the timings that keep money safe are checked wherever it starts.
    requires_system_checks = ("models", "money")
    help = "Works on one queue. Start one process per queue; more processes of a queue share its work."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one queue: a worker on two loses the job it holds when it dies between taking and starting it."""
        parser.add_argument("queue", choices=sorted(settings.RQ_QUEUES))
        parser.add_argument("--burst", action="store_true", help="end when the queue is empty")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Work; CommandError when Redis cannot be reached."""
        # RQ takes no serializer from the settings: without this line the worker would unpickle what Redis holds.
        serializer = JSONSerializer
        triggers.insist(connection)
        insist_on_noeviction(options["queue"])
        try:
            worker = get_worker(options["queue"], job_class=PortalJob, worker_class=PortalWorker, serializer=serializer)
            reset_db_connections()
            self.stdout.write(f"Waiting for jobs of {options['queue']}.")
            worker.work(burst=options["burst"], logging_level="WARNING")
        except RedisConnectionError as error:
            raise CommandError("Redis cannot be reached; check that it runs and that REDIS_URL is right.") from error
