"""FS101: a column gives the target away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from fitscope.examination.checks.one_column import (
    as_targets,
    errors_of_many,
    errors_of_one,
    features_of,
)
from fitscope.examination.checks.seen import Part, Seen
from fitscope.names import joined, shown
from fitscope.verdicts.check import Check

NEARLY_ALL = 0.97
"""A column that explains so much alone gives the target away, whatever the others do. The price of
a diamond follows from its weight to 0.94; halving what is left would miss copies with noise of a
tenth of the target's spread, doubling it would call that diamond's weight a leak."""

MUCH = 0.5
"""Below that no column gives anything away."""

FAR_BETTER = 1 / 3
"""A column leaves so much, at most, of what all others together leave unexplained. In 13 tables
without leaks the best column of each leaves 0.7 times as much as the others, or more; in two with
one it leaves 0.01 and 0.12 times."""

SURE = 2.0
"""Standard errors by which it must leave less than that."""

MOST_COLUMNS = 100
"""Of more columns those are looked at that a tree on all of them picks."""


@dataclass(frozen=True)
class Leak:
    """A column that gives the target away.

    Attributes:
        column: its name.
        explained: the share of the target's spread, 0 to 1, that it explains alone.
        others: what all other columns explain together; None if that was not needed to tell.
        label: number of the class that it gives away; None for the target as a whole.
    """

    column: str
    explained: float
    others: float | None
    label: int | None = None


def leaks(train: Part, fresh: Part, column_of: Sequence[str], classes: int) -> list[Leak]:
    """Columns that give the target away, clearest first.

    A column does so if it explains nearly all of the target (`NEARLY_ALL`), or far more than all
    other columns together do (`MUCH`, `FAR_BETTER`), of the target as a whole or of one class.
    Which rows have no value counts as part of a column.

    Args:
        train: rows that small trees learn from.
        fresh: rows that they are measured on.
        column_of: the column of each feature.
        classes: how many there are; 0 for a regression.

    Example:
        >>> random = np.random.default_rng(0)
        >>> x = random.normal(size=(600, 3)).astype(np.float32)
        >>> y = (x[:, 2] + x[:, 1] > 1).astype(float)
        >>> x[:, 0] = y + 0.1 * x[:, 0]
        >>> rows = [Part(x[part], y[part]) for part in (slice(400), slice(400, 600))]
        >>> [leak.column for leak in leaks(*rows, ("paid", "age", "income"), 2)]
        ['paid']
    """
    targets = as_targets(train.y, classes)
    goal = as_targets(fresh.y, classes, against=train.y)
    spread = (goal - targets.mean(axis=0)) ** 2
    columns = _promising(train.x, targets, features_of(column_of))
    errors = {
        name: errors_of_one(train.x[:, some], targets, fresh.x[:, some], goal)
        for name, some in columns.items()
    }
    found = [
        Leak(name, share, None)
        for name, error in errors.items()
        if (share := _explained(error.sum(1), spread.sum(1))) >= NEARLY_ALL
    ]
    if found:
        return sorted(found, key=lambda leak: -leak.explained)
    views: list[int | None] = [None, *(range(classes) if classes > 2 else ())]
    for view in views:
        leak = _far_better(train, fresh, targets, goal, columns, errors, view)
        if leak is not None and leak.column not in {other.column for other in found}:
            found.append(leak)
    return found


def _far_better(
    train: Part,
    fresh: Part,
    targets: Float[np.ndarray, "rows targets"],
    goal: Float[np.ndarray, "fresh targets"],
    columns: dict[str, np.ndarray],
    errors: dict[str, Float[np.ndarray, "fresh targets"]],
    view: int | None,
) -> Leak | None:
    """The column that leaves far less than all others together, if there is one."""

    def seen(values: np.ndarray) -> np.ndarray:
        return values.sum(1) if view is None else values[:, view]

    if not errors:
        return None
    spread = seen((goal - targets.mean(axis=0)) ** 2)
    order = sorted(errors, key=lambda name: seen(errors[name]).sum())
    best = seen(errors[order[0]])
    if _explained(best, spread) < MUCH:
        return None
    if len(order) > 1 and best.sum() > FAR_BETTER * seen(errors[order[1]]).sum():
        return None  # another column alone comes near it, so all others together do
    rest = np.ones(train.x.shape[1], bool)
    rest[columns[order[0]]] = False
    left = spread
    if rest.any():
        together = errors_of_many(train.x[:, rest], targets, fresh.x[:, rest], goal)
        left = np.minimum(seen(together), 1) if seen(together).sum() < spread.sum() else spread
    less = FAR_BETTER * left - best
    if less.mean() <= SURE * less.std() / np.sqrt(len(less)):
        return None
    return Leak(order[0], _explained(best, spread), _explained(left, spread), view)


def _explained(errors: np.ndarray, spread: np.ndarray) -> float:
    return float(1 - errors.sum() / spread.sum()) if spread.sum() > 0 else 0.0


def _promising(
    x: Float32[np.ndarray, "rows features"],
    targets: Float[np.ndarray, "rows targets"],
    columns: dict[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """All columns, or of very many those that a tree on all of them picks."""
    if len(columns) <= MOST_COLUMNS:
        return columns
    from sklearn.tree import DecisionTreeRegressor

    tree = DecisionTreeRegressor(max_leaf_nodes=64, random_state=0).fit(x, targets)
    picked = set(tree.tree_.feature[tree.tree_.feature >= 0].tolist())
    return {name: some for name, some in columns.items() if picked & set(some.tolist())}


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    classes = len(seen.labelled)
    found = leaks(seen.train_part, seen.validation_part, seen.column_of, classes)
    if not found:
        return None
    names = [leak.column for leak in found]
    told = joined([_told(leak, seen.labelled) for leak in found[:3]])
    several = len(found) > 1
    return Check(
        "FS101",
        "problem",
        f"{'Columns give' if several else 'A column gives'} the target away: "
        f"{joined([shown(name) for name in names[:3]])}",
        f"{told}. If {'they are' if several else 'it is'} not known yet when a prediction is "
        f"wanted, every score here is worth nothing: leave {'them' if several else 'it'} out with "
        f"--drop {','.join(names[:3])}.",
        tuple(names),
    )


def _told(leak: Leak, labels: Sequence[str]) -> str:
    what = "the target" if leak.label is None else f"whether it is {shown(labels[leak.label])}"
    text = f"{shown(leak.column)} alone explains {_percent(leak.explained)} of {what}"
    return text if leak.others is None else f"{text}, all others together {_percent(leak.others)}"


def _percent(share: float) -> str:
    """A share that is not all of it is never shown as 100 %."""
    return f"{100 * min(share, 0.999) if share < 1 else 100:.3g} %"
