"""What a sweep shows: networks of rising width on the validation rows, at their last epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fitscope.diagnosis.all_pairs import all_pairs
from fitscope.diagnosis.rules import ALONG, OF_FALL
from fitscope.diagnosis.second_descent import Descent, second_descent
from fitscope.examination.measured import folds_of
from fitscope.examination.sweep_words import sweep_words
from fitscope.examination.width_runs import WidthRuns, constant_levels, measures_of, width_runs
from fitscope.learners.mlp.network import MLP
from fitscope.study.sweep import Sweep, Turn

if TYPE_CHECKING:
    import polars as pl

    from fitscope.examination.outputs import Outputs
    from fitscope.study.results import Results

FITTED = 0.01
"""Share of the constant prediction's error that a network which fits its training rows is left
with on them, at most."""
FEWEST = 3
"""Runs of each width where a single part validates. With two, three in a hundred simulated single
descents were called two: now and then two runs agree by luck."""


def swept(
    outputs: Outputs, results: Results, histories: pl.DataFrame, ladder: Sequence[str]
) -> Sweep | None:
    """Whether validation measures show a second descent against width or epochs.

    Args:
        outputs: of the study.
        results: its finished runs, judged.
        histories: histories.parquet.
        ladder: its rungs; networks of one hidden layer among them are the sweep.

    Returns:
        What is seen; None where no network has a whole round.
    """
    document, task = outputs.document, outputs.document.task
    networks = {name: document.entry(name).learner for name in ladder}
    found = [
        one
        for name, learner in networks.items()
        if isinstance(learner, MLP) and len(learner.hidden) == 1
        if (one := width_runs(outputs, results, histories, name, learner.hidden[0])) is not None
    ]
    if not found:
        return None
    measures = measures_of(task)
    level = constant_levels(document, results)
    needed = {one: OF_FALL * max(level[one] - _lowest(found, one), 0.0) for one in measures}
    fits = [one for one in found if _fits(one, measures[0], level)]
    judged = [one for one in found if len(outputs.splits) > 1 or one.width.runs >= FEWEST]
    looked = _Looked(outputs, needed, len(measures))
    turns = [
        *(turn for one in measures if (turn := looked.in_width(judged, one)) is not None),
        *(
            turn
            for one in measures
            if (turn := looked.in_epochs([net for net in judged if net in fits], one)) is not None
        ),
    ]
    sweep = Sweep(
        "",
        measures,
        tuple(one.width for one in found),
        document.data.train_rows * task.outputs,
        fits[0].width.model if fits else None,
        tuple(turns),
    )
    return replace(sweep, words=sweep_words(sweep, task))


def _lowest(found: Sequence[WidthRuns], measure: str) -> float:
    levels = [one.width.last[measure][0] for one in found]
    return min(level for level in levels if level is not None)


def _fits(one: WidthRuns, measure: str, level: Mapping[str, float]) -> bool:
    left = one.width.train[measure]
    return left is not None and left <= FITTED * level[measure]


class _Looked:
    """Where second descents are looked for.

    Args:
        outputs: of the study.
        needed: measure to the smallest rise and fall that matters.
        measures: how many are looked at.
    """

    def __init__(self, outputs: Outputs, needed: Mapping[str, float], measures: int) -> None:
        self.needed, self.measures = needed, measures
        self.folds, self.groups = folds_of(outputs.splits), outputs.group_of

    def in_width(self, found: Sequence[WidthRuns], measure: str) -> Turn | None:
        """The clearest rise and fall along widths, at the last epoch."""
        sides = [one.last[measure] for one in found]
        pairs = all_pairs(sides, self.folds, self.groups)
        descent = second_descent(pairs, self.needed[measure], self.measures)
        if descent is None:
            return None
        units = [one.width.units for one in found]
        return _turn(descent, measure, units, [float(side.mean()) for side in sides])

    def in_epochs(self, found: Sequence[WidthRuns], measure: str) -> Turn | None:
        """The clearest rise and fall along epochs, of all networks that fit their training rows.

        Where training rose along with validation, nothing was fitted better meanwhile.
        """
        turns: list[tuple[Descent, Turn]] = []
        for one in found:
            sides, training = one.blocks.losses[measure], one.blocks.training
            pairs = all_pairs(list(sides), self.folds, self.groups, same_runs=True)
            descent = second_descent(pairs, self.needed[measure], self.measures * len(found))
            if descent is None:
                continue
            before = training[: descent.peak + 1]
            if before[-1] - before.min() > ALONG * descent.rise.value:
                continue
            levels = sides.mean(axis=(1, 2)).tolist()
            turn = _turn(descent, measure, one.blocks.trained.tolist(), levels, one.width.model)
            turns.append((descent, turn))
        return max(turns, key=lambda pair: pair[0].clear)[1] if turns else None


def _turn(
    found: Descent,
    measure: str,
    places: Sequence[int],
    levels: Sequence[float],
    model: str | None = None,
) -> Turn:
    first, peak, second = found.first, found.peak, found.second
    return Turn(
        "width" if model is None else "epochs",
        measure,
        model,
        places[first],
        places[peak],
        places[second],
        (levels[first], levels[peak], levels[second]),
        (found.rise.value, found.rise.error),
        (found.fall.value, found.fall.error),
        found.seen,
    )
