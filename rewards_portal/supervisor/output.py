"""Lines of many processes on one terminal: who said it in front, in a colour of its own."""

import os
from collections.abc import Mapping
from typing import TextIO

_COLOURS = (36, 32, 33, 35, 34, 96, 92, 93)


class Output:
    """Writes whole lines with the name of their service in front; colours only on a terminal without NO_COLOR."""

    def __init__(self, stream: TextIO, *, names: tuple[str, ...], environment: Mapping[str, str] = os.environ) -> None:
        self._stream = stream
        self._names = names
        self._width = max(map(len, names), default=0)
        self._coloured = stream.isatty() and not environment.get("NO_COLOR")

    def line(self, name: str, text: str) -> None:
        """Write one line of the service `name`."""
        front = f"{name:<{self._width}} |"
        if self._coloured:
            colour = _COLOURS[self._names.index(name) % len(_COLOURS)] if name in self._names else 1
            front = f"\033[{colour}m{front}\033[0m"
        self.plain(f"{front} {text}")

    def plain(self, text: str) -> None:
        """Write `text` as it is; a closed terminal is no reason to leave children running."""
        try:
            print(text, file=self._stream, flush=True)
        except (BrokenPipeError, OSError):
            return
