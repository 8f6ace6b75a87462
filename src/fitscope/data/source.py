"""`Source`: where rows came from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """Where rows came from.

    Attributes:
        kind: "file", "url", "simulated" or "arrays".
        location: the path or address, "simulated:SEED", or a few plain words.
        simulated: True if the rows were generated and not measured.

    Example:
        >>> print(Source("file", "rows.parquet", simulated=True))
        rows.parquet (simulated)
    """

    kind: str
    location: str
    simulated: bool = False

    def __str__(self) -> str:
        return f"{self.location} (simulated)" if self.simulated else self.location
