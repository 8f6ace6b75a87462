"""How often 95 % intervals of a mean hold it, of skewed losses and of hits.

python -m calibration.intervals
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from scipy.special import stdtrit

from calibration.table import table
from fitscope.diagnosis.mean_interval import mean_interval

TIMES = 2_000
ROWS = (200, 1_000, 5_000, 20_000)
TRUTH = 20_000_000  # rows that a mean is taken from where no formula gives it
Draw = Callable[[np.random.Generator, int], Float[np.ndarray, " rows"]]


def cross_entropies(spread: float, too_sure: float = 1.0) -> Draw:
    """A classifier with normal log-odds that are `too_sure` times what they should be."""

    def draw(random, rows):
        odds = random.normal(0, spread, rows)
        right = random.uniform(size=rows) < 1 / (1 + np.exp(-odds / too_sure))
        return np.logaddexp(0.0, np.where(right, -odds, odds))

    return draw


KINDS: dict[str, tuple[Draw, float | None]] = {
    "cross-entropy, plain": (cross_entropies(2), None),
    "cross-entropy, confident and right": (cross_entropies(8), None),
    "cross-entropy, very confident and right": (cross_entropies(30), None),
    "cross-entropy, three times too sure": (cross_entropies(12, 3), None),
    "squared error, normal": (lambda random, rows: random.normal(size=rows) ** 2, 1.0),
    "squared error, Laplace": (lambda random, rows: random.laplace(size=rows) ** 2, 2.0),
    "squared error, Student's t, 5": (lambda r, rows: r.standard_t(5, rows) ** 2, 5 / 3),
    "hits, 70 %": (lambda random, rows: random.uniform(size=rows) < 0.7, 0.7),
    "hits, 98 %": (lambda random, rows: random.uniform(size=rows) < 0.98, 0.98),
}


def student(rows: Float[np.ndarray, " rows"]) -> tuple[float, float]:
    """Student's interval, for comparison."""
    reach = float(stdtrit(len(rows) - 1, 0.975)) * rows.std(ddof=1) / len(rows) ** 0.5
    return float(rows.mean() - reach), float(rows.mean() + reach)


def report(times: int = TIMES) -> str:
    """The table for docs/how-examinations-work.md."""
    lines = []
    for kind, (draw, mean) in KINDS.items():
        if mean is None:
            pieces = range(TRUTH // 1_000_000)
            random = np.random.default_rng(0)
            mean = float(np.mean([draw(random, 1_000_000).mean() for _ in pieces]))
        shares = []
        for rows in ROWS:
            random = np.random.default_rng(rows)
            held = np.zeros(2)
            often = times if rows < 20_000 else times // 2
            for _ in range(often):
                seen = draw(random, rows)
                for at, (low, high) in enumerate((mean_interval(seen), student(seen))):
                    held[at] += low <= mean <= high
            shares.append(held / often)
        lines.append([kind, *(f"{100 * a:.1f} % ({100 * b:.1f} %)" for a, b in shares)])
    said = (
        f"Simulated rows, {times:,} tests for each figure (± 0.5 %; of 20,000 rows half as many): "
        "how often the 95 % interval of the mean loss, or of the share of hits, holds the true "
        "one; in brackets, Student's interval."
    )
    return said + "\n\n" + table(["rows", *(f"{rows:,}" for rows in ROWS)], lines)


if __name__ == "__main__":
    print(report())
