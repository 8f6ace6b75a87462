"""A model as it is used: rows of a table in, labels, probabilities or numbers out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from fitscope.errors import UserError
from fitscope.serving.encodings import load_encodings
from fitscope.serving.ensemble import likeliest, predicted, probabilities
from fitscope.serving.features import Plain
from fitscope.serving.trained import Taken, Trained, read_trained
from fitscope.study.folder import read_learnt

if TYPE_CHECKING:
    import polars as pl
    from jaxtyping import Float, Float32, Shaped

    from fitscope.data.encoding import Encoding
    from fitscope.data.raw import Raw
    from fitscope.data.table import Table
    from fitscope.task import Task

T = TypeVar("T")
SLICE = 4_096  # rows that one core takes at once
SHARED = 5e8
"""Products of a weight and a value from which on cores share the work: some hundredths of a second,
as long as it takes to ask how many there are."""


@dataclass(frozen=True, eq=False)
class Member:
    """A run that is averaged with others.

    Attributes:
        run: its number.
        fold: the fold whose encoding it takes.
        learner: what it is.
        state: what it has learnt at its best epoch, a refit in the end.
        part: place of its model among those that are averaged.
    """

    run: int
    fold: int
    learner: Any
    state: Any
    part: int = 0


def on_processor(
    member: Member, x: Float32[np.ndarray, "rows features"], task: Task
) -> Shaped[np.ndarray, "rows ..."]:
    """Outputs of a run; a network's are computed on all cores, trees use them by themselves.

    Args:
        member: the run.
        x: features.
        task: what was learnt.
    """

    def outputs(part: np.ndarray) -> np.ndarray:
        return member.learner.predict(member.state, part, task)

    network = member.learner.kind == "mlp"
    if not network or len(x) * member.learner.size(x.shape[1], task).count < SHARED:
        return outputs(x)
    from concurrent.futures import ThreadPoolExecutor

    from threadpoolctl import threadpool_limits

    from fitscope.process import available_cores

    parts = [x[begin : begin + SLICE] for begin in range(0, len(x), SLICE)]
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(available_cores()) as cores:
        return np.concatenate(list(cores.map(outputs, parts)))


@dataclass(frozen=True, eq=False)
class Served:
    """A model as it is used: its runs averaged, at its temperature, with the encoding before it.

    Attributes:
        trained: the folder it comes from.
        taken: which model, or several of them, and which of their runs.
        encodings: one a fold; none of a study on features.
        members: the runs, part by part.
        forward: what computes the outputs of a run.
    """

    trained: Trained
    taken: Taken
    encodings: tuple[Encoding | Raw, ...]
    members: tuple[Member, ...]
    forward: Callable[..., np.ndarray] = field(default=on_processor)

    @property
    def task(self) -> Task:
        """What was learnt."""
        return self.trained.document.task

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in the order of their probabilities; none of a regression."""
        if self.task.kind == "regression":
            return ()
        return self.task.labels or ("0", "1")

    @property
    def learnt(self) -> tuple[Encoding, ...]:
        """How features are made of columns, one encoding a fold, to be written down elsewhere.

        Raises:
            UserError: the learner takes columns as they are.
        """
        from fitscope.data.encoding import Encoding

        found = tuple(one for one in self.encodings if isinstance(one, Encoding))
        if len(found) < len(self.encodings):
            raise UserError(
                f"{self.taken.name}: takes columns as they are, by an encoding of its own, which "
                "cannot be written down here; name another model, or export it by its own library"
            )
        return found

    @cached_property
    def _sources(self) -> tuple[Encoding | Raw | Plain, ...]:
        names = tuple(self.trained.document.data.feature_names)
        return self.encodings or (Plain(names),) * self.trained.document.data.folds

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is given."""
        folds = {member.fold for member in self.members}
        inputs = [one for fold in sorted(folds) for one in self._sources[fold].inputs]
        return tuple(dict.fromkeys(one.column for one in inputs))

    @property
    def texts(self) -> tuple[str, ...]:
        """Those among them that are read as texts, whatever they look like."""
        return tuple(dict.fromkeys(name for one in self._sources for name in one.texts))

    def table(self, given: Any) -> Table:
        """Rows in any form as a table with its columns.

        Args:
            given: as `fitscope.data.table.read_table` takes it, or an array whose columns stand
                in the order of those that were learnt from.

        Raises:
            UserError: no table, or a column that it lacks.
        """
        from fitscope.data.columns import all_known
        from fitscope.data.table import read_table

        if isinstance(given, np.ndarray) and given.ndim == 2:
            trained = self.trained
            roles = trained.target, trained.weights
            names = [name for name in trained.columns if name not in roles]
            names = names or list(trained.document.data.feature_names)
            if given.shape[1] != len(names):
                raise UserError(
                    f"an array of {given.shape[1]} columns, where models were trained on "
                    f"{len(names)}"
                )
            given = dict(zip(names, given.T, strict=True))
        rows = read_table(given, texts=self.texts)
        all_known(self.columns, rows.frame.columns, rows.where)
        return rows

    def features(self, rows: Table, fold: int) -> Float32[np.ndarray, "rows features"]:
        """Rows as the runs of a fold take them.

        Args:
            rows: a table with its columns.
            fold: number of the fold.
        """
        return self._sources[fold].transform(rows)

    def outputs(self, rows: Table) -> Float[np.ndarray, "rows ..."]:
        """Outputs for rows; see `fitscope.task.Task`.

        Args:
            rows: a table with its columns.

        Raises:
            UserError: a value that is none of its column's kind; the message names the line.
        """
        sources = [self._sources[member.fold] for member in self.members]
        made = {source: source.transform(rows) for source in dict.fromkeys(sources)}
        found = [
            self.forward(member, made[source], self.task)
            for member, source in zip(self.members, sources, strict=True)
        ]
        parts = [np.stack(part) for part in self.by_part(found)]
        return predicted(parts, self.taken.temperature, self.task)

    def by_part(self, found: Sequence[T]) -> list[list[T]]:
        """What was made of each member, in a list for each model that is averaged."""
        parts: list[list[T]] = [[] for _ in self.taken.parts]
        for member, one in zip(self.members, found, strict=True):
            parts[member.part].append(one)
        return parts

    def labelled(self, outputs: Float[np.ndarray, "rows ..."]) -> Shaped[np.ndarray, " rows"]:
        """The predicted label of each row, or the number of a regression.

        Args:
            outputs: as `outputs` gives them.
        """
        if self.task.kind == "regression":
            return outputs
        return self.task.classes[likeliest(outputs, self.task)]

    def probabilities(
        self, outputs: Float[np.ndarray, "rows ..."]
    ) -> Float[np.ndarray, "rows labels"]:
        """Probability of each label, in the order of `labels`.

        Args:
            outputs: as `outputs` gives them.

        Raises:
            UserError: a regression.
        """
        self._refuse_numbers()
        return probabilities(outputs, self.task)

    def _refuse_numbers(self) -> None:
        if self.task.kind == "regression":
            raise UserError("a regression has no probabilities; see predict")

    def frame(self, outputs: Float[np.ndarray, "rows ..."]) -> pl.DataFrame:
        """Predictions as columns: `prediction` and, of labels, `probability_<label>`.

        Args:
            outputs: as `outputs` gives them.
        """
        import polars as pl

        if self.task.kind == "regression":
            return pl.DataFrame({"prediction": outputs})
        known = pl.Series(self.task.classes)
        columns = {"prediction": known[likeliest(outputs, self.task)]}
        shares = probabilities(outputs, self.task).astype(np.float32)
        columns |= {
            f"probability_{label}": pl.Series(np.ascontiguousarray(share))
            for label, share in zip(self.labels, shares.T, strict=True)
        }
        return pl.DataFrame(columns)

    def predict(self, given: Any) -> Shaped[np.ndarray, " rows"]:
        """Labels of rows, or numbers of a regression; see `table` for what is taken."""
        return self.labelled(self.outputs(self.table(given)))

    def predict_proba(self, given: Any) -> Float[np.ndarray, "rows labels"]:
        """Probabilities of each label; see `table` for what is taken."""
        self._refuse_numbers()  # before any work is done
        return self.probabilities(self.outputs(self.table(given)))


def serve(
    trained: Trained | Path | str, model: str | None = None, member: int | None = None
) -> Served:
    """A model of a folder, ready to be used.

    Args:
        trained: the folder.
        model: name of the model; the recommended one, or the only one, if left out.
        member: number of a run that is used alone; all are averaged if left out.

    Raises:
        UserError: no such model or run; a file that is missing, damaged, exchanged or newer.
    """
    if not isinstance(trained, Trained):
        trained = read_trained(trained)
    taken = trained.take(model, member)
    document, folder = trained.document, trained.folder
    members: list[Member] = []
    for place, part in enumerate(taken.parts):
        learners: dict[str, Any] = {}
        for number in part.numbers:
            name, run = part.stored(number)
            entry = document.entry(name)
            try:
                learner = learners.setdefault(name, entry.learner)
            except UserError as error:
                raise UserError(f"{folder.study}: damaged at {name}: {error}") from None
            state = read_learnt(folder, entry, run, entry.used)
            members.append(Member(number, run % document.data.folds, learner, state, place))
    return Served(trained, taken, load_encodings(folder, document), tuple(members))


def passed_over(served: Served, columns: Collection[str]) -> Sequence[str]:
    """Columns of a table that the rows learnt from did not have.

    Args:
        served: the model.
        columns: names of the table's columns.
    """
    known = {*served.columns, *served.trained.columns}
    return [name for name in columns if name not in known]
