import signal
import threading
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection

from allocations import gateway, triggers
from allocations.management.redis_checks import insist_on_noeviction
from allocations.presenters.notices import mail
from allocations.queue import RUNS
from allocations.services import api_calls, erasing, export_jobs, mailing, notices, person_years, webhook_deliveries
from allocations.services.publishing import publish_seals
from allocations.services.sealing import link_entries, seal_if_due
from allocations.services.sweeping import BalanceWatch, sweep


class Command(BaseCommand):
    requires_system_checks = ("models", "money")
    help = "Ring again for runs and uploads whose doorbell was lost. One sweeper works, others stand by."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *_: Any, **options: Any) -> None:
        triggers.insist(connection)
        insist_on_noeviction(RUNS)
        every = timedelta(seconds=settings.ENKASH_SWEEP_SECONDS)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        portal = gateway.build()
        self._balances = BalanceWatch(every=portal.timing.balance_age)
        while not stop.is_set():
            self._round(portal, every)
            if options["once"]:
                return
            stop.wait(every.total_seconds())

    def _round(self, portal: gateway.Gateway, every: timedelta) -> None:
        try:
            close_old_connections()
            rung = sweep(gateway=portal, every=every)
            if rung is not None:
                self._balances.refresh(gateway=portal)
                self._after_sweep(portal)
        except DatabaseError as error:
            self.stderr.write(f"the database is away, next try in {every.total_seconds():.0f} s: {error}")
            return
        if rung and any(rung):
            self.stdout.write(f"rang for {rung[0]} runs and {rung[1]} uploads")

    def _after_sweep(self, portal: gateway.Gateway) -> None:
        """Runs must go on whatever is wrong with the key."""
        link_entries()
        try:
            seal_if_due(now=portal.clock())
        except ImproperlyConfigured as error:
            self.stderr.write(f"the trail is not sealed: {error}")
        publish_seals(now=portal.clock())
        notices.collect(now=portal.clock())
        mailing.send_due(now=portal.clock(), word=mail)
        erasing.ring_due(now=portal.clock())
        export_jobs.ring_due(now=portal.clock())
        person_years.ring_due(now=portal.clock())
        export_jobs.expire_due(now=portal.clock())
        api_calls.forget_old(now=portal.clock())
        webhook_deliveries.collect(now=portal.clock())
        webhook_deliveries.ring_due(now=portal.clock())
        webhook_deliveries.forget_old(now=portal.clock())
