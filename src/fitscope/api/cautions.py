"""What a user is told of a study's rows before it trains: what makes its answer worth little."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from fitscope.names import listed, shown

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.learners.base import Learner

FAR = 10.0
"""Root mean square of all features from which on networks learn badly. Measured on scikit-learn's
breast_cancer, standardized and then multiplied, with `MLP(64, 64)`: cross-entropy 0.09 as it is,
0.14 with every feature times 10 (a root mean square of 10), 0.30 times 30, 1.0 times 100; times
0.001, which is not warned of, 0.09."""
MOST_ROWS = 200_000
MOST_VALUES = 2**23
"""Rows of each part, and values of them, that are looked at."""
NETWORKS = ("mlp", "keras", "torch")


def cautions(split: Split, learners: Iterable[Learner]) -> list[str]:
    """Sentences about rows that cannot show what is asked of them; none where all is well.

    Args:
        split: the rows.
        learners: what is to be trained on them.

    Example:
        >>> from fitscope.data.split import Split
        >>> from fitscope.learners.mlp.network import MLP
        >>> x = np.random.default_rng(0).normal(size=(90, 3))
        >>> cautions(Split(x[:60], [0, 1] * 30, x[60:], [0, 1] * 15), [MLP(4)])
        []
        >>> cautions(Split(x[:60], [0, 1] * 30, x[:30], [0, 1] * 15), [MLP(4)])
        ['30 of 30 validation rows looked at equal a training row in every column, 30 of them ...']
    """
    found = [_far_from_zero(split)] if any(map(_takes_as_given, learners)) else []
    return list(filter(None, [*found, _repeated(split)]))


def _takes_as_given(learner: Learner) -> bool:
    """A network whose layers do not bring features to one scale themselves."""
    if learner.kind not in NETWORKS:
        return False
    layers = getattr(getattr(learner, "description", None), "layers", ())
    return not any("norm" in layer[0].lower() for layer in layers)


def _far_from_zero(split: Split) -> str:
    """Networks begin with weights that suit features near 0 with a spread near 1."""
    x = split.x_train[: _looked_at(split)]
    sizes = np.sqrt(np.mean(np.square(x, dtype=np.float64), axis=0))
    if np.sqrt(np.mean(sizes**2)) < FAR:
        return ""
    largest = np.argsort(sizes)[::-1][:3]
    told = listed([f"{shown(split.feature_names[at])} {_figure(sizes[at])}" for at in largest])
    return (
        f"features are far from the scale that networks learn on (root mean squares: {told}; near "
        "1 is good): bring each to mean 0 and deviation 1, for instance by scikit-learn's "
        "StandardScaler fitted on the training rows, or let fs.examine do it; a verdict here may "
        "be about the scale and not about the model"
    )


def _looked_at(split: Split) -> int:
    """How many rows of each part are looked at."""
    return min(MOST_ROWS, max(1, MOST_VALUES // split.features))


def _figure(size: float) -> str:
    return f"{size:,.0f}" if size >= 100 else f"{size:.3g}"


def _repeated(split: Split) -> str:
    """Validation rows that are training rows: what was learnt by heart is rewarded there."""
    import polars as pl

    from fitscope.data.equal_rows import row_blocks
    from fitscope.data.repeated_rows import repeated

    most = _looked_at(split)
    x = np.concatenate([split.x_train[:most], split.x_validation[:most]])
    y = np.concatenate([split.y_train[:most], split.y_validation[:most]])
    train = min(len(split.y_train), most)
    frame = pl.DataFrame({str(place): column for place, column in enumerate(x.T)})
    blocks = row_blocks(frame, [frame[:, place].n_unique() for place in range(frame.width)])
    found = repeated(blocks, y, np.arange(train), np.arange(train, len(y)), "validation")
    if not found.matters:
        return ""
    return f"{found}. What was learnt by heart is rewarded there: validate on other rows"
