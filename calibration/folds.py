"""Differences from cross-validation: do intervals hold what other training rows would give?

python -m calibration.folds
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import stdtrit

from calibration.table import table
from fitscope.diagnosis.compare import difference
from fitscope.diagnosis.folds import Folds

FEATURES, FOLDS = 8, 5
FRESH = 500
Learner = Callable[[np.ndarray, np.ndarray, np.ndarray, np.random.Generator], np.ndarray]
"""Training features and targets, features to predict for, random numbers -> predictions."""


def tables(random: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """A simulated table: partly linear, with noise as large as the signal."""
    x = random.normal(size=(rows, FEATURES))
    y = x[:, 0] + 0.7 * x[:, 1] - 0.5 * x[:, 2] + 0.6 * np.sin(2 * x[:, 3])
    return x, y + 0.4 * x[:, 0] * x[:, 1] + random.normal(size=rows)


def ridge(strength: float) -> Learner:
    """Ridge regression."""

    def predict(x, y, fresh, _):
        mean, level = x.mean(axis=0), y.mean()
        off = x - mean
        weights = np.linalg.solve(off.T @ off + strength * np.eye(x.shape[1]), off.T @ (y - level))
        return (fresh - mean) @ weights + level

    return predict


def neighbours(count: int) -> Learner:
    """The mean of the nearest neighbours."""

    def predict(x, y, fresh, _):
        far = (fresh**2).sum(axis=1)[:, None] + (x**2).sum(axis=1) - 2 * fresh @ x.T
        return y[np.argpartition(far, count, axis=1)[:, :count]].mean(axis=1)

    return predict


def random_features(count: int) -> Learner:
    """Ridge regression on random cosines: another seed makes another model."""

    def predict(x, y, fresh, random):
        weights = random.normal(0, 0.7, (x.shape[1], count))
        shift = random.uniform(0, 2 * np.pi, count)
        wide = [np.hstack([rows, np.cos(rows @ weights + shift)]) for rows in (x, fresh)]
        return ridge(0.1)(wide[0], y, wide[1], random)

    return predict


def selected(count: int) -> Learner:
    """Least squares on the features that correlate best in a bootstrap sample: unstable."""

    def predict(x, y, fresh, random):
        drawn = random.integers(0, len(y), len(y))
        x, y = x[drawn], y[drawn]
        along = np.abs((x - x.mean(axis=0)).T @ (y - y.mean()))
        best = np.argsort(along)[-count:]
        return ridge(1e-3)(x[:, best], y, fresh[:, best], random)

    return predict


PAIRS: dict[str, tuple[Learner, Learner]] = {
    "ridge, two strengths": (ridge(1), ridge(30)),
    "neighbours, 5 and 15": (neighbours(5), neighbours(15)),
    "ridge and neighbours": (ridge(1), neighbours(10)),
    "random features, equal": (random_features(20),) * 2,
    "selected features, equal": (selected(4),) * 2,
    "selected features and ridge": (selected(3), ridge(1)),
}


@dataclass(frozen=True)
class Coverage:
    """Share of 95 % intervals that hold the expected difference.

    Attributes:
        times: cross-validations.
        uncorrected: with rows and rounds alone.
        corrected: with `Folds`.
        classic: Nadeau and Bengio's from the means of the folds.
        width: mean error of the corrected one over that of the uncorrected one.
        narrower: mean reach of its intervals over that of the classic ones.
    """

    times: int
    uncorrected: float
    corrected: float
    classic: float
    width: float
    narrower: float


def cross_validated(
    pair: tuple[Learner, Learner], rows: int, rounds: int, random: np.random.Generator
) -> tuple[Float[np.ndarray, "2 rounds rows"], np.ndarray]:
    """Squared errors of two learners on one simulated table, and the fold of each row."""
    x, y = tables(random, rows)
    of = random.permutation(np.arange(rows) % FOLDS)
    losses = np.empty((2, rounds, rows))
    for side, learner in enumerate(pair):
        for number in range(rounds):
            for fold in range(FOLDS):
                out = of == fold
                predicted = learner(x[~out], y[~out], x[out], random)
                losses[side, number, out] = (predicted - y[out]) ** 2
    return losses, of


def expected(pair: tuple[Learner, Learner], rows: int, times: int) -> float:
    """The difference that other training rows give on average."""
    random, found = np.random.default_rng(rows), []
    if pair[0] is pair[1]:
        return 0.0
    for _ in range(times):
        x, y = tables(random, rows * (FOLDS - 1) // FOLDS)
        fresh, target = tables(random, FRESH)
        a, b = ((one(x, y, fresh, random) - target) ** 2 for one in pair)
        found.append(float((a - b).mean()))
    return float(np.mean(found))


def coverage(
    pair: tuple[Learner, Learner], rows: int, rounds: int, times: int, truth: float
) -> Coverage:
    """Cross-validate two learners on many simulated tables."""
    random = np.random.default_rng([rows, rounds])
    held, errors, reaches = [], [], []
    for _ in range(times):
        (a, b), of = cross_validated(pair, rows, rounds, random)
        folds = Folds(of, train=rows * (FOLDS - 1) / FOLDS)
        plain, corrected = difference(a, b), difference(a, b, folds=folds)
        means = np.stack([(a - b)[:, of == fold].mean(axis=1) for fold in range(FOLDS)])
        error = (means.var(ddof=1) * (1 / means.size + 1 / (FOLDS - 1))) ** 0.5
        reach = float(stdtrit(means.size - 1, 0.975)) * error
        held.append(
            [
                *(low <= truth <= high for low, high in (plain.interval, corrected.interval)),
                abs(plain.value - truth) <= reach,
            ]
        )
        errors.append((plain.error, corrected.error))
        reaches.append((corrected.interval[1] - corrected.value, reach))
    shares, mean, wide = np.mean(held, axis=0), np.mean(errors, axis=0), np.mean(reaches, axis=0)
    return Coverage(times, *map(float, shares), float(mean[1] / mean[0]), float(wide[0] / wide[1]))


def report(times: int = 400) -> str:
    """The table for docs/how-examinations-work.md."""
    lines = []
    for name, pair in PAIRS.items():
        for rows, often in ((100, times), (400, times), (2_000, times // 8)):
            truth = expected(pair, rows, 3 * often)
            for rounds in (1, 3):
                found = coverage(pair, rows, rounds, often, truth)
                shares = (found.uncorrected, found.corrected, found.classic)
                lines.append(
                    [
                        name,
                        f"{rows:,}",
                        f"{rounds}",
                        *(f"{100 * share:.1f} %" for share in shares),
                        f"{found.width:.2f}",
                        f"{found.narrower:.2f}",
                    ]
                )
    said = (
        f"Two learners on simulated tables, {FOLDS} folds, {times:,} tables for each line "
        f"({times // 8} of 2,000 rows): how often the 95 % interval of their difference holds the "
        "one that other training rows of the same number give on average. Of equal learners the "
        "rest is how often they are called different. Uncorrected: rows and rounds alone. "
        "Classic: Nadeau and Bengio's from the means of the folds. Error: corrected over "
        "uncorrected. Reach: of the corrected interval, over that of the classic one."
    )
    head = ["learners", "rows", "rounds", "uncorrected", "corrected", "classic", "error", "reach"]
    return said + "\n\n" + table(head, lines)


if __name__ == "__main__":
    print(report())
