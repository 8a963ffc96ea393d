"""PostgreSQL: something else is done on a connection of its own while the test's is in the middle of its work."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection

# Seconds for the other connection to come as far as it can.
HEAD_START = 1.5


class Beside:
    """`end` fails if the two waited for each other."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._thread = threading.Thread(target=self._run)
        self._errors: list[OperationalError] = []

    def _run(self) -> None:
        try:
            self._act()
        except OperationalError as error:
            self._errors.append(error)
        finally:
            connection.close()

    def _begin(self) -> None:
        self._thread.start()
        self._thread.join(HEAD_START)

    def end(self) -> None:
        self._thread.join(30)
        assert self._errors == []

    def before(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """`real`; before its first call the other one begins."""

        def wrapped(*args: Any, **options: Any) -> Any:
            if self._is_awaited():
                self._begin()
            return real(*args, **options)

        return wrapped

    def after(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """`real`; after its first call the other one begins."""

        def wrapped(*args: Any, **options: Any) -> Any:
            result = real(*args, **options)
            if self._is_awaited():
                self._begin()
            return result

        return wrapped

    def _is_awaited(self) -> bool:
        return threading.current_thread() is threading.main_thread() and self._thread.ident is None
