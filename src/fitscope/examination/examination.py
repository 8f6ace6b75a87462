"""`Examination`: what an examination of a table found, to look at and to predict with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fitscope.api.result import Result
from fitscope.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from jaxtyping import Float, Shaped

    from fitscope.study.answer import Answer, Interval, MoreData, Recommended, Remedy
    from fitscope.study.folder import StoredStudy
    from fitscope.study.sweep import Sweep
    from fitscope.verdicts.check import Check
    from fitscope.verdicts.comparisons import Comparisons
    from fitscope.verdicts.many import Verdicts


class Examination:
    """An examination of a table: an answer, and the study behind it.

    Attributes:
        study: the study, as any other one.
    """

    def __init__(self, stored: StoredStudy) -> None:
        self.study = Result(stored)

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.study.folder

    @property
    def answer(self) -> Answer:
        """Everything that it says.

        Raises:
            UserError: it was stopped before it had an answer.
        """
        found = self.study.results.answer
        if found is None:
            raise UserError(
                f"{self.folder}: the examination was stopped before it had an answer; go on with "
                f"it: fitscope examine --resume --out {self.folder}"
            )
        return found

    @property
    def words(self) -> str:
        """The answer as a paragraph."""
        return self.answer.words

    @property
    def recommended(self) -> Recommended | None:
        """The model to take; None where nothing was learnt."""
        return self.answer.recommended

    @property
    def test(self) -> Mapping[str, Interval]:
        """Each metric of the recommended model on the test part, with its 95 % interval."""
        return self.answer.test

    def verdicts(self) -> Verdicts:
        """Which models under- or overfit, how sure that is, what it costs, and why."""
        return self.study.verdicts()

    def comparisons(self) -> Comparisons:
        """All pairs of models, corrected for their number."""
        return self.study.comparisons()

    def report(self) -> Path:
        """Write figures and page anew; the answer stays. Returns the path of report.html."""
        return self.study.report()

    def remedies(self) -> tuple[Remedy, ...]:
        """What each change against overfitting bought."""
        return self.answer.remedies

    def more_data(self) -> MoreData | None:
        """The learning curve, and where it leads; None where it was not measured."""
        return self.answer.more_data

    def sweep(self) -> Sweep | None:
        """Networks of rising width and whether a second descent is seen; None without `sweep`."""
        return self.answer.sweep

    def checks(self) -> tuple[Check, ...]:
        """What was found in the table."""
        return self.answer.checks

    def predict(
        self, table: Any, model: str | None = None, member: int | None = None
    ) -> Shaped[np.ndarray, " rows"]:
        """Predictions of the recommended model for rows: labels, or numbers of a regression.

        Args:
            table: rows with the columns that models were trained on, in any form that
                `fs.examine` takes; the target may be missing.
            model: another model of the examination.
            member: number of a run that predicts alone; all are averaged if left out.

        Raises:
            UserError: no recommended model, no such model or run, columns that are missing,
                values that are none of their column's kind.
        """
        return self.study.predict(table, model, member)

    def predict_proba(
        self, table: Any, model: str | None = None, member: int | None = None
    ) -> Float[np.ndarray, "rows labels"]:
        """Probability of each label, in the order of `labels`.

        Args:
            table: as in `predict`.
            model: as in `predict`.
            member: as in `predict`.

        Raises:
            UserError: a regression; and as `predict`.
        """
        return self.study.predict_proba(table, model, member)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in the order of `predict_proba`; none of a regression."""
        return self.study.stored.document.task.labels

    def __repr__(self) -> str:
        return f"Examination({self.folder})\n{self.words}"

    def _repr_html_(self) -> str:
        from fitscope.examination.notebook import examination_html

        return examination_html(self.study.stored)
