"""FS105: too few validation rows for the differences at stake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from fitscope.examination.checks.seen import Part, Seen
from fitscope.numbers import percent
from fitscope.task import Task
from fitscope.verdicts.check import Check

STAKE = 0.1
"""Share of what there is to learn that a difference between two models should be told at: less
hardly decides between them. Halved, four times the rows are needed."""

POWER = 1.96 + 0.84
"""Standard errors that a difference must have to be found at the 95 % level four times in five
(normal distribution)."""

FAR_TOO_FEW = 10
"""Times the rows there are from which on needing them is a warning."""

MOST_ROWS = 5_000
MOST_VALUES = 500_000
"""And of wide tables no more values than that."""

TREES = 120
"""Boosted trees of all classes together, at least 5 a class."""

BINS = 63  # of each feature; more only take longer

PLAIN, RICH = (8, 20), (31, 5)
"""Leaves and fewest rows of a leaf of the two boosted models that are compared."""


@dataclass(frozen=True)
class Need:
    """How many validation rows a comparison of two plausible models takes.

    Attributes:
        learnt: how far the best of these and a linear one lies below the constant predictor, in
            the task's loss.
        error: its standard error.
        spread: standard deviation of the row-by-row difference of the two.
        rows: validation rows that show a difference of `STAKE` of what was learnt.
    """

    learnt: float
    error: float
    spread: float
    rows: float


def need(train: Part, fresh: Part, task: Task) -> Need:
    """Compare a plain and a rich boosted model, as two rungs of a ladder differ, row by row.

    Args:
        train: rows that they learn from.
        fresh: rows that they are compared on.
        task: what is learnt.
    """
    constant = _constant(train.y, fresh.y, task)
    some = max(500, min(MOST_ROWS, MOST_VALUES // train.x.shape[1]))
    every = -(-len(train.x) // some)
    learnt_from = Part(train.x[::every], train.y[::every])
    plain, rich, linear = (
        _losses(model, learnt_from, fresh, task)
        for model in (_trees(task, PLAIN), _trees(task, RICH), _linear(task))
    )
    best = min((plain, rich, linear), key=lambda losses: losses.mean())
    gain = constant - best
    learnt = float(gain.mean())
    spread = float((plain - rich).std())
    rows = (POWER * spread / (STAKE * learnt)) ** 2 if learnt > 0 else np.inf
    return Need(learnt, float(gain.std() / np.sqrt(len(gain))), spread, rows)


def _constant(y: np.ndarray, fresh: np.ndarray, task: Task) -> Float[np.ndarray, " fresh"]:
    if task.kind == "regression":
        return (fresh - y.mean()) ** 2
    counts = np.bincount(y.astype(int), minlength=max(2, task.outputs)) + 1e-6
    return -np.log(counts / counts.sum())[fresh.astype(int)]


def _trees(task: Task, size: tuple[int, int]) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    regression = task.kind == "regression"
    kind = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
    rounds = TREES // 2 if regression else max(TREES // max(2, task.outputs), 5)
    return kind(
        max_iter=rounds,
        max_leaf_nodes=size[0],
        min_samples_leaf=size[1],
        max_bins=BINS,
        early_stopping=False,  # pyright: ignore[reportArgumentType]
        random_state=0,
    )


def _linear(task: Task) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge

    return Ridge(10.0) if task.kind == "regression" else LogisticRegression(C=0.1, tol=1e-3)


def _losses(model: Any, train: Part, fresh: Part, task: Task) -> Float[np.ndarray, " fresh"]:
    if task.kind == "regression":
        return (model.fit(train.x, train.y).predict(fresh.x) - fresh.y) ** 2
    model.fit(train.x, train.y.astype(int))
    shares = np.full((len(fresh.x), max(2, task.outputs)), 1e-6)
    shares[:, model.classes_] = model.predict_proba(fresh.x)
    return -np.log(np.clip(shares[np.arange(len(fresh.y)), fresh.y.astype(int)], 1e-6, 1))


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    if len(seen.validation_part.y) < 2 or len(np.unique(seen.train_part.y)) < 2:
        return None
    found = need(seen.train_part, seen.validation_part, seen.task)
    if found.learnt <= 2 * found.error:
        return Check(
            "FS105",
            "warning",
            "No quick model is surely better than the constant predictor",
            f"The best of a linear model and boosted trees lies {found.learnt:.3g} ± "
            f"{found.error:.2g} below it ({seen.task.loss.words}). Either the columns tell "
            "nothing about the target, or "
            f"{seen.validated:,} validation rows are too few to see it.",
        )
    if found.rows <= seen.validated:
        return None
    seen_at = POWER * found.spread / np.sqrt(seen.validated) / found.learnt
    least = f"from {percent(seen_at)} of" if seen_at < 1 else "only if it exceeds all of"
    return Check(
        "FS105",
        "warning" if found.rows > FAR_TOO_FEW * seen.validated else "note",
        "Validation rows are few for the differences at stake",
        f"Two plausible models differ row by row so much that {seen.validated:,} validation rows "
        f"show a difference {least} what there is to learn (four times in five, at the 95 % "
        f"level); to see {100 * STAKE:g} % takes {_rounded(found.rows)} rows. "
        "Smaller differences stay undecided: more rows, or more folds (--folds), help.",
    )


def _rounded(rows: float) -> str:
    """Two digits: more would claim more than is known."""
    power = 10 ** max(int(np.floor(np.log10(rows))) - 1, 0)
    return f"{int(np.ceil(rows / power) * power):,}"
