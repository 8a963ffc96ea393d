"""Calls at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each returned."""
    barrier, said = threading.Barrier(len(calls)), [None] * len(calls)

    def run(at: int, call: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            said[at] = call()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said
