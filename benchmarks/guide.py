"""The guide's work, as every contestant does it: models, rows, batches, and what to reach."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

FEATURES = 28
VALIDATION = 1_000
TRAIN = 10_000
BATCH = 500
STEPS = TRAIN // BATCH
LEARNING_RATE = 1e-3
DECAY_STEPS = STEPS * 1_000
EPSILON = 1e-7


@dataclass(frozen=True)
class Model:
    """One of the guide's networks.

    Attributes:
        hidden: units of each hidden layer, all with ELU.
        epochs: how long the guide's procedure trains it on HIGGS-11k, measured with tf.keras.
        target: how many times faster than tf.keras an epoch is to be, on two cores.
        l2: coefficient of the sum of squared hidden kernels.
        dropout: share of the hidden outputs that is dropped.
    """

    hidden: tuple[int, ...]
    epochs: int
    target: float
    l2: float = 0.0
    dropout: float = 0.0


LARGE = (512, 512, 512, 512)
MODELS = {
    "Tiny": Model((16,), 1338, 70),
    "Small": Model((16, 16), 534, 50),
    "Medium": Model((64, 64, 64), 285, 9),
    "Large": Model(LARGE, 218, 2.4),
    "L2": Model(LARGE, 920, 2.8, l2=1e-3),
    "Dropout": Model(LARGE, 418, 3.2, dropout=0.5),
    "Combined": Model(LARGE, 1404, 3.2, l2=1e-4, dropout=0.5),
}


def product_operations() -> int:
    """Floating-point operations in the matrix products of one epoch of Large."""
    sizes = (FEATURES, *LARGE, 1)
    forward = sum(2 * a * b for a, b in pairwise(sizes))
    to_inputs = forward - 2 * sizes[0] * sizes[1]  # the rows themselves need no gradient
    return TRAIN * (2 * forward + to_inputs) + VALIDATION * forward


def load(path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Training features and labels, validation features and labels, float32."""
    import numpy as np

    table = np.loadtxt(path, np.float32, delimiter=",", max_rows=VALIDATION + TRAIN)
    x, y = np.ascontiguousarray(table[:, 1:]), np.ascontiguousarray(table[:, 0])
    return x[VALIDATION:], y[VALIDATION:], x[:VALIDATION], y[:VALIDATION]
