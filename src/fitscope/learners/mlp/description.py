"""A multilayer perceptron described without its weights: layers, settings, fresh weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from annotated_types import Interval

from fitscope.errors import UserError
from fitscope.learners.base import Knob, Size
from fitscope.learners.mlp.activations import ACTIVATIONS
from fitscope.learners.mlp.summary import Layer, Summary
from fitscope.settings import Count, Flag, NotNegative, Words, check, valid

if TYPE_CHECKING:
    from fitscope.learners.mlp.plan import Plan
    from fitscope.task import Task

REMEDIES = {
    "l1": "L1",
    "l2": "L2",
    "weight_decay": "weight decay",
    "dropout": "dropout",
    "batch_norm": "batch normalization",
    "noise": "input noise",
    "mix": "mixing of rows",
}
"""Setting to its name in sentences."""
EPSILON = 1e-3  # of batch normalization: Keras' default
WIDE = 256  # units of a layer that fills the vector units by itself

Params = dict[str, dict[str, Any]]
State = dict[str, dict[str, Any]]


@dataclass(frozen=True, init=False)
class Architecture:
    """What a network is: its layers, its settings, fresh weights. Nothing here trains.

    `fitscope.learners.mlp.network.MLP` is this with all that a learner does, and says what each
    setting means.
    """

    hidden: tuple[int, ...]
    activation: Annotated[str, Words("the name of an activation")]
    l1: NotNegative
    l2: NotNegative
    weight_decay: NotNegative
    dropout: Annotated[float, Interval(ge=0, lt=1), Words("at least 0 and below 1")]
    batch_norm: Flag
    noise: NotNegative
    mix: NotNegative
    batch_size: Annotated[Count | None, Words("a whole number from 1 or None")]

    def __init__(
        self,
        *hidden: int,
        activation: str = "elu",
        l1: float = 0.0,
        l2: float = 0.0,
        weight_decay: float = 0.0,
        dropout: float = 0.0,
        batch_norm: bool = False,
        noise: float = 0.0,
        mix: float = 0.0,
        batch_size: int | None = None,
    ) -> None:
        units = tuple(valid(Count, each, "MLP: units of a hidden layer") for each in hidden)
        given = (activation, l1, l2, weight_decay, dropout, batch_norm, noise, mix, batch_size)
        names = [field.name for field in fields(self)]
        for name, value in zip(names, (units, *given), strict=True):
            object.__setattr__(self, name, value)
        check(self)
        if self.activation not in ACTIVATIONS:
            raise UserError(
                f"MLP: unknown activation {activation!r}; choose from {', '.join(ACTIVATIONS)}"
            )

    def __repr__(self) -> str:
        shown = [str(units) for units in self.hidden]
        defaults = type(self)()
        shown += [
            f"{name}={value!r}"
            for name, value in self.as_dict().items()
            if name != "hidden" and value != getattr(defaults, name)
        ]
        return f"MLP({', '.join(shown)})"

    def as_dict(self) -> dict[str, Any]:
        """All settings as plain values; `MLP.from_dict` reads them back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Self:
        """The model that `as_dict` described."""
        rest = {name: value for name, value in settings.items() if name != "hidden"}
        return cls(*settings["hidden"], **rest)

    def parameters(self, features: int, outputs: int = 1) -> int:
        """Number of trainable parameters for rows of `features` columns."""
        return self.summary(features, outputs).trainable

    def summary(self, features: int, outputs: int = 1) -> Summary:
        """One row a layer: name, output shape, parameters, as `keras.Model.summary` shows them.

        Example:
            >>> print(Architecture(16).summary(28))
            Layer (type)       Output Shape    Param #
            dense (Dense)      (None, 16)          464
            dense_1 (Dense)    (None, 1)            17
            Total params: 481 (1.88 KB)
            Trainable params: 481 (1.88 KB)
            Non-trainable params: 0 (0.00 B)
        """
        layers, before = [], features
        if self.noise:
            layers.append(Layer("gaussian_noise", "GaussianNoise", features, 0))
        for number, units in enumerate(self.hidden):
            layers.append(Layer(numbered("dense", number), "Dense", units, (before + 1) * units))
            if self.batch_norm:
                name = numbered("batch_normalization", number)
                layers.append(Layer(name, "BatchNormalization", units, 2 * units, 2 * units))
            if self.dropout:
                layers.append(Layer(numbered("dropout", number), "Dropout", units, 0))
            before = units
        name = numbered("dense", len(self.hidden))
        layers.append(Layer(name, "Dense", outputs, (before + 1) * outputs))
        return Summary(tuple(layers))

    @property
    def regularized(self) -> list[str]:
        """Layers whose kernels L1, L2 and weight decay act on: the hidden ones, or the only one."""
        return [numbered("dense", number) for number in range(max(len(self.hidden), 1))]

    def size(self, features: int, task: Task) -> Size:
        """Number of trainable parameters on rows of `features` columns."""
        return Size(self.parameters(features, task.outputs), "parameters")

    def knobs(self) -> tuple[Knob, ...]:
        """Units of its layers, then what is done against overfitting."""
        size = Knob("hidden", "units", self.hidden, richer=True, remedy=False)
        remedies = [
            Knob(name, words, getattr(self, name), richer=False, remedy=True)
            for name, words in REMEDIES.items()
        ]
        rows = inf if self.batch_size is None else self.batch_size
        return (size, *remedies, Knob("batch_size", "small batches", rows, True, True, inf))

    def layers(self, features: int, task: Task) -> Summary:
        """Its layers; see `summary`."""
        return self.summary(features, task.outputs)

    def work(self, features: int, task: Task, plan: Plan, rows: int) -> float:
        """Floating-point operations of one optimizer step."""
        return 6.0 * self.size(features, task).count * self.batch(plan, rows)

    def wide_kernels(self, features: int, outputs: int) -> list[tuple[int, int]]:
        """Inputs and units of the kernels whose products take bfloat16 inputs if the plan says so.

        Those of wide layers do (`fitscope.learners.mlp.half`). Kernels of a few features or
        outputs hold a hundredth of the work, and features and outputs keep all their digits.

        Example:
            >>> Architecture(512, 256, 16).wide_kernels(28, 1)
            [(512, 256)]
            >>> Architecture(64, 64).wide_kernels(28, 1)
            []
        """
        if max(self.hidden, default=0) < WIDE:
            return []
        sizes = pairwise((features, *self.hidden, outputs))
        return [kernel for kernel in sizes if min(kernel) >= WIDE]

    def batch(self, plan: Plan, rows: int) -> int:
        """Rows of a full optimizer step on so many training rows."""
        return min(self.batch_size or plan.batch_size, rows)

    def init(
        self, features: int, seed: int | np.random.SeedSequence = 0, outputs: int = 1
    ) -> Params:
        """Fresh weights: Glorot-uniform kernels and zero biases, as NumPy float32 arrays.

        A kernel of shape (inputs, outputs) is uniform within plus or minus
        sqrt(6 / (inputs + outputs)) (Glorot and Bengio, 2010). The same seed gives the same
        weights on every machine.

        Args:
            features: number of feature columns.
            seed: any whole number from 0, or a NumPy seed sequence.

        Returns:
            `{layer: {"kernel": [inputs, outputs], "bias": [outputs]}}`, and
            `{"gamma", "beta"}` for batch normalization.

        Example:
            >>> Architecture(4).init(features=3)["dense"]["kernel"].shape
            (3, 4)
        """
        random = np.random.default_rng(seed)
        params: Params = {}
        sizes = (features, *self.hidden, outputs)
        for number, (inputs, units) in enumerate(pairwise(sizes)):
            limit = np.sqrt(6.0 / (inputs + units))
            params[numbered("dense", number)] = {
                "kernel": random.uniform(-limit, limit, (inputs, units)).astype(np.float32),
                "bias": np.zeros(units, np.float32),
            }
            if self.batch_norm and number < len(self.hidden):
                params[numbered("batch_normalization", number)] = {
                    "gamma": np.ones(units, np.float32),
                    "beta": np.zeros(units, np.float32),
                }
        return params

    def init_state(self) -> State:
        """What is carried beside the weights: moving averages of batch normalization, or nothing.

        Returns:
            `{layer: {"moving_mean": [units], "moving_variance": [units]}}`.
        """
        if not self.batch_norm:
            return {}
        return {
            numbered("batch_normalization", number): {
                "moving_mean": np.zeros(units, np.float32),
                "moving_variance": np.ones(units, np.float32),
            }
            for number, units in enumerate(self.hidden)
        }


def numbered(kind: str, number: int) -> str:
    """Keras' layer names: `dense`, `dense_1`, `dense_2` ..."""
    return f"{kind}_{number}" if number else kind
