"""How often 95 % intervals of a mean hold it: of skewed losses, of hits, and of models' losses.

python -m calibration.intervals
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float
from scipy.special import stdtrit

from calibration.events import events, fresh
from calibration.table import table
from fitscope.diagnosis.mean_interval import mean_interval

TIMES = 2_000
ROWS = (200, 1_000, 5_000, 20_000)
TRUTH = 20_000_000  # rows that a mean is taken from where no formula gives it
TRAINED, FRESH = 2_000, 400_000  # events that models learn from, and that they are tested on
HIGGS = Path(__file__).resolve().parents[2] / "shared" / "data" / "HIGGS-11k.csv.gz"
FEWEST_LEFT = 8_000  # rows that a test part leaves, so that their mean is as good as known
Draw = Callable[[np.random.Generator, int], Float[np.ndarray, " rows"]]
Drawn = Callable[[np.random.Generator, int], tuple[Float[np.ndarray, " rows"], float]]
"""A test part, and the mean that its interval should hold."""


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


def models() -> Iterator[tuple[str, Float[np.ndarray, " rows"]]]:
    """Cross-entropies of models on rows that they have not seen: simulated ones, and of HIGGS."""
    import polars as pl
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    learnt = events(0, TRAINED, 1)
    tables = {"simulated events": (learnt[:, 1:], learnt[:, 0], *fresh(FRESH))}
    if HIGGS.exists():
        rows = pl.read_csv(HIGGS, has_header=False).to_numpy()
        x, y = rows[:, 1:], rows[:, 0]
        tables["HIGGS"] = x[:TRAINED], y[:TRAINED], x[TRAINED:], y[TRAINED:]
    for name, (x, y, x_fresh, y_fresh) in tables.items():
        for kind, model in (
            ("logistic regression", make_pipeline(StandardScaler(), LogisticRegression())),
            ("boosting", HistGradientBoostingClassifier(random_state=0)),
        ):
            chances = model.fit(x, y).predict_proba(x_fresh)
            yield f"{kind}, {name}", -np.log(chances[np.arange(len(x_fresh)), y_fresh.astype(int)])


def part_of(losses: Float[np.ndarray, " rows"]) -> Drawn:
    """Test parts drawn without replacement, held against the mean of all other rows."""

    def drawn(random, rows):
        some = random.choice(len(losses), rows, replace=False, shuffle=False)
        rest = (losses.sum() - losses[some].sum()) / (len(losses) - rows)
        return losses[some], float(rest)

    return drawn


def from_all(draw: Draw, mean: float | None) -> Drawn:
    """New rows each time, held against the mean of all that there could be."""
    if mean is None:
        random = np.random.default_rng(0)
        pieces = range(TRUTH // 1_000_000)
        mean = float(np.mean([draw(random, 1_000_000).mean() for _ in pieces]))
    return lambda random, rows: (draw(random, rows), mean)


def line(name: str, drawn: Drawn, most: int, times: int) -> list[str]:
    """How often the interval, and Student's, hold the mean, for parts of up to `most` rows."""
    cells = []
    for rows in ROWS:
        if rows > most:
            cells.append("")
            continue
        random = np.random.default_rng(rows)
        held = np.zeros(2)
        often = times if rows < 20_000 else times // 2
        for _ in range(often):
            seen, mean = drawn(random, rows)
            for at, (low, high) in enumerate((mean_interval(seen), student(seen))):
                held[at] += low <= mean <= high
        ours, students = 100 * held / often
        cells.append(f"{ours:.1f} % ({students:.1f} %)")
    return [name, *cells]


def report(times: int = TIMES) -> str:
    """The table for docs/how-examinations-work.md."""
    lines = [line(kind, from_all(*how), max(ROWS), times) for kind, how in KINDS.items()]
    for name, losses in models():
        lines.append(line(name, part_of(losses), len(losses) - FEWEST_LEFT, times))
    said = (
        f"Simulated rows, {times:,} tests for each figure (± 0.5 %; of 20,000 rows half as many): "
        "how often the 95 % interval of the mean loss, or of the share of hits, holds the true "
        "one; in brackets, Student's interval. Then cross-entropies of scikit-learn's models that "
        f"learnt from {TRAINED:,} events, on test parts of {FRESH:,} simulated ones or of 9,000 "
        "of HIGGS, as often: how often the interval holds the mean of all other rows (an exact one "
        "that of the 8,000 others in 93.5 %, as their mean is not known better than so)."
    )
    return said + "\n\n" + table(["rows", *(f"{rows:,}" for rows in ROWS)], lines)


if __name__ == "__main__":
    print(report())
