"""The learning curve: the model to take, trained on parts of the rows."""

from __future__ import annotations

from fitscope.examination.course import CURVE, Course
from fitscope.study.definition import Planned

SHARES = (0.125, 0.25, 0.5)
"""Of the training rows; all of them are the fourth size."""
SUBSETS = 3
"""Drawn for each size; with folds there is one a fold at the least."""
FEWEST = 20
"""Training rows below which nothing is learnt from a size."""


def sizes(rows: int) -> list[int]:
    """Numbers of rows to train on, smaller ones first, all of them left out.

    Example:
        >>> sizes(8_000), sizes(100)
        ([1000, 2000, 4000], [25, 50])
    """
    return [n for share in SHARES if (n := round(rows * share)) >= FEWEST]


def grow(course: Course, name: str) -> None:
    """Train a model on parts of the rows, as far as there is time.

    Args:
        course: the examination.
        name: of the model.
    """
    course.say(f"the learning curve of {name}")
    learner = course.learner(name)
    rounds = max(SUBSETS // course.folds, 1)
    runs = rounds * course.folds
    wanted = {
        f"{name} on {rows:,} rows": Planned(learner, (CURVE,), runs, rows)
        for rows in sizes(course.rows)
    }
    chosen, _ = course.fitting(wanted, "curve")
    if learner.by_chance:  # all rows are a size, too
        entry = course.training.document.entry(name)
        runs = max(sum(run.model == name for run in course.runs), runs)
        wanted[name] = chosen[name] = Planned(learner, tuple(entry.groups), runs)
    course.train(chosen, "curve")
    done = {run.model for run in course.runs}
    missing = [model for model in wanted if model not in done]
    if missing:
        course.note(
            left_out=[
                f"{len(missing)} of {len(wanted)} sizes of the learning curve; without them what "
                "more rows bring cannot be told."
            ]
        )
