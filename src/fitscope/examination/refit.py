"""The model to take trained anew on all rows that do not test, where one validation part was kept
from it."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from fitscope.learners.base import has_steps
from fitscope.learners.estimator.estimator import Estimator
from fitscope.learners.hgb import HGB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitscope.learners.base import Learner
    from fitscope.learners.estimator.pace import Pace
    from fitscope.study.answer import Part
    from fitscope.study.document import StudyDocument
    from fitscope.study.results import Results, RunResult


class Refit(NamedTuple):
    """What is trained where no row is left to tell when to stop.

    Attributes:
        learner: the learner, with as many rounds as it then has.
        epochs: of a learner that trains in the plan's epochs, how many; else None.
    """

    learner: Learner
    epochs: int | None = None


def refit_of(
    learner: Learner, runs: Sequence[RunResult], more: float, pace: Pace | None
) -> Refit | None:
    """A learner as it is trained where no row is left to tell when to stop.

    Rounds are those after which its runs were best, and more of them for more rows, as many as it
    had at the most. A network passes over its rows as often as was best, so more rows make more
    steps of it already; its learning rate, which falls by epochs, ends where it did.

    Args:
        learner: what was validated.
        runs: its runs.
        more: training rows over those that they had.
        pace: at which they have learnt; None of a learner without rounds.

    Returns:
        It; None of one that must be stopped by validation rows.

    Example:
        >>> from types import SimpleNamespace
        >>> runs = [SimpleNamespace(best_epoch=59)]
        >>> refit_of(HGB(), runs, more=1.25, pace=HGB().pace).learner
        HGB(max_iter=75)
        >>> from fitscope.learners.mlp.network import MLP
        >>> refit_of(MLP(16), runs, more=1.25, pace=None).epochs
        60
    """
    if not has_steps(learner):
        return Refit(learner)
    best = sum(run.best_epoch + 1 for run in runs) / len(runs)
    if learner.planned:
        return Refit(learner, round(best))
    if not isinstance(learner, HGB | Estimator) or pace is None:
        return None
    wanted = min(ceil(best * more), pace.rounds)
    if wanted == pace.rounds:
        return Refit(learner)
    settings = {pace.setting: pace.rate, pace.total: wanted}
    if isinstance(learner, HGB):
        return Refit(replace(learner, **settings))
    return Refit(learner.changed(settings))


def refitted(part: Part, document: StudyDocument, results: Results) -> Part:
    """The same model by its runs on all rows that do not test, where there are any.

    With a single validation part these are used instead. With folds, whose runs have seen all of
    these rows together, they join: one validated run a fold, and more rounds of them as far as
    there are as many runs on all rows.

    Args:
        part: a model to take, by its runs that were validated.
        document: study.json.
        results: the finished runs.
    """
    for entry in document.subsets:
        if entry.refits == part.model:
            runs = sum(run.model == entry.name for run in results.subsets)
            if runs:
                folds = document.data.folds
                kept = min(part.members, folds * max(runs // folds, 1)) if folds > 1 else 0
                return replace(part, members=kept + runs, refit=entry.name, validated=kept)
    return part
