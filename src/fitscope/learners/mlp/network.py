"""`MLP`: the network that fitscope trains, as a learner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from fitscope.learners.base import TrainedRun, Watching
from fitscope.learners.mlp.description import Architecture, Params, State

if TYPE_CHECKING:
    import jax
    import keras

    from fitscope.data.split import Split
    from fitscope.learners.mlp.plan import Plan
    from fitscope.task import Task


@dataclass(frozen=True, init=False, repr=False)
class MLP(Architecture):
    """Dense hidden layers, and outputs as the task wants them; immutable, holds no weights.

    Each hidden layer is dense, then (with `batch_norm`) batch normalization, then the
    activation, then (with `dropout`) dropout. `MLP()` with no hidden layer is logistic or
    linear regression.

    Args:
        hidden: units of each hidden layer, as positional arguments.
        activation: name of the activation of the hidden layers, one of
            `fitscope.learners.mlp.activations.ACTIVATIONS`.
        l1: coefficient of the sum of absolute weights of the hidden kernels, added to the loss;
            without a hidden layer those of the only kernel. So with `l2` and `weight_decay`.
        l2: coefficient of the sum of squared weights of these kernels, added to the loss
            (Keras' `regularizers.L2`, without a factor of one half).
        weight_decay: decoupled weight decay of these kernels: the optimizer shrinks them
            by `learning_rate * weight_decay` a step, apart from the loss (Loshchilov and
            Hutter, Decoupled Weight Decay Regularization, 2019).
        dropout: share of hidden outputs set to zero at training time; the others are divided
            by `1 - dropout`, so nothing has to be rescaled afterwards.
        batch_norm: normalize each hidden layer before its activation (Ioffe and Szegedy, 2015),
            with Keras' momentum 0.99 and epsilon 1e-3.
        noise: standard deviation of normal noise that is added to every feature at training
            time, anew at each step, in the units of the features that the network is given
            (those of a table come scaled to about 1).
        mix: at training time mix each row with another one of its step (mixup: Zhang, Cisse,
            Dauphin and Lopez-Paz, 2018): features are `s * own + (1 - s) * other`, the loss is
            `s * loss(own target) + (1 - s) * loss(other target)`, with `s` drawn for each row
            from Beta(mix, mix). Small values (0.1) mostly leave a row nearly as it is or nearly
            put the other one in its place, large ones average the two.
        batch_size: rows a step of this network; None for the plan's.

    Raises:
        UserError: a size, rate or name that makes no sense.

    Example:
        >>> MLP(16).parameters(features=28)
        481
        >>> MLP(512, 512, 512, 512, l2=1e-4, dropout=0.5).parameters(features=28)
        803329
    """

    kind: ClassVar[str] = "mlp"
    step = "epoch"
    sort = family = "mlp"
    planned: ClassVar[bool] = True
    by_chance = True
    given = None
    state_ending: ClassVar[str] = "safetensors"

    def fit(
        self, split: Split, plan: Plan, *, seed: int, repeats: Sequence[int], watching: Watching
    ) -> list[TrainedRun]:
        """Train one run a repeat; see `fitscope.learners.mlp.train`, of large tables `streamed`."""
        from fitscope.learners.mlp.streamed import is_streamed, train_streamed
        from fitscope.learners.mlp.train import train

        if is_streamed(split):
            return [
                train_streamed(
                    self, plan, split, seed=seed, repeat=repeat, repeats=repeats, watching=watching
                )
                for repeat in repeats
            ]
        return train(
            self,
            plan,
            split,
            seed=seed,
            repeats=repeats,
            save=watching.save,
            on_start=watching.on_start,
            on_progress=watching.on_progress,
            interrupted=watching.interrupted,
        )

    def save(self, state: tuple[Params, State], path: Path) -> None:
        """Store weights and moving averages, whole or not at all."""
        from fitscope.learners.mlp.weights import save_weights

        save_weights(path, *state)

    def load(self, path: Path) -> tuple[Params, State]:
        """Weights and moving averages that `save` stored.

        Raises:
            UserError: missing or damaged file.
        """
        from fitscope.learners.mlp.weights import load_weights

        return load_weights(path)

    def predict(self, state: tuple[Params, State], x: Any, task: Task) -> np.ndarray:
        """Outputs of rows, computed without JAX; see `fitscope.task.Task`."""
        from fitscope.learners.mlp.numpy_forward import outputs

        del task
        return outputs(self, *state, np.asarray(x))

    def apply(self, params: Params, x: Any, state: State | None = None) -> jax.Array:
        """Outputs of rows `x`, with dropout off, in JAX: to be differentiated or compiled.

        Args:
            params: weights as `init` gives them or a study stores them.
            x: features, shape (rows, features), float32.
            state: moving averages, needed with batch normalization alone.

        Returns:
            Shape (rows,): the log-odds of label 1, or the value of a regression; with several
            labels a logit a label, shape (rows, labels).

        Example:
            >>> model = MLP(16)
            >>> model.apply(model.init(28), np.zeros((5, 28), np.float32)).shape
            (5,)
        """
        from fitscope.learners.mlp.forward import predict

        x = np.asarray(x, np.float32) if isinstance(x, list | tuple) else x
        return predict(self, params, self.init_state() if state is None else state, x)

    def keras(self, features: int | None = None, outputs: int = 1) -> keras.Sequential:
        """The same network in Keras 3, untrained: needs the package `keras`.

        Noise, dropout, penalties and batch normalization are in it. Weight decay belongs to the
        optimizer there, `mix` and `batch_size` to how it is trained.

        Args:
            features: number of feature columns; told by the first rows it sees if left out.
            outputs: 1, or a logit a label where there are several.

        Raises:
            UserError: Keras or its backend is not installed.
        """
        from fitscope.learners.mlp.keras_layers import untrained

        return untrained(self, features, outputs)

    def penalty(self, params: Params) -> jax.Array:
        """What L1 and L2 add to the loss: `l1 * sum(|w|) + l2 * sum(w**2)` over the hidden
        kernels, or over the only one.

        For people who write their own training loop: `loss = cross_entropy + penalty`.

        Args:
            params: weights as `init` gives them.

        Returns:
            A float32 scalar.

        Example:
            >>> model = MLP(2, l2=0.5)
            >>> params = model.init(1)
            >>> params["dense"]["kernel"][:] = [[1.0, 2.0]]
            >>> float(model.penalty(params))
            2.5
        """
        from fitscope.learners.mlp.forward import penalty

        return penalty(self, params)
