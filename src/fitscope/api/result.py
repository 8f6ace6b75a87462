"""`Result`: what a study left, to look at, plot and use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitscope.errors import UserError
from fitscope.models.mlp import MLP, Params, State

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes

    from fitscope.study.folder import StoredStudy


class Result:
    """A stored study.

    Attributes:
        stored: the study as its folder holds it.
        folder: the study folder.
        histories: one row an epoch: model, repeat, epoch, loss, binary_crossentropy, accuracy,
            the same with `val_`, learning_rate.
        summary: results.json: `models`, `runs`, `comparisons`, `advice`.
    """

    def __init__(self, stored: StoredStudy) -> None:
        self.stored = stored
        self.folder: Path = stored.folder.path
        self.histories: pl.DataFrame = stored.histories
        self.summary: dict[str, Any] = stored.results

    @property
    def models(self) -> list[str]:
        """Names of the models, in the order in which they were added."""
        return [entry.name for entry in self.stored.document.models]

    def model(self, name: str) -> MLP:
        """The model of that name, without weights.

        Raises:
            UserError: no such model.
        """
        return self._entry(name).model

    def weights(self, name: str, repeat: int = 0, which: str | None = None) -> tuple[Params, State]:
        """Trained weights and moving averages, as `MLP.apply` takes them.

        Args:
            name: name of the model.
            repeat: number of the run, from 0.
            which: "best" or "last" epoch; if left out, the last, or the best if the plan says
                `restore_best_weights`.

        Raises:
            UserError: no such model or run.
        """
        from fitscope.study.weights import load_weights

        if which not in (None, "best", "last"):
            raise UserError(f'which must be "best" or "last", got {which!r}')
        stopping = self.stored.document.training_plan.stopping
        usual = "best" if stopping is not None and stopping.restore_best_weights else "last"
        slug = self._entry(name).slug
        return load_weights(self.stored.folder.weights(slug, repeat, which or usual))

    def plot(
        self,
        metric: str = "binary_crossentropy",
        *,
        models: Sequence[str] | None = None,
        smoothing_std: float = 10.0,
        log_epochs: bool = False,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw training (solid) and validation (dashed) curves.

        Args:
            metric: "binary_crossentropy", "accuracy" or "loss".
            models: names; all if left out.
            smoothing_std: standard deviation of the Gaussian smoothing, in epochs; 0 for none.
            log_epochs: logarithmic epoch axis.
            ax: axes to draw into; new ones if left out.

        Returns:
            The Matplotlib axes.

        Raises:
            UserError: no such model or metric.
        """
        from fitscope.report.colours import colours
        from fitscope.report.plot import plot_histories

        for name in models or ():
            self._entry(name)
        return plot_histories(
            self.histories,
            list(models or self.models),
            metric=metric,
            smoothing_std=smoothing_std,
            log_epochs=log_epochs,
            ax=ax,
            colours=colours(self.models),
        )

    def report(self) -> Path:
        """Write the figures and the page; returns the path of report.html."""
        from fitscope.report.rebuild import write_report

        write_report(self.stored)
        return self.stored.folder.page

    def table(self) -> str:
        """The closing table as plain text."""
        import io

        from rich.console import Console

        from fitscope.report.console.table import print_table

        text = io.StringIO()
        print_table(self.stored, Console(file=text, force_terminal=False))
        return text.getvalue()

    def __repr__(self) -> str:
        return f"Result({self.folder})\n{self.table()}"

    def _entry(self, name: str) -> Any:
        if name not in self.models:
            raise UserError(f"no model {name!r} in this study; it has {', '.join(self.models)}")
        return self.stored.document.entry(name)


def load(folder: Path | str) -> Result:
    """The result of a study folder.

    Raises:
        UserError: no study there, no finished run, a damaged file or a newer format.
    """
    from fitscope.study.folder import read_study

    return Result(read_study(folder))
