"""`Comparisons`: all pairs of a study's models, corrected for their number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from fitscope.diagnosis.compare import RowScores, differences, holm
from fitscope.names import shown
from fitscope.numbers import signed
from fitscope.task import BINARY, Task
from fitscope.verdicts.comparison import Comparison, about
from fitscope.verdicts.shown import as_html
from fitscope.verdicts.words import sure


def compare(a: RowScores, b: RowScores, task: Task = BINARY) -> Comparison:
    """Compare two models on the same rows.

    Args:
        a: scores of the one, by the task's names of validation metrics.
        b: scores of the other; the same metrics and rows.
        task: what was learnt.

    Returns:
        The differences a - b of all metrics, not corrected for other pairs. With folds they are
        about the models: each row's runs differ in their training rows and in their seeds.

    Raises:
        UserError: different rows, or fewer than two.
    """
    found = differences(a, b)
    folds = 1 if a.folds is None else a.folds.count
    a_runs, b_runs = (folds * len(next(iter(side.metrics.values()))) for side in (a, b))
    what = "models" if min(a_runs, b_runs) > 1 else "networks"
    return Comparison(a.model, b.model, what, (a_runs, b_runs), found, task)


def compare_all(models: Sequence[RowScores], task: Task = BINARY) -> list[Comparison]:
    """Every pair, in the order of `models`, corrected for their number by Holm's method."""
    found = [compare(a, b, task) for a, b in combinations(models, 2)]
    for metric in models[0].metrics if found else ():
        corrected = holm([one.metrics[metric].p for one in found])
        found = [
            replace(
                one,
                metrics={**one.metrics, metric: replace(one.metrics[metric], p_corrected=p)},
            )
            for one, p in zip(found, corrected, strict=True)
        ]
    return found


class Comparisons(tuple[Comparison, ...]):
    """Comparisons of many pairs: a tuple that prints as a table of losses."""

    def __new__(cls, pairs: Iterable[Comparison] = ()) -> Comparisons:
        """Gather them."""
        return super().__new__(cls, pairs)

    def remarks(self) -> list[str]:
        """What must be read beside the figures."""
        if not self:
            return []
        metrics = [self[0].metric(name) for name in self[0].metrics]
        sense = " and ".join(
            f"{'higher' if one.higher_is_better else 'lower'} {one.words}" for one in metrics
        )
        verb = "are" if len(metrics) > 1 else "is"
        return [
            f"{sense.capitalize()} {verb} better. Sure: chance that the sign is right; "
            "corrected: for all pairs.",
            *sorted({about(pair) for pair in self}),
        ]

    def __str__(self) -> str:
        if not self:
            return "no pair of models to compare"
        headings = ("A", "B", "A - B", "95 % interval", "sure", "corrected")
        table = [headings, *map(_line, self)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [
            "  ".join(
                cell.ljust(width) if column < 2 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in table
        ]
        title = f"Validation {self[0].task.loss.words}"
        return "\n".join([title, *lines, "", *self.remarks()])

    def __repr__(self) -> str:
        return f"{self}"

    def _repr_html_(self) -> str | None:
        return as_html(self)


def _line(pair: Comparison) -> tuple[str, ...]:
    found = pair.loss
    low, high = found.interval
    return (
        shown(pair.a, 20),
        shown(pair.b, 20),
        signed(found.value),
        f"{signed(low)} to {signed(high)}",
        sure(found.sign_chance),
        sure(found.sign_chance_corrected),
    )
