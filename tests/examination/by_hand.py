"""An examination whose stages a test goes through itself, without the search, which takes time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl

from fitscope.data.prepared import Prepared
from fitscope.examination.answer import answer, metric_of
from fitscope.examination.course import Course, begin
from fitscope.examination.options import options
from fitscope.examination.plan import plan_for
from fitscope.examination.record import KIND, Record
from fitscope.examination.rows import prepare_table
from fitscope.serving.encodings import store_encodings
from fitscope.study.answer import Answer
from fitscope.study.definition import Definition
from fitscope.study.folder import write_results
from fitscope.study.training import training


@contextmanager
def begun(
    out: Path, table: pl.DataFrame, learners: str, ladder: Sequence[str], folds: int = 1
) -> Iterator[tuple[Course, Prepared]]:
    """The course of an examination of numbers `y`, on one validation part or on folds, with an
    hour."""
    chosen = options(target="y", folds=folds, learners=learners, budget="1h")
    prepared = prepare_table(chosen, table)
    record = Record(options=chosen, ladder=tuple(ladder))
    definition = Definition(
        prepared.splits,
        plan_for(len(prepared.splits[0].y_train)),
        kind=KIND,
        places=tuple(part.validation for part in prepared.parts),
        application=record.stored(),
    )
    with training(definition, out, jobs=1) as study:
        metric = metric_of(prepared, "loss")
        yield begin(study, prepared, record, metric, time.monotonic(), lambda _: None), prepared


def concluded(course: Course) -> Answer:
    """The answer of what was trained, which its folder then holds."""
    stored = course.training.complete()
    found = answer(stored, course.prepared, course.record, ())
    store_encodings(course.prepared.taken, stored.folder, stored.document)
    write_results(stored.folder, replace(stored.results, answer=found))
    return found
