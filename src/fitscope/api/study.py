"""`Study`: named learners, trained on one split by one plan."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.data.features import refuse_missing
from fitscope.data.split import Split
from fitscope.errors import Notice, UserError
from fitscope.learners import as_learner
from fitscope.learners.mlp.optimizer_names import OPTIMIZERS
from fitscope.learners.mlp.plan import Plan
from fitscope.names import shown

if TYPE_CHECKING:
    from fitscope.api.result import Result
    from fitscope.learners.base import Learner
    from fitscope.study.document import StudyDocument
    from fitscope.study.events import Observer
    from fitscope.study.training import Watch


MOST_JOBS = 1_024


class Study:
    """Learners to be trained under the same conditions, so that they can be compared.

    Args:
        split: training and validation rows.
        plan: how every learner is trained; `Plan()` if left out.

    Example:
        >>> import numpy as np
        >>> from fitscope.learners.mlp.network import MLP
        >>> x = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32)
        >>> y = (x[:, 0] * x[:, 1] > 0).astype(np.float32)
        >>> study = Study(Split(x[:200], y[:200], x[200:], y[200:]), Plan(max_epochs=3))
        >>> study.add("Tiny", MLP(16), group="sizes")
        >>> result = study.run(progress=False)
        >>> result.histories.height
        3
    """

    def __init__(self, split: Split, plan: Plan | None = None) -> None:
        plan = Plan() if plan is None else plan
        for value, kind in ((split, Split), (plan, Plan)):
            if not isinstance(value, kind):
                raise UserError(f"Study: needs a {kind.__name__}(...), got {type(value).__name__}")
        self.split = split
        self.plan = plan
        self.models: dict[str, tuple[Learner, tuple[str, ...]]] = {}

    def add(self, name: str, learner: Any, group: str | Sequence[str] = "models") -> None:
        """Add a learner.

        Args:
            name: any text, unique in the study; appears in tables and figures.
            learner: what to train: an `MLP(...)`, or anything that
                `fitscope.learners.as_learner` takes.
            group: the group, or several, in whose figures it appears.

        Raises:
            UserError: the name is taken or empty, a group's name is not a plain word, nothing
                that can be trained is given, or the plan's optimizer cannot train it.
        """
        if not isinstance(name, str) or not name.strip():
            raise UserError(f"a model needs a name, got {name!r}")
        if name in self.models:
            raise UserError(f"the study has a model {name!r} already; choose another name")
        try:
            weighted = self.split.train_weights is not None
            taken = as_learner(learner, self.split.task, self.split.features, weighted)
            _check_columns(taken, self.split)
            self._check_plan(taken)
        except UserError as error:
            raise UserError(f"{name}: {error}") from None
        several = isinstance(group, Iterable) and not isinstance(group, str)
        groups: tuple[Any, ...] = tuple(group) if several else (group,)
        for part in groups or ("",):
            if not isinstance(part, str) or not part.replace("-", "_").isidentifier():
                raise UserError(f"{name}: group {part!r} must be one plain word; it names a folder")
        self.models[name] = (taken, groups)

    def run(
        self,
        repeats: int = 1,
        *,
        seed: int = 0,
        out: Path | str | None = None,
        resume: bool = False,
        device: str = "auto",
        jobs: int | None = None,
        executor: str = "local",
        progress: bool = True,
    ) -> Result:
        """Train every learner `repeats` times and store what comes out.

        Args:
            repeats: runs a learner, each with its own weights, row orders and dropout masks.
            seed: the same seed gives the same numbers on the same machine.
            out: the study folder; a temporary one if left out.
            resume: go on with an interrupted study in `out`.
            device: "auto", "cpu" or "gpu".
            jobs: how many runs are trained side by side at most; as many as there are cores if
                left out.
            executor: what trains: "local", "ray" (a cluster on this machine, or the one that
                `ray.init` has reached) or "ray:ADDRESS"; it changes no numbers.
            progress: show the runs while they train, on a terminal or in a notebook.

        Returns:
            The stored result.

        Warns:
            Notice: features on a scale on which networks learn badly, validation rows that are
                training rows, a plan's precision by which nothing is gained here.

        Raises:
            UserError: no models, a folder that holds another study, no space left ...
        """
        from fitscope.api.cautions import cautions
        from fitscope.api.result import Result
        from fitscope.report.tensorboard import write_logs
        from fitscope.serving.encodings import store_encodings
        from fitscope.study.definition import Definition
        from fitscope.study.document import MOST_REPEATS
        from fitscope.study.execute import execute
        from fitscope.study.training import unwatched

        bounds = {"repeats": (repeats, 1, MOST_REPEATS), "seed": (seed, 0, 2**32 - 1)}
        if jobs is not None:
            bounds["jobs"] = (jobs, 1, MOST_JOBS)
        for name, (value, least, most) in bounds.items():
            whole = isinstance(value, Integral) and not isinstance(value, bool)
            if not (whole and least <= int(value) <= most):
                raise UserError(
                    f"{name} must be a whole number from {least} to {most}, got {value!r}"
                )
        if out is not None and not (isinstance(out, str | PathLike) and "\0" not in str(out)):
            raise UserError(f"out must be the path of a folder, got {out!r}")
        told = cautions(self.split, [learner for learner, _ in self.models.values()])
        for caution in told:
            warnings.warn(caution, Notice, stacklevel=2)
        definition = Definition(
            (self.split,), self.plan, self.models, int(repeats), int(seed), cautions=told
        )
        path = Path(tempfile.mkdtemp(prefix="fitscope-") if out is None else out)
        watch = partial(_watched, by=_live if progress else unwatched)
        stored = execute(
            definition,
            path,
            device=device,
            resume=resume,
            jobs=jobs,
            executor=executor,
            watch=watch,
            finish=write_logs,
        )
        columns = self.split.encoding or self.split.raw
        if columns is not None:
            store_encodings([columns], stored.folder, stored.document)
        return Result(stored)

    def _check_plan(self, learner: Learner) -> None:
        """What an optimizer refuses is said before anything is trained."""
        if learner.kind == "mlp" and (
            self.plan.optimizer_options or self.plan.optimizer not in OPTIMIZERS
        ):
            from fitscope.learners.mlp.optimizers import optimizer  # imports JAX

            optimizer(self.plan.optimizer, lambda _: 0.0, self.plan.optimizer_options)

    def __repr__(self) -> str:
        return f"Study({self.split!r}, models: {', '.join(self.models) or 'none'})"

    def _repr_html_(self) -> str:
        from fitscope.report.notebook.models import models_html

        return models_html(self.models, self.split, self.plan)


def _check_columns(learner: Learner, split: Split) -> None:
    """Make sure that a learner takes the columns of a split that holds more than numbers.

    Raises:
        UserError: it does not.
    """
    from fitscope.learners.base import is_reference
    from fitscope.learners.estimator.estimator import Estimator

    if split.raw is None or is_reference(learner):
        return
    parts = {"train": split.x_train, "validation": split.x_validation}
    gaps = any(np.isnan(x).any() for x in parts.values())
    words = [one for one in split.raw.columns if one.kind in ("category", "date")]
    if isinstance(learner, Estimator) and learner.takes(split.raw.columns, gaps):
        return
    if words:
        first = words[0]
        texts = f"texts such as {shown(first.levels[0])!r}" if first.levels else "nothing"
        what = "dates" if first.kind == "date" else texts
        raise UserError(
            f"column {shown(first.name)!r} holds {what}, and {learner.sort} takes numbers; leave "
            "it out, give a pipeline that encodes it, or the whole frame to fs.examine, which does"
        )
    for part, x in parts.items():
        refuse_missing(x, part, split.feature_names)


def _watched(document: StudyDocument, by: Watch) -> AbstractContextManager[Observer]:
    """What shows the study while it trains; a precision that is refused is told first."""
    from fitscope.report.precision import precision_note

    if document.precision == "float32" and (note := precision_note(document)):
        warnings.warn(note, Notice)
    return by(document)


def _live(document: StudyDocument) -> AbstractContextManager[Observer]:
    """A view that suits the place, or none: a script's output stays its own."""
    from rich.console import Console

    console = Console()
    if console.is_jupyter:
        from fitscope.report.notebook.progress import NotebookView

        return NotebookView(document)
    if console.is_terminal:
        from fitscope.report.console.live import LiveView

        return LiveView(document, console)
    from fitscope.study.training import unwatched

    return unwatched(document)
