"""One figure as one line of JSON."""

import json
from dataclasses import asdict, dataclass
from typing import Protocol


class Figure(Protocol):
    """What every line has: its place in the table, and `rate`, the figure that is compared, per second."""

    @property
    def bench(self) -> str: ...
    @property
    def who(self) -> str: ...
    @property
    def db(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def rate(self) -> float: ...

    def json(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Line:
    """`peak_mb` is the measuring process's own peak; `child_mb` that of the process that reads workbooks."""

    bench: str
    who: str
    db: str
    format: str
    rows: int
    seconds: float
    peak_mb: int
    child_mb: int
    round: int

    @property
    def rate(self) -> float:
        return self.rows / self.seconds

    def json(self) -> str:
        return json.dumps({**asdict(self), "rows_per_s": round(self.rate)})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """`format` is lanes, rows of a call and the provider's latency; README.md explains the figures per chunk."""

    bench: str = "run"
    who: str
    db: str
    format: str
    rows: int
    lanes: int
    calls: int
    seconds: float
    plan_seconds: float
    call_ms: float
    own_ms: float
    cpu_ms: float
    queries: float
    db_ms: float
    db_cpu_ms: float
    share_of_bound: float
    share_of_pace: float
    load: float
    round: int

    @property
    def rate(self) -> float:
        return self.rows / self.seconds

    def json(self) -> str:
        return json.dumps({**asdict(self), "rows_per_s": round(self.rate)})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """`format` is the page, `rows` the size of the batch it is about."""

    bench: str = "pages"
    who: str
    db: str
    format: str
    rows: int
    requests: int
    median_ms: float
    p99_ms: float
    cpu_ms: float
    queries: int
    load: float
    round: int

    @property
    def rate(self) -> float:
        return 1000 / self.median_ms

    def json(self) -> str:
        return json.dumps(asdict(self))
