"""`Result`: what a study left, to look at, plot and use."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitscope.errors import UserError
from fitscope.files import locked
from fitscope.names import listed

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from jaxtyping import Float, Float32, Shaped
    from matplotlib.axes import Axes

    from fitscope.learners.base import Learner
    from fitscope.serving.served import Served
    from fitscope.study.document import ModelEntry
    from fitscope.study.folder import StoredStudy
    from fitscope.study.results import Results
    from fitscope.verdicts.comparison import Comparison
    from fitscope.verdicts.comparisons import Comparisons
    from fitscope.verdicts.many import Verdicts
    from fitscope.verdicts.verdict import Verdict


class Result:
    """A stored study.

    Attributes:
        stored: the study as its folder holds it.
        folder: the study folder.
        histories: one row an epoch: model, repeat, epoch, the task's metrics, the same with
            `val_`, learning_rate.
        results: what came out: models, runs, comparisons and advice.
    """

    def __init__(self, stored: StoredStudy) -> None:
        self._take(stored)

    def _take(self, stored: StoredStudy) -> None:
        self.stored = stored
        self.folder: Path = stored.folder.path
        self.histories: pl.DataFrame = stored.histories
        self.results: Results = stored.results
        self._ready: dict[tuple[str | None, int | None], Served] = {}

    @property
    def summary(self) -> dict[str, Any]:
        """What results.json holds, as plain values."""
        return dict(self.results.as_dict())

    @property
    def models(self) -> list[str]:
        """Names of the models, in the order in which they were added."""
        return [entry.name for entry in self.stored.document.models]

    def model(self, name: str) -> Learner:
        """The learner of that name, without what it has learnt.

        Raises:
            UserError: no such model.
        """
        return self._entry(name).learner

    def fitted(self, name: str, repeat: int = 0, which: str | None = None) -> Any:
        """What a run has learnt, in its learner's own form; of an `MLP`, see `weights`.

        Args:
            name: name of the model.
            repeat: number of the run, from 0.
            which: "best" or "last" epoch; if left out, the last, or the best if the plan says
                `restore_best_weights` and the model follows it, which boosted trees do not. The
                best one is that of the lowest monitored metric.

        Raises:
            UserError: no such model or run.
        """
        from fitscope.learners.base import keeps_best
        from fitscope.study.folder import read_learnt

        if which not in (None, "best", "last"):
            raise UserError(f'which must be "best" or "last", got {which!r}')
        entry = self._entry(name)
        if not any(run.repeat == repeat for run in self.results.runs_of(name)):
            raise UserError(f"{name}: no finished run {repeat!r}; they are numbered from 0")
        plan = self.stored.document.training_plan
        usual = "best" if keeps_best(entry.learner, plan) else "last"
        return read_learnt(self.stored.folder, entry, repeat, which or usual)

    def weights(self, name: str, repeat: int = 0, which: str | None = None) -> tuple[Any, Any]:
        """Trained weights and moving averages of an `MLP`, as `MLP.apply` takes them.

        Args:
            name: name of the model.
            repeat: number of the run, from 0.
            which: as in `fitted`.

        Raises:
            UserError: no such model or run, or a learner without weights.
        """
        from fitscope.learners.mlp.network import MLP

        if not isinstance(self.model(name), MLP):
            raise UserError(f"{name}: no network, so it has no weights; see fitted and outputs")
        return self.fitted(name, repeat, which)

    def predict(
        self, table: Any, model: str | None = None, member: int | None = None
    ) -> Shaped[np.ndarray, " rows"]:
        """Predictions of a model for rows: labels, or numbers of a regression.

        Args:
            table: rows with the features of the split as columns, in any form that `fs.examine`
                takes (a path, a frame, a mapping), or an array of them.
            model: its name; may be left out where there is only one.
            member: number of a run that predicts alone; all are averaged, each at its best epoch,
                if left out.

        Raises:
            UserError: no such model or run, columns that are missing, values that are no numbers.
        """
        return self._served(model, member).predict(table)

    def predict_proba(
        self, table: Any, model: str | None = None, member: int | None = None
    ) -> Float[np.ndarray, "rows labels"]:
        """Probability of each label, in the order of the task's labels.

        Args:
            table: as in `predict`.
            model: as in `predict`.
            member: as in `predict`.

        Raises:
            UserError: a regression; and as `predict`.
        """
        return self._served(model, member).predict_proba(table)

    def _served(self, model: str | None, member: int | None) -> Served:
        from fitscope.serving.served import serve

        if not isinstance(model, str | None):
            raise UserError(
                "predict takes rows, then the name of a model; what one run puts out for features "
                "is outputs(name, x)"
            )
        key = (model, member)
        if key not in self._ready:
            self._ready[key] = serve(self.folder, model, member)
        return self._ready[key]

    def outputs(
        self,
        name: str,
        x: Float32[np.ndarray, "rows features"],
        repeat: int = 0,
        which: str | None = None,
    ) -> Shaped[np.ndarray, "rows ..."]:
        """Outputs of one run for rows.

        Args:
            name: name of the model.
            x: features, prepared as those of the split were; a frame for a model that takes the
                columns as they are.
            repeat: number of the run, from 0; nothing is averaged over runs.
            which: as in `fitted`.

        Returns:
            For two labels the log-odds of the second one, for several a logit a label, for a
            number the number.

        Raises:
            UserError: no such model or run, or rows of another shape.
        """
        import numpy as np

        if not hasattr(x, "columns"):
            x = np.ascontiguousarray(x, np.float32)
            count = len(self.stored.document.data.feature_names)
            if x.ndim != 2 or x.shape[1] != count:
                raise UserError(
                    f"x must have {count} columns as the split has, got shape {x.shape}"
                )
        state = self.fitted(name, repeat, which)
        return self.model(name).predict(state, x, self.stored.document.task)

    def plot(
        self,
        metric: str | None = None,
        *,
        models: Sequence[str] | None = None,
        smoothing_std: float = 10.0,
        log_epochs: bool = False,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw training (solid) and validation (dashed) curves.

        Args:
            metric: one of the task's, or "loss" with penalties; the task's loss if left out.
            models: names; all if left out.
            smoothing_std: standard deviation of the Gaussian smoothing, in epochs; 0 for none.
            log_epochs: logarithmic epoch axis.
            ax: axes to draw into; new ones if left out.

        Returns:
            The Matplotlib axes.

        Raises:
            UserError: no such model or metric.
        """
        from fitscope.report.marks import marks
        from fitscope.report.notices import write_notices
        from fitscope.report.plot import plot_histories
        from fitscope.report.presentation import palette_of
        from fitscope.report.words import step_of

        document = self.stored.document
        for name in models or ():
            self._entry(name)
        drawn = plot_histories(
            self.histories,
            list(models or self.models),
            document.task,
            metric=metric,
            smoothing_std=smoothing_std,
            log_epochs=log_epochs,
            ax=ax,
            colours=palette_of(document),
            marks=marks(self._judged()),
            step=step_of(document),
        )
        write_notices(drawn, document)
        return drawn

    def verdicts(self, *, runs: bool = False) -> Verdicts:
        """Which models under- or overfit, how sure that is, why, and what to try next.

        Args:
            runs: the verdicts on single runs instead of those on models.

        Returns:
            A tuple of verdicts that prints as text and, in a notebook, as a table.
        """
        from fitscope.verdicts.many import Verdicts

        results = self._judged()
        entries = results.runs if runs else results.models
        return Verdicts(one.verdict for one in entries if one.verdict is not None)

    def verdict(self, name: str) -> Verdict:
        """The verdict on one model.

        Raises:
            UserError: no such model, or no run of it that can be judged.
        """
        self._entry(name)
        found = [one for one in self.verdicts() if one.source == name]
        if not found:
            raise UserError(f"{name}: no run that can be judged")
        return found[0]

    def compare(self, a: str, b: str) -> Comparison:
        """How far two models differ in the task's validation metrics, and how sure.

        Args:
            a: name of the one.
            b: name of the other.

        Returns:
            The differences a - b. With one run a model they are about two trained runs;
            from two runs on about the models.

        Raises:
            UserError: no such model, twice the same, a run that cannot be judged, a single
                validation row, or row losses of one of them are missing.
        """
        for name in (a, b):
            self._entry(name)
        if a == b:
            raise UserError(f"{a!r} cannot be compared with itself; name two models")
        for pair in self.comparisons():
            if (pair.a, pair.b) == (a, b):
                return pair
            if (pair.a, pair.b) == (b, a):
                return pair.turned()
        if self.stored.document.data.validation_rows < 2:
            raise UserError(f"{a} and {b} cannot be compared: that needs two validation rows")
        for run in self.results.runs:
            if run.model in (a, b) and (run.verdict is None or run.epochs == 1):
                why = "ended at once" if run.epochs == 1 else "left nothing to judge"
                raise UserError(
                    f"{a} and {b} cannot be compared: repeat {run.repeat + 1} of {run.model} {why}"
                )
        raise UserError(
            f"{a} and {b} cannot be compared: {self.folder / 'rows'} lacks the validation losses "
            "row by row of one of them"
        )

    def comparisons(self) -> Comparisons:
        """All pairs of models, corrected for their number; prints as a table."""
        from fitscope.verdicts.comparisons import Comparisons

        return Comparisons(self._judged().comparisons)

    def _judged(self) -> Results:
        """The results with verdicts, also of a folder of an earlier version."""
        from fitscope.study.judge import judge_stored

        if not self.results.judged:
            self._take(judge_stored(self.stored))
        return self.results

    def report(self) -> Path:
        """Judge anew, write the figures and the page; returns the path of report.html."""
        from fitscope.report.rebuild import write_report
        from fitscope.study.judge import store_judged
        from fitscope.study.training_folder import remove_leftovers

        with suppress(UserError), locked(self.folder):  # where nobody is writing
            remove_leftovers(self.folder)
        self._take(store_judged(self.stored))
        write_report(self.stored)
        return self.stored.folder.page

    def table(self) -> str:
        """The closing table as plain text."""
        import io

        from rich.console import Console

        from fitscope.report.console.table import print_table

        self._judged()
        text = io.StringIO()
        print_table(self.stored, Console(file=text, force_terminal=False, force_jupyter=False))
        return text.getvalue()

    def __repr__(self) -> str:
        return f"Result({self.folder})\n{self.table()}"

    def _repr_html_(self) -> str:
        from fitscope.report.notebook.result import result_html

        self._judged()
        return result_html(self.stored)

    def _entry(self, name: str) -> ModelEntry:
        if name not in self.models:
            raise UserError(f"no model {name!r} in this study; it has {listed(self.models, None)}")
        return self.stored.document.entry(name)
