"""`Keras`: a Keras model of the caller's own, trained by Keras' own `fit`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from jaxtyping import Float64, Shaped

from fitscope.errors import UserError
from fitscope.learners.base import TrainedRun, Watching
from fitscope.learners.given import keep, kept, missing
from fitscope.learners.own.building import Build, named
from fitscope.learners.own.keras.backend import keras_on
from fitscope.learners.own.network import OwnNetwork
from fitscope.learners.own.reading import as_outputs
from fitscope.learners.own.weights import Weights

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.learners.mlp.plan import Plan
    from fitscope.task import Task


class Keras(OwnNetwork):
    """A Keras model of the caller's own: sequential, functional or a class, on any backend.

    It trains by Keras' own `fit`. A compiled model keeps its loss and its optimizer with its
    learning rate; one that is not compiled gets the task's loss and the plan's optimizer, and a
    regression's target is then scaled, as for `MLP`. Epochs, batch size and stopping rule are the
    plan's in any case. Metrics and callbacks of the model's own are not kept.

    Of sequential and functional models units, dropout and penalties are known and can be changed
    on a copy; what a class of the caller's own does nobody can know, so of its knobs only weight
    decay is known.

    What a run's numbers follow from: `keras.utils.set_random_seed` by (seed, repeat) before the
    model is built, and by (seed, repeat, epoch) before each epoch. A model that draws numbers in
    other ways, or a backend whose operations differ from time to time (some of GPUs), may give
    others; TensorFlow's generator is set once a run, so a resumed one draws other rows.
    """

    kind: ClassVar[str] = "keras"

    @classmethod
    def of(cls, build: Build, task: Task, features: int) -> Keras:
        """The learner of a function that builds a model.

        Raises:
            UserError: it builds none that could be trained on such rows.
        """
        from fitscope.learners.own.keras.model import described

        return cls(keep(build, named(build)), described(build, features, task))

    @property
    def backend(self) -> str:
        """Keras' backend that the model was made on."""
        return self.description.library.rpartition(" ")[2]

    def changed(self, settings: Mapping[str, Any]) -> Keras:
        """The learner with other settings beside those that it has; see `OwnNetwork`."""
        from fitscope.learners.own.keras.model import described_again

        together = {**dict(self.settings), **settings}
        keras_on(self.backend)
        found = described_again(self._function(), together, self.description)
        return Keras(self.given, found, tuple(together.items()))

    def fit(
        self, split: Split, plan: Plan, *, seed: int, repeats: Sequence[int], watching: Watching
    ) -> list[TrainedRun]:
        """Train one run a repeat, one after the other; see `fitscope.learners.base.Learner.fit`."""
        from fitscope.learners.own.keras.model import made
        from fitscope.learners.own.keras.training import run_seed, train_one
        from fitscope.learners.streams import WEIGHTS

        keras = keras_on(self.backend)
        settings, runs = dict(self.settings), []
        for repeat in repeats:
            keras.utils.set_random_seed(run_seed(seed, repeat, WEIGHTS))
            model = made(self._function(), settings, split.features, split.task)
            runs.append(
                train_one(
                    model,
                    self.description,
                    settings,
                    plan,
                    split,
                    seed=seed,
                    repeat=repeat,
                    repeats=repeats,
                    watching=watching,
                    signature=self._signature(plan, seed, repeat),
                )
            )
        return runs

    def predict(
        self, state: Weights, x: Shaped[np.ndarray, "rows features"], task: Task
    ) -> Float64[np.ndarray, "rows ..."]:
        """Outputs of rows; see `fitscope.task.Task`."""
        from fitscope.learners.own.keras.training import raw_outputs

        raw = raw_outputs(self.model(state), np.asarray(x, np.float32))
        return state.scale.unscaled(as_outputs(raw, self.description.reading, task))

    def model(self, state: Weights) -> Any:
        """The `keras.Model` with the weights of a run; the same object at each call.

        Args:
            state: what `result.fitted(name)` gives.

        Raises:
            UserError: the model can be made neither from its description nor by the caller's
                function, or the weights are not its own.
        """
        from fitscope.learners.own.keras.layers import put_weights

        try:
            put_weights(self._model, state.values)
        except ValueError:
            raise UserError("these weights are those of another model") from None
        return self._model

    @cached_property
    def _model(self) -> Any:
        """A model to put weights into: by the caller's function, or else by its description."""
        from fitscope.learners.own.keras.config import from_config
        from fitscope.learners.own.keras.model import bare

        keras_on(self.backend)
        description = self.description
        build = kept(self.given)
        if build is not None:
            sizes = description.features, description.outputs
            return bare(build, dict(self.settings), *sizes)
        if description.config is None:
            raise missing(description.name)
        return from_config(description.config)
