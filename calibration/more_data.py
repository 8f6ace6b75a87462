"""Would more rows help: predicted gains beside those that hidden rows bring.

python -m calibration.more_data
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from calibration.table import table
from fitscope.diagnosis.learning_curve import LearningCurve, learning_curve

FRESH = 20_000
MANY = 60_000  # fresh rows where losses scatter far
SURE = 0.95
SHARES = (0.125, 0.25, 0.5, 1.0)
SUBSETS = (4, 4, 3, 3)
VALIDATION = 1_000
Rows = tuple[np.ndarray, np.ndarray]
Losses = Callable[[Rows, Rows, int], np.ndarray]
"""Training rows, rows to predict, seed -> loss of each row predicted."""
Values = Callable[[Rows, np.ndarray, int], np.ndarray]
"""Training rows, features to predict, seed -> number predicted for each."""


def linear_labels(random: np.random.Generator, rows: int) -> Rows:
    """Two labels; log-odds are linear in 20 features."""
    x = random.normal(size=(rows, 20))
    odds = x @ (1.2 * 0.8 ** np.arange(20))
    return x, (random.uniform(size=rows) < 1 / (1 + np.exp(-odds))).astype(int)


def bent_labels(random: np.random.Generator, rows: int) -> Rows:
    """Two labels; log-odds have products and waves of 8 features."""
    x = random.normal(size=(rows, 8))
    odds = 1.5 * x[:, 0] * x[:, 1] + x[:, 2] + np.sin(3 * x[:, 3]) + 0.5 * x[:, 4]
    return x, (random.uniform(size=rows) < 1 / (1 + np.exp(-2 * odds))).astype(int)


def numbers(random: np.random.Generator, rows: int) -> Rows:
    """A number: linear and bent in 8 features, with noise that has long tails."""
    x = random.normal(size=(rows, 8))
    y = x[:, 0] + x[:, 1] * x[:, 2] + np.sin(2 * x[:, 3]) + 0.5 * np.abs(x[:, 4])
    return x, y + 0.7 * random.standard_t(5, rows)


def nothing(random: np.random.Generator, rows: int) -> Rows:
    """Two labels that no feature knows of."""
    return random.normal(size=(rows, 5)), random.integers(0, 2, rows)


def of_odds(odds: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Cross-entropy."""
    return np.logaddexp(0.0, odds) - odds * y


def logistic(strength: float) -> Losses:
    """Logistic regression."""

    def losses(train, fresh, _):
        from sklearn.linear_model import LogisticRegression

        fitted = LogisticRegression(C=strength, max_iter=200).fit(*train)
        return of_odds(fitted.decision_function(fresh[0]), fresh[1])

    return losses


def boosted(leaves: int) -> Losses:
    """Histogram gradient boosting."""

    def losses(train, fresh, seed):
        from sklearn.ensemble import HistGradientBoostingClassifier

        fitted = HistGradientBoostingClassifier(
            max_leaf_nodes=leaves, max_iter=40, early_stopping=False, random_state=seed
        ).fit(*train)
        return of_odds(fitted.decision_function(fresh[0]), fresh[1])

    return losses


def network(units: int) -> Losses:
    """A network of one hidden layer, with weight decay, the same number of steps at all sizes."""

    def losses(train, fresh, seed):
        import warnings

        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPClassifier

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # it has its steps
            fitted = MLPClassifier(
                units,
                alpha=0.5,
                batch_size=50,
                max_iter=40_000 // len(train[0]) + 1,
                learning_rate_init=0.01,
                random_state=seed,
            ).fit(*train)
        chance = np.clip(fitted.predict_proba(fresh[0])[:, 1], 1e-9, 1 - 1e-9)
        return of_odds(np.log(chance / (1 - chance)), fresh[1])

    return losses


def squared(values: Values) -> Losses:
    """Squared errors of predicted numbers."""
    return lambda train, fresh, seed: (values(train, fresh[0], seed) - fresh[1]) ** 2


def ridge(strength: float, cosines: int = 0) -> Values:
    """Ridge regression, on random cosines of the features as well if asked for."""

    def values(train, z, seed):
        x, y = train
        if cosines:
            random = np.random.default_rng(seed)
            weights = random.normal(0, 0.6, (x.shape[1], cosines))
            shift = random.uniform(0, 2 * np.pi, cosines)
            x, z = (np.hstack([rows, np.cos(rows @ weights + shift)]) for rows in (x, z))
        mean, level = x.mean(axis=0), y.mean()
        off = x - mean
        found = np.linalg.solve(off.T @ off + strength * np.eye(x.shape[1]), off.T @ (y - level))
        return (z - mean) @ found + level

    return values


def neighbours(count: int) -> Values:
    """The mean of the nearest neighbours."""

    def values(train, z, _):
        from sklearn.neighbors import KNeighborsRegressor

        return KNeighborsRegressor(count).fit(*train).predict(z)

    return values


@dataclass(frozen=True)
class Task:
    """What is learnt, by what, from how many rows, and how often it is tried."""

    draw: Callable[[np.random.Generator, int], Rows]
    losses: Losses
    rows: int
    times: int
    fresh: int = FRESH


TASKS = {
    "linear labels, logistic regression, 400 rows": Task(linear_labels, logistic(1), 400, 60),
    "linear labels, hardly regularized, 400 rows": Task(linear_labels, logistic(100), 400, 60),
    "linear labels, logistic regression, 3,200 rows": Task(linear_labels, logistic(1), 3_200, 30),
    "bent labels, logistic regression, 1,600 rows": Task(bent_labels, logistic(1), 1_600, 30),
    "bent labels, boosting, 800 rows": Task(bent_labels, boosted(8), 800, 30, MANY),
    "bent labels, boosting, 3,200 rows": Task(bent_labels, boosted(8), 3_200, 12, MANY),
    "bent labels, network, 800 rows": Task(bent_labels, network(16), 800, 10),
    "nothing to learn, logistic regression, 400 rows": Task(nothing, logistic(1), 400, 60),
    "numbers, ridge, 400 rows": Task(numbers, squared(ridge(1)), 400, 100),
    "numbers, 60 random features, 800 rows": Task(numbers, squared(ridge(0.3, 60)), 800, 60),
    "numbers, 300 random features, 1,600 rows": Task(numbers, squared(ridge(3, 300)), 1_600, 20),
    "numbers, neighbours, 800 rows": Task(numbers, squared(neighbours(10)), 800, 20),
}


def curve(
    task: Task, train: Rows, validation: Rows, random: np.random.Generator
) -> tuple[list[int], list[Float[np.ndarray, "subsets rows"]]]:
    """Losses on the validation rows of models trained on parts of the training rows."""
    sizes, losses = [], []
    for share, subsets in zip(SHARES, SUBSETS, strict=True):
        size = int(share * task.rows)
        few = []
        for number in range(subsets):
            drawn = random.permutation(task.rows)[:size]
            few.append(task.losses((train[0][drawn], train[1][drawn]), validation, 10 + number))
        sizes.append(size)
        losses.append(np.stack(few))
    return sizes, losses


@dataclass(frozen=True)
class Trial:
    """One table half of whose rows are hidden.

    Attributes:
        found: the learning curve of the other half.
        brought: what the hidden rows take away of the loss on fresh rows.
    """

    found: LearningCurve
    brought: float


def trials(name: str, share: float = 1.0) -> list[Trial]:
    """Tables of one task: what is predicted, and what the hidden rows bring."""
    task, made = TASKS[name], []
    for number in range(max(int(share * task.times), 2)):
        random = np.random.default_rng(number)
        x, y = task.draw(random, 2 * task.rows)
        validation, fresh = task.draw(random, VALIDATION), task.draw(random, task.fresh)
        half = x[: task.rows], y[: task.rows]
        before, after = (float(task.losses(rows, fresh, number).mean()) for rows in (half, (x, y)))
        sizes, losses = curve(task, half, validation, random)
        made.append(Trial(learning_curve(sizes, losses), before - after))
    return made


def report(share: float = 1.0) -> str:
    """The table for docs/how-examinations-work.md.

    Args:
        share: of the tables of each task that are drawn.
    """
    lines, every = [], []
    for name in TASKS:
        made = trials(name, share)
        brought = np.array([one.brought for one in made])
        mean, error = brought.mean(), brought.std(ddof=1) / len(made) ** 0.5
        told = [(one.found.doubling, one.brought) for one in made if one.found.doubling is not None]
        judged = np.array(
            [
                (
                    found.interval[0] <= max(mean, 0.0) <= found.interval[1],
                    found.interval[0] <= max(own, 0.0) <= found.interval[1],
                    found.sure > SURE and own < 0,
                )
                for found, own in told
            ]
        ).reshape(-1, 3)
        every.append((len(made), judged))
        widths = [found.interval[1] - found.interval[0] for found, _ in told]
        lines.append(
            [
                name,
                *_shares(len(made), judged),
                f"{mean:+.4f} ± {error:.4f}",
                f"{np.median([found.gain for found, _ in told]):+.4f}" if told else "",
                f"{np.median(widths):.4f}" if told else "",
            ]
        )
    counts, all_judged = zip(*every, strict=True)
    lines.append(["**all**", *_shares(sum(counts), np.concatenate(all_judged)), "", "", ""])
    said = (
        f"Simulated tables, half of their rows hidden: {len(SHARES)} sizes from an eighth of the "
        f"rest up, {min(SUBSETS)} or {max(SUBSETS)} subsets each, {VALIDATION:,} validation rows. "
        "What is predicted of twice the rows, and what the hidden rows bring on fresh ones: how "
        "often the 90 % interval holds the mean gain over all tables of the task, and the gain "
        f"on its own table, and how often the loss is said to fall (sure by {100 * SURE:g} %) "
        "and rises on its own table. Then the mean gain, the median of the "
        "predicted ones, and that of the widths of their intervals."
    )
    head = ["task", "tables", "not predictable", "holds the mean", "its own", "wrong sign"]
    return said + "\n\n" + table([*head, "gain", "predicted", "width"], lines)


def _shares(tables: int, judged: np.ndarray) -> list[str]:
    """How many tables, what share is not predictable, and how the others fare."""
    shares = judged.mean(axis=0) if len(judged) else np.full(3, np.nan)
    return [
        f"{tables}",
        f"{100 * (1 - len(judged) / tables):.0f} %",
        *(f"{100 * one:.0f} %" for one in shares),
    ]


if __name__ == "__main__":
    print(report())
