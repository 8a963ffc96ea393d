"""Several acts in the same moment, each in a thread and on a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, connections

from allocations.domain.errors import DomainError

_PATIENCE = 120


def together(*acts: Callable[[], Any]) -> list[Any]:
    """What each returned, or its refusal: an error of the domain, or of the database's own rules. Any other error is
    raised here."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)
    broken: list[BaseException] = []

    def run(at: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(_PATIENCE)
            results[at] = act()
        except (DomainError, IntegrityError) as refusal:
            results[at] = refusal
        except BaseException as error:  # noqa: BLE001 - a thread has nobody to tell
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "Two of them wait for each other."
    for error in broken:
        raise error
    return results


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What each ended with: "ok" or the refusal's sentence."""
    return [str(one) if isinstance(one, Exception) else "ok" for one in together(*acts)]
