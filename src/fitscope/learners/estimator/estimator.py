"""`Estimator`: anything with scikit-learn's interface, as a learner."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from jaxtyping import Float, Shaped

from fitscope.errors import UserError, reason
from fitscope.history import SINGLE
from fitscope.learners.base import Knob, Size, TrainedRun, Watching
from fitscope.learners.estimator.aims import aims_elsewhere
from fitscope.learners.estimator.checked import check_aim, check_estimator
from fitscope.learners.estimator.described import described, is_plain, rebuilt, told
from fitscope.learners.estimator.fitted import Fitted, load_fitted, save_fitted
from fitscope.learners.estimator.inputs import (
    encodes,
    refuse_weights,
    takes_missing,
    takes_words,
)
from fitscope.learners.estimator.knobs import Neighbours, check_given, neighbours
from fitscope.learners.estimator.pace import Pace, pace_of
from fitscope.learners.estimator.prepared import last_step, parted
from fitscope.learners.estimator.sizes import draws, least_memory, size_of
from fitscope.learners.estimator.staged import staged
from fitscope.learners.estimator.training import outputs, train
from fitscope.learners.estimator.turns import short_name
from fitscope.learners.given import keep, kept, missing
from fitscope.learners.settings import Settings

if TYPE_CHECKING:
    from fitscope.data.raw import RawColumn
    from fitscope.data.split import Split
    from fitscope.learners.mlp.plan import Plan
    from fitscope.task import Task


@dataclass(frozen=True, init=False, repr=False)
class Estimator:
    """An unfitted estimator of scikit-learn, XGBoost, LightGBM, CatBoost, or one alike.

    Its settings are described in study.json. Where they are plain values and its class is of these
    libraries, that is enough to train it again; otherwise the object itself goes to the training
    processes, and whoever wants to train it again gives it again. Seed, cores and stopping are the
    study's: `random_state` and `n_jobs` are set for each run, and a learner with rounds trains all
    of them, the best one being known afterwards.

    Args:
        estimator: it; never changed.
        knobs: settings that move its capacity beside those that are known of it, each with "more"
            or "less": what more of the setting means for capacity.

    Raises:
        UserError: no estimator, one that cannot be sent to a training process, or knobs that it
            does not have.

    Example:
        >>> from sklearn.linear_model import Ridge
        >>> Estimator(Ridge(alpha=3.0))
        Estimator(Ridge(alpha=3.0))
    """

    kind: ClassVar[str] = "estimator"
    state_ending: ClassVar[str] = "skops"
    planned: ClassVar[bool] = False

    description: str
    given: str | None
    directions: tuple[tuple[str, str], ...]

    def __init__(self, estimator: Any, knobs: Mapping[str, str] | None = None) -> None:
        check_estimator(estimator)
        check_given(estimator, knobs or {})
        found = described(estimator)
        name = type(estimator).__name__
        given = None if is_plain(found) else keep(estimator, name)
        object.__setattr__(self, "description", json.dumps(found, sort_keys=True))
        object.__setattr__(self, "given", given)
        object.__setattr__(self, "directions", tuple((knobs or {}).items()))

    def as_dict(self) -> dict[str, Any]:
        """Class and settings as plain values, and the fingerprint of an object of the caller's."""
        return {
            "estimator": json.loads(self.description),
            "given": self.given,
            "knobs": dict(self.directions),
        }

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Estimator:
        """The learner that `as_dict` described."""
        self = cls.__new__(cls)
        object.__setattr__(self, "description", json.dumps(settings["estimator"], sort_keys=True))
        object.__setattr__(self, "given", settings["given"])
        object.__setattr__(self, "directions", tuple(settings["knobs"].items()))
        return self

    @property
    def name(self) -> str:
        """Name of its class."""
        return json.loads(self.description)["class"].rpartition(".")[2]

    @property
    def sort(self) -> str:
        """What such estimators are called for short, a pipeline by its last step: "forest"."""
        return self.name if self._new is None else short_name(last_step(self._new)[1])

    @property
    def family(self) -> str:
        """The same for estimators that differ in their knobs alone."""
        return self._family

    @cached_property
    def _family(self) -> str:
        """Tells apart estimators that differ in more than their knobs."""
        if self._new is None:
            return f"{self.name} {self.given}"
        settings = self.made().set_params(**{one.turn.setting: None for one in self.neighbours})
        return json.dumps(described(settings), sort_keys=True)

    @cached_property
    def neighbours(self) -> tuple[Neighbours, ...]:
        """Its knobs with values around where they stand, what moves most first."""
        return () if self._new is None else neighbours(self._new, dict(self.directions))

    def takes(self, columns: Sequence[RawColumn], missing: bool) -> bool:
        """Whether it can be given a table's columns as they are.

        Args:
            columns: of the table.
            missing: some values are missing.
        """
        if self._new is None or encodes(self._new):
            return self._new is not None
        _, final = last_step(self._new)
        return takes_words(final, columns) and (not missing or takes_missing(final))

    @cached_property
    def pace(self) -> Pace | None:
        """How fast it learns in how many rounds; None of one without rounds, or whose library
        decides it."""
        if self._new is None or self.step != "round":
            return None
        return pace_of(self._new)

    def changed(self, settings: Mapping[str, Any]) -> Estimator:
        """The same with other settings."""
        return Estimator(self.made().set_params(**settings), dict(self.directions))

    @cached_property
    def _new(self) -> Any:
        """The estimator for looking at; None if it is the caller's own and not in this process."""
        if self.given is None:
            return rebuilt(json.loads(self.description))
        return kept(self.given)

    def made(self) -> Any:
        """The estimator, new and unfitted.

        Raises:
            UserError: it is an object of the caller's own, which this process does not have.
        """
        from sklearn.base import clone

        if self.given is None:
            return rebuilt(json.loads(self.description))
        if self._new is None:
            raise missing(self.name)
        try:
            return clone(self._new, safe=False)
        except RuntimeError:  # CatBoost copies lists that it is given, which clone refuses
            return kept(self.given)

    def check_task(self, task: Task) -> None:
        """Make sure that a classifier is given classes, and a regressor numbers.

        Raises:
            UserError: the other one is needed.
        """
        if self._new is not None:
            check_aim(self._new, self.name, task)

    def aims_elsewhere(self, task: Task) -> str:
        """Why its loss does not tell whether it has learnt anything; empty where it does."""
        return "" if self._new is None else aims_elsewhere(self._new, task)

    def check_weights(self) -> None:
        """Make sure that its last step takes what each row counts.

        Raises:
            UserError: it does not.
        """
        if self._new is not None:
            refuse_weights(parted(self._new)[1])

    @property
    def step(self) -> str:
        """What one step of its history is."""
        if self._new is None:
            return SINGLE
        watched = staged(parted(self._new)[1])
        return SINGLE if watched is None else watched.STEP

    @property
    def by_chance(self) -> bool:
        """Whether runs on the same rows may differ: it draws by chance, as far as is known."""
        return self._new is None or draws(self._new)

    def size(self, features: int, task: Task) -> Size:
        """How large it can be, as far as its settings tell."""
        return size_of(last_step(self._new)[1], features, task)

    def knobs(self) -> tuple[Knob, ...]:
        """The settings that move its capacity."""
        return tuple(one.knob for one in self.neighbours)

    def layers(self, features: int, task: Task) -> Settings:
        """Its settings, those of a pipeline's last step."""
        del features, task
        _, final = last_step(self._new) if self._new is not None else ("", None)
        if final is None:
            return Settings((("class", self.name, ""),), ("Its settings are not known here.",))
        rows = tuple((name, str(value), "") for name, value in final.get_params(deep=False).items())
        return Settings(rows or (("class", self.name, ""),), ())

    def work(self, features: int, task: Task, plan: Plan, rows: int) -> float:
        """0: a run trains on one core."""
        del features, task, plan, rows
        return 0.0

    def memory(self, rows: int) -> float:
        """Bytes that a run needs at least: what a matrix of rows by rows takes."""
        return 0.0 if self._new is None else least_memory(last_step(self._new)[1], rows)

    def fit(
        self, split: Split, plan: Plan, *, seed: int, repeats: Sequence[int], watching: Watching
    ) -> list[TrainedRun]:
        """Train one run a repeat; see `fitscope.learners.base.Learner.fit`.

        An interrupted run is lost: there are no checkpoints.
        """
        del plan
        watching.on_start(0)
        return [train(self.made(), split, seed, repeat, watching) for repeat in repeats]

    def save(self, state: Fitted, path: Path) -> None:
        """Store the fitted estimator, whole or not at all."""
        save_fitted(state, path)

    def load(self, path: Path) -> Fitted:
        """The fitted estimator that `save` stored.

        Raises:
            UserError: missing or damaged file, classes that are neither of a known library nor of
                the estimator as it was given in this process, or one that was not given.
        """
        if self.given is not None and self._new is None:
            raise missing(self.name)
        return load_fitted(path, None if self.given is None else self._new)

    def predict(
        self, state: Fitted, x: Shaped[np.ndarray, "rows features"], task: Task
    ) -> Float[np.ndarray, "rows ..."]:
        """Outputs of rows; see `fitscope.task.Task`.

        Raises:
            UserError: the estimator does not take them, or predicts what is no prediction.
        """
        try:
            return outputs(state, x, task)
        except (UserError, MemoryError):
            raise
        except Exception as error:  # whatever an estimator raises
            raise UserError(
                f"{self.name} does not take these rows ({type(error).__name__}: {reason(error)})"
            ) from None

    def __repr__(self) -> str:
        knobs = f", knobs={dict(self.directions)}" if self.directions else ""
        return f"Estimator({told(json.loads(self.description))}{knobs})"
