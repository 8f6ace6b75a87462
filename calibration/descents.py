"""How often a second descent is seen along widths, where there is none and where there is one.

python -m calibration.descents
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from calibration.table import share, table
from fitscope.diagnosis.all_pairs import all_pairs
from fitscope.diagnosis.folds import Folds
from fitscope.diagnosis.second_descent import second_descent

TIMES = 40
PLACES = np.linspace(0, 1, 12)
ROWS = 400
NEEDED = 0.01
ONE: dict[str, Float[np.ndarray, " places"]] = {
    "flat": 0 * PLACES,
    "falls": np.exp(-6 * PLACES),
    "falls and rises": np.abs(PLACES - 0.4),
    "rises and stays": np.where(PLACES < 0.3, 0.0, 0.5),
    "falls, rises and stays": np.where(PLACES < 0.15, 0.3, np.where(PLACES < 0.5, 0.0, 0.5)),
}
"""True losses of single descents."""
TWO = 0.3 * np.exp(-8 * PLACES) + 0.5 * np.exp(-(((PLACES - 0.57) / 0.15) ** 2))
PEAKED = 1 + 3 * np.exp(-(((PLACES - 0.57) / 0.1) ** 2))
"""How much further runs scatter near the peak than elsewhere."""
DESIGNS = {"5 folds, 1 round": (1, 5), "5 folds, 3 rounds": (3, 5), "one part, 3 runs": (3, 1)}
SCATTER = {
    "runs alike": 0.0 * PLACES,
    "scatter 0.03": 0.03 + 0 * PLACES,
    "0.03, at the peak 0.12": 0.03 * PEAKED,
    "0.1, at the peak 0.4": 0.1 * PEAKED,
}


def drawn(
    random: np.random.Generator,
    levels: Float[np.ndarray, " places"],
    runs: int,
    folds: int,
    scatter: Float[np.ndarray, " places"],
    rows: int = ROWS,
) -> tuple[list[Float[np.ndarray, "runs rows"]], Folds | None]:
    """Row losses whose truth is `levels`: rows are hard or easy, neighbours alike, runs lucky.

    Args:
        random: where they come from.
        levels: the true mean of each place.
        runs: of each place; rounds, with folds.
        folds: 1 for a single validation part.
        scatter: standard deviation of a run's own luck, at each place.
        rows: validation rows.
    """
    hard = random.exponential(0.3, rows)
    alike = np.cumsum(random.normal(0, 0.2, (len(levels), rows)), axis=0)
    of = np.arange(rows) % folds
    sides = []
    for level, shared, luck in zip(levels, alike, scatter, strict=True):
        own = 0.2 * random.standard_t(5, (runs, rows))
        sides.append(level + hard + shared + own + random.normal(0, luck, (runs, folds))[:, of])
    return sides, Folds(of, rows * (folds - 1) / folds) if folds > 1 else None


def seen(sides: list[Float[np.ndarray, "runs rows"]], of: Folds | None) -> bool:
    """Whether a second descent is seen in losses as `drawn` gives them."""
    found = second_descent(all_pairs(sides, of), NEEDED)
    return found is not None and found.seen


def report(times: int = TIMES) -> str:
    """Shares of single descents that are called two, and of two descents that are found."""
    random = np.random.default_rng(0)
    lines, false = [], []
    for design, (runs, folds) in DESIGNS.items():
        for name, scatter in SCATTER.items():
            one = [
                seen(*drawn(random, levels, runs, folds, scatter))
                for levels in ONE.values()
                for _ in range(times)
            ]
            two = [seen(*drawn(random, TWO, runs, folds, scatter)) for _ in range(times)]
            false += one
            lines.append([f"{design}; {name}", share(one), share(two)])
    lines.append(["**all**", share(false), ""])
    return (
        f"Simulated losses of {ROWS} rows at {len(PLACES)} widths, whose truth is known: single "
        f"descents of {len(ONE)} shapes, and one that rises by 0.5 and falls again by 0.5; single "
        "rows scatter by about 0.6 between two widths. How far runs scatter of themselves is told "
        f"in the same unit. {times} draws a shape.\n\n"
    ) + table(["runs", "one descent, called two", "two, found"], lines)


if __name__ == "__main__":
    print(report())
