"""`Course`: an examination while it trains, as its stages see it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fitscope.examination.budget import Budget, Stage, Timing, expected, fitting
from fitscope.examination.measured import Measured, measure
from fitscope.examination.outputs import Outputs
from fitscope.examination.record import Record, Trial
from fitscope.study.definition import Planned
from fitscope.study.results import Results, RunResult

if TYPE_CHECKING:
    from fitscope.data.prepared import Prepared
    from fitscope.learners.base import Learner, Size
    from fitscope.study.folder import StoredStudy
    from fitscope.study.growing import Training
    from fitscope.task import Metric

CURVE = "curve"
"""The group of learners on parts of the rows."""


@dataclass(eq=False)
class Course:
    """What the stages share.

    Attributes:
        training: the study, open.
        prepared: the table.
        record: what was asked and tried so far.
        metric: the one that decides.
        budget: the time there is.
        say: told of each stage, and of what it has found.
        runs: those that were asked for and have finished. An examination that goes on asks for
            what it did before, in the same order, so that it decides the same; what was trained
            later is not looked at before it is asked for.
        overhead: seconds that a run costs beside its training: starting, compiling, storing.
        reserved: seconds before the end that stages before the refit leave to it.
    """

    training: Training
    prepared: Prepared
    record: Record
    metric: Metric
    budget: Budget
    say: Callable[[str], None]
    runs: list[RunResult] = field(default_factory=list)
    overhead: float = 1.0
    reserved: float = 0.0

    def __post_init__(self) -> None:
        self.outputs = Outputs(
            self.training.folder,
            self.training.document,
            self.prepared.splits,
            groups=self.prepared.groups,
        )

    @property
    def folds(self) -> int:
        """Runs of a round."""
        return len(self.prepared.splits)

    @property
    def side_by_side(self) -> int:
        """How many runs go on at once."""
        return self.training.side_by_side

    @property
    def rows(self) -> int:
        """Training rows of a run."""
        return len(self.prepared.splits[0].y_train)

    def until(self, stage: Stage) -> float:
        """When a stage ends at the latest, as `time.monotonic` counts."""
        end = self.budget.until(stage)
        if stage in ("refit", "curve"):
            return end
        return min(end, self.budget.until("curve") - self.reserved)

    def left(self, stage: Stage) -> float:
        """Seconds until a stage ends."""
        return self.until(stage) - time.monotonic()

    def train(self, planned: Mapping[str, Planned], stage: Stage) -> None:
        """Train models, or more runs of them, until the stage's end at the latest."""
        if not planned:
            return
        known = self._trained()
        began = time.monotonic()
        every = self.training.train(planned, until=self.until(stage))
        found = [run for run in every if run.repeat < planned[run.model].repeats]
        new = [run for run in found if (run.model, run.repeat) not in known]
        if new:
            beside = (time.monotonic() - began) * min(self.side_by_side, len(new))
            beside -= sum(run.seconds for run in new)
            self.overhead = max(beside, 0.0) / len(new)
        self.runs = [run for run in self.runs if run.model not in planned] + found
        self.outputs.document = self.training.document

    def size(self, learner: Learner) -> Size:
        """How large a learner is on these rows."""
        return learner.size(self.prepared.splits[0].features, self.prepared.task)

    def seconds(self, name: str, planned: Planned) -> float:
        """How long what is not trained yet of a model should take, from the runs so far.

        What is beside training is mostly the compiler's, whose program serves all rounds. Of the
        epochs of a refit it is known how many there are.
        """
        learner, document = planned.learner, self.training.document
        seen = []
        for run in self.runs:
            entry = document.entry(run.model)
            of = getattr(entry, "rows", None) or self.rows
            seen.append(Timing(entry.learner.sort, entry.size, of, run.seconds))
        each = expected(learner.sort, self.size(learner), planned.rows or self.rows, seen)
        stopped = [run.epochs for run in self.runs if run.model == planned.refits]
        if planned.epochs is not None and stopped:
            each *= planned.epochs * len(stopped) / sum(stopped)
        missing = self._missing(name, planned.repeats)
        return missing * each + min(missing, self.folds) * self.overhead

    def fitting(
        self, wanted: Mapping[str, Planned], stage: Stage
    ) -> tuple[dict[str, Planned], list[str]]:
        """Those of some models that fit in a stage, and the names of the others.

        What is trained already takes no time, and fits in a stage that is over.

        Args:
            wanted: name to what is to be trained.
            stage: which.
        """
        costed = [((name, one), self.seconds(name, one)) for name, one in wanted.items()]
        chosen, rest = fitting(costed, max(self.left(stage), 0.0), self.side_by_side)
        return dict(chosen), [name for name, _ in rest]

    def look_at_others(self, *groups: str) -> None:
        """Take in models of some groups that are trained and were not asked for.

        There are none, unless an examination goes on that had less time.
        """
        asked = {run.model for run in self.runs}
        others = {
            entry.name
            for entry in self.training.document.models
            if set(groups) & set(entry.groups)
            and entry.name not in asked
            and not self._missing(entry.name, self.folds)
        }
        self.runs += [
            run for run in self.training.runs if run.model in others and run.repeat < self.folds
        ]

    def _trained(self) -> set[tuple[str, int]]:
        """Model and number of every run that has finished, asked for or not."""
        return {(run.model, run.repeat) for run in self.training.runs}

    def _missing(self, name: str, repeats: int) -> int:
        """How many of a model's first runs have not finished."""
        known = self._trained()
        return sum((name, repeat) not in known for repeat in range(repeats))

    def judged(self) -> StoredStudy:
        """The study with verdicts on what was asked for so far."""
        return self.training.judged(self.runs)

    def measured(self, *groups: str, judged: bool = False) -> dict[str, Measured]:
        """The models of some groups as far as they are trained.

        Args:
            groups: whose models.
            judged: correct levels for best epochs having been picked.
        """
        results = Results(runs=tuple(self.runs), task=self.prepared.task)
        if judged:
            results = self.judged().results
        found = {}
        for entry in self.training.document.models:
            if set(groups) & set(entry.groups):
                one = measure(self.outputs, results, entry.name, self.metric)
                if one is not None:
                    found[entry.name] = one
        return found

    def learner(self, name: str) -> Learner:
        """The learner of that name."""
        return self.training.document.entry(name).learner

    @property
    def ladder(self) -> list[str]:
        """The rungs that are part of the study, plainest first."""
        there = {entry.name for entry in self.training.document.models}
        return [name for name in self.record.ladder if name in there]

    def note(
        self,
        *,
        ladder: Sequence[str] = (),
        mended: Sequence[str] = (),
        tried: Sequence[Trial] = (),
        left_out: Sequence[str] = (),
    ) -> None:
        """Keep in study.json the ladder and what was mended, tried or left out, once each."""
        new = {"ladder": ladder, "mended": mended, "tried": tried, "left_out": left_out}
        merged = {
            name: tuple(dict.fromkeys((*getattr(self.record, name), *values)))
            for name, values in new.items()
        }
        record = self.record.model_copy(update=merged)
        if record != self.record:
            self.record = record
            self.training.note(record.stored())


def begin(
    training: Training,
    prepared: Prepared,
    record: Record,
    metric: Metric,
    began: float,
    say: Callable[[str], None],
) -> Course:
    """The course of an examination that begins, or goes on: what was trained before has cost time.

    Args:
        training: the study, open.
        prepared: the table.
        record: what was asked and tried so far.
        metric: the one that decides.
        began: when this program began, as `time.monotonic` counts.
        say: told of each stage.
    """
    spent = sum(run.seconds for run in training.runs) / training.side_by_side
    budget = Budget(began - spent, record.seconds, time.monotonic() - spent)
    return Course(training, prepared, record, metric, budget, say)
