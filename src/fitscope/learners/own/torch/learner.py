"""`Torch`: a PyTorch module of the caller's own, trained in a small loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from jaxtyping import Float64, Shaped

from fitscope.learners.base import TrainedRun, Watching
from fitscope.learners.given import keep
from fitscope.learners.libraries import library
from fitscope.learners.own.building import named
from fitscope.learners.own.network import OwnNetwork
from fitscope.learners.own.reading import as_outputs
from fitscope.learners.own.torch.given import TorchBuild
from fitscope.learners.own.weights import Weights
from fitscope.learners.streams import WEIGHTS

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.learners.mlp.plan import Plan
    from fitscope.task import Task


class Torch(OwnNetwork):
    """A PyTorch module of the caller's own; `fs.torch` says what is done with it.

    What a run's numbers follow from: Python, NumPy and PyTorch are seeded by (seed, repeat) before
    the module is built, and by (seed, repeat, epoch) before each epoch; row orders are those of
    `MLP`. On a GPU some operations of PyTorch differ from time to time in their last bits.
    """

    kind: ClassVar[str] = "torch"

    @classmethod
    def of(cls, given: TorchBuild, task: Task, features: int) -> Torch:
        """The learner of a function that builds a module.

        Raises:
            UserError: it builds none that could be trained on such rows.
        """
        from fitscope.learners.own.torch.module import described

        return cls(keep(given, named(given.build)), described(given, features, task))

    def changed(self, settings: Mapping[str, Any]) -> Torch:
        """The learner with other settings beside those that it has; see `OwnNetwork`."""
        from fitscope.learners.own.torch.module import described_again

        together = {**dict(self.settings), **settings}
        found = described_again(self._function(), together, self.description)
        return Torch(self.given, found, tuple(together.items()))

    def fit(
        self, split: Split, plan: Plan, *, seed: int, repeats: Sequence[int], watching: Watching
    ) -> list[TrainedRun]:
        """Train one run a repeat, one after the other; see `fitscope.learners.base.Learner.fit`."""
        from fitscope.learners.own.torch.module import made
        from fitscope.learners.own.torch.training import seed_all, train_one

        settings, runs = dict(self.settings), []
        for repeat in repeats:
            seed_all(seed, repeat, WEIGHTS)
            given = self._function()
            runs.append(
                train_one(
                    given,
                    made(given, settings, split.features, split.task),
                    self.description,
                    settings.get("weight_decay"),
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
        torch = library("torch", "torch")

        from fitscope.learners.own.torch.training import raw_outputs

        module = self.module(state)
        raw = raw_outputs(module, torch.as_tensor(np.array(x, np.float32)))
        return state.scale.unscaled(as_outputs(raw, self.description.reading, task))

    def module(self, state: Weights) -> Any:
        """The module with the weights of a run, on the processor; the same one at each call.

        Args:
            state: what `result.fitted(name)` gives.

        Raises:
            UserError: the caller's function is not in this process, or the weights are not its own.
        """
        from fitscope.learners.own.torch.training import put

        put(self._module, dict(zip(state.names, state.values, strict=True)))
        return self._module.eval()

    @cached_property
    def _module(self) -> Any:
        from fitscope.learners.own.torch.module import bare

        description = self.description
        sizes = description.features, description.outputs
        return bare(self._function(), dict(self.settings), *sizes)
