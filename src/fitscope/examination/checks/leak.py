"""FS101: a column gives the target away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Int

from fitscope.examination.checks.one_column import (
    as_targets,
    errors_of_many,
    errors_of_one,
    features_of,
)
from fitscope.examination.checks.seen import Part, Seen
from fitscope.names import joined, shown, typed
from fitscope.verdicts.check import Check

NEARLY_ALL = 0.97
"""A column that explains so much alone gives the target away, whatever the others do. The price of
a diamond follows from its weight to 0.94; halving what is left would miss copies with noise of a
tenth of the target's spread, doubling it would call that diamond's weight a leak."""

MUCH = 0.5
"""Below that no column gives anything away."""

FAR_BETTER = 1 / 3
"""A column leaves so much, at most, of what all others together leave unexplained. In 13 tables
without leaks the best column leaves 0.58 times as much as the others or more, of a class or of the
target as a whole; in two with one it leaves 0.13 and 0.04 times."""

SURE = 2.0
"""Standard errors by which it must leave less than that."""

STANDS_OUT = 0.25
"""Where all others together do as well, a column still stands out if it explains `MOST` of the
target and leaves at most so much of what the next best one alone leaves. The best columns of the 13
tables leave 0.56 times as much as the next best or more."""

MOST = 0.75

MOST_COLUMNS = 100
"""Of more columns those are looked at that a tree on all of them picks."""

Errors = Float[np.ndarray, "rows targets"]


@dataclass(frozen=True)
class Leak:
    """A column that gives the target away.

    Attributes:
        column: its name.
        explained: the share of the target's spread, 0 to 1, that it explains alone.
        others: what all other columns explain together; None if that was not needed to tell.
        next_best: what the next best column explains alone, if that is what it stands out from.
        label: number of the class that it gives away; None for the target as a whole.
    """

    column: str
    explained: float
    others: float | None = None
    next_best: float | None = None
    label: int | None = None


@dataclass(frozen=True)
class _View:
    """Squared errors as seen for the target as a whole or for one class, a value a row."""

    label: int | None
    spread: Float[np.ndarray, " rows"]
    alone: dict[str, Float[np.ndarray, " rows"]]

    def explained(self, errors: Float[np.ndarray, " rows"]) -> float:
        total = self.spread.sum()
        return float(1 - errors.sum() / total) if total > 0 else 0.0


def leaks(rows: Part, column_of: Sequence[str], classes: int) -> list[Leak]:
    """Columns that give the target away, clearest first.

    A column does so if it explains nearly all of the target alone (`NEARLY_ALL`), or far more than
    all other columns together (`FAR_BETTER`), or far more than any other alone (`STANDS_OUT`), of
    the target as a whole or of one class. Each half of the rows is predicted from the other half.
    Which rows have no value counts as part of a column.

    Args:
        rows: encoded rows and their targets.
        column_of: the column of each feature.
        classes: how many there are; 0 for a regression.

    Example:
        >>> random = np.random.default_rng(0)
        >>> x = random.normal(size=(600, 3)).astype(np.float32)
        >>> y = (x[:, 2] + x[:, 1] > 1).astype(float)
        >>> x[:, 0] = y + 0.1 * x[:, 0]
        >>> [leak.column for leak in leaks(Part(x, y), ("paid", "age", "income"), 2)]
        ['paid']
    """
    targets = as_targets(rows.y, classes)
    spread = (targets - targets.mean(axis=0)) ** 2
    columns = _promising(rows.x, targets, features_of(column_of))
    errors = {name: errors_of_one(rows.x[:, some], targets) for name, some in columns.items()}
    whole = _View(None, spread.sum(1), {name: error.sum(1) for name, error in errors.items()})
    found = [
        Leak(name, share)
        for name, error in whole.alone.items()
        if (share := whole.explained(error)) >= NEARLY_ALL
    ]
    if found:
        return sorted(found, key=lambda leak: -leak.explained)
    views = [whole]
    if classes > 2:
        views += [
            _View(
                label, spread[:, label], {name: error[:, label] for name, error in errors.items()}
            )
            for label in range(classes)
        ]
    together: dict[str, Errors] = {}  # errors of all columns but one, made once
    for view in views:
        leak = _outstanding(view, rows.x, targets, columns, together)
        if leak is not None and leak.column not in {other.column for other in found}:
            found.append(leak)
    return found


def _outstanding(
    view: _View,
    x: Float32[np.ndarray, "rows features"],
    targets: Errors,
    columns: dict[str, Int[np.ndarray, " some"]],
    together: dict[str, Errors],
) -> Leak | None:
    """The column that leaves far less than all others together, or than any other alone."""
    order = sorted(view.alone, key=lambda name: view.alone[name].sum())
    if not order or view.explained(view.alone[order[0]]) < MUCH:
        return None
    best = view.alone[order[0]]
    explained = view.explained(best)
    second = view.alone[order[1]] if len(order) > 1 else view.spread
    second = second if second.sum() < view.spread.sum() else view.spread
    if best.sum() > FAR_BETTER * second.sum():
        return None  # another column alone comes near it, so all others together do
    if order[0] not in together:
        together[order[0]] = _without(columns[order[0]], x, targets)
    left = together[order[0]]
    left = left.sum(1) if view.label is None else left[:, view.label]
    left = left if left.sum() < view.spread.sum() else view.spread
    others = view.explained(left)
    if _surely_less(best, FAR_BETTER * left):
        return Leak(order[0], explained, others, label=view.label)
    if explained >= MOST and _surely_less(best, STANDS_OUT * second):
        return Leak(order[0], explained, others, view.explained(second), view.label)
    return None


def _without(features: Int[np.ndarray, " some"], x: np.ndarray, targets: Errors) -> Errors:
    """Errors of all other features together; of the mean if there are none."""
    rest = np.delete(x, features, axis=1)
    if not rest.shape[1]:
        return (targets - targets.mean(axis=0)) ** 2
    return errors_of_many(rest, targets)


def _surely_less(a: Float[np.ndarray, " rows"], b: Float[np.ndarray, " rows"]) -> bool:
    less = b - a
    return bool(less.mean() > SURE * less.std() / np.sqrt(len(less)))


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
    rows = Part(
        np.concatenate([seen.train_part.x, seen.validation_part.x]),
        np.concatenate([seen.train_part.y, seen.validation_part.y]),
    )
    found = leaks(rows, seen.column_of, len(seen.labelled))
    if not found:
        return None
    names = [leak.column for leak in found]
    several = len(found) > 1
    doubtful = all(leak.next_best is not None for leak in found)
    return Check(
        "FS101",
        "warning" if doubtful else "problem",
        f"{'Columns' if several else 'A column'} {'may ' if doubtful else ''}"
        f"give{'' if several or doubtful else 's'} the target away: "
        f"{joined([shown(name) for name in names[:3]])}",
        f"{joined([_told(leak, seen.labelled) for leak in found[:3]])}. If "
        f"{'they are' if several else 'it is'} not known yet when a prediction is wanted, every "
        f"score here is worth nothing: leave {'them' if several else 'it'} out with "
        f"--drop {typed(names[:3])}.",
        tuple(names),
    )


def _told(leak: Leak, labels: Sequence[str]) -> str:
    what = "the target" if leak.label is None else f"whether it is {shown(labels[leak.label])}"
    text = f"{shown(leak.column)} alone explains {_percent(leak.explained)} of {what}"
    if leak.next_best is not None:
        text += f", the next best column {_percent(leak.next_best)}"
    return text if leak.others is None else f"{text}, all others together {_percent(leak.others)}"


def _percent(share: float) -> str:
    """A share that is not all of it is never shown as 100 %."""
    return f"{100 * min(share, 0.999) if share < 1 else 100:.3g} %"
