"""One figure as one line of JSON."""

import json
from dataclasses import asdict, dataclass


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
    def rows_per_s(self) -> float:
        return self.rows / self.seconds

    def json(self) -> str:
        return json.dumps({**asdict(self), "rows_per_s": round(self.rows_per_s)})
