"""A small made-up problem that trains in no time."""

import numpy as np

from fitscope.data.split import Split


def made_up_split(train: int = 240, validation: int = 60) -> Split:
    """Two features whose product decides, with noise."""
    random = np.random.default_rng(7)
    x = random.normal(size=(train + validation, 2)).astype(np.float32)
    noise = random.normal(size=train + validation)
    y = (x[:, 0] * x[:, 1] + 0.3 * noise > 0).astype(np.float32)
    return Split(x[:train], y[:train], x[train:], y[train:], ("a", "b"))
