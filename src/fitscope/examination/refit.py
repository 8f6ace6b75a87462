"""The model to take trained anew on all rows that do not test, where one validation part was kept
from it."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

from fitscope.learners.base import has_steps
from fitscope.learners.estimator.estimator import Estimator
from fitscope.learners.hgb import HGB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitscope.learners.base import Learner
    from fitscope.learners.estimator.pace import Pace
    from fitscope.study.answer import Recommended
    from fitscope.study.document import StudyDocument
    from fitscope.study.results import Results, RunResult


def refit_learner(
    learner: Learner, runs: Sequence[RunResult], more: float, pace: Pace | None
) -> Learner | None:
    """The learner as it is trained where no row is left to tell when to stop.

    Rounds are those after which its runs were best, and more of them for more rows, as many as it
    had at the most.

    Args:
        learner: what was validated.
        runs: its runs.
        more: training rows over those that they had.
        pace: at which they have learnt; None of a learner without rounds.

    Returns:
        It; None of one that must be stopped by validation rows, a network.

    Example:
        >>> from types import SimpleNamespace
        >>> runs = [SimpleNamespace(best_epoch=59)]
        >>> refit_learner(HGB(), runs, more=1.25, pace=HGB().pace)
        HGB(max_iter=75)
    """
    if not has_steps(learner):
        return learner
    if not isinstance(learner, HGB | Estimator) or pace is None:
        return None
    rounds = sum(run.best_epoch + 1 for run in runs) / len(runs)
    wanted = min(ceil(rounds * more), pace.rounds)
    if wanted == pace.rounds:
        return learner
    settings = {pace.setting: pace.rate, pace.total: wanted}
    return replace(learner, **settings) if isinstance(learner, HGB) else learner.changed(settings)


def refitted(taken: Recommended, document: StudyDocument, results: Results) -> Recommended:
    """The same model by its runs on all rows that do not test, where there are any.

    Args:
        taken: the model to take, by its runs that were validated.
        document: study.json.
        results: the finished runs.
    """
    for entry in document.subsets:
        if entry.refits == taken.model:
            runs = sum(run.model == entry.name for run in results.subsets)
            if runs:
                return replace(taken, members=runs, refit=entry.name)
    return taken
