"""Tables whose rows are no epochs: values of a setting tried in turn, or numbers of rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fitscope.history import SIZE

if TYPE_CHECKING:
    from jaxtyping import Float, Int

SIZES = (
    *("train_sizes", "train_size", "training_size", "training size", "n_samples", "samples"),
    *("train_samples", "n_train", "training_examples", "train_rows", "training_rows", "n_rows"),
    *("train_sizes_abs", "num_samples", "num_examples", "examples", "rows"),
)
ROUNDS = ("n_estimators", "num_boost_round", "n_rounds", "max_iter", "iterations")
RICHER = (
    *("max_depth", "depth", "tree_depth", "max_leaf_nodes", "num_leaves", "leaves", "n_leaves"),
    *("degree", "polynomial_degree", "units", "hidden_units", "hidden_size", "width", "layers"),
    *("n_layers", "num_layers", "n_components", "n_features", "max_features", "c", "gamma"),
)
PLAINER = (
    *("alpha", "lambda", "l1", "l2", "ccp_alpha", "reg_alpha", "reg_lambda", "k", "neighbors"),
    *("n_neighbors", "min_samples_leaf", "min_samples_split", "min_child_weight"),
    *("min_child_samples", "min_data_in_leaf", "l2_regularization"),
)
VALUE, PLAINER_VALUE = "value of the setting", "the setting"
"""Names of a column of values of a setting of which is known only whether larger is plainer."""
SHOWN = 8  # values in a note


class Axis(NamedTuple):
    """What the rows of a table stand for.

    Attributes:
        name: of the column.
        step: what `History.step` shall be.
        order: the rows from the plainest model, or the fewest rows, to the other end.
        places: where they stand, whole numbers that rise.
        notes: a sentence where the places are not the column's own values.
    """

    name: str
    step: str
    order: Int[np.ndarray, " rows"]
    places: Float[np.ndarray, " rows"]
    notes: tuple[str, ...] = ()


def axis_of(columns: Iterable[tuple[str, Float[np.ndarray, " rows"]]]) -> Axis | None:
    """The column that says what the rows stand for; None where there is no such one.

    Args:
        columns: name and values of each column of numbers; none of them numbers epochs or steps.

    Example:
        >>> depths = axis_of([("max_depth", np.array([1.0, 2, 4])), ("val_score", np.zeros(3))])
        >>> depths.step, depths.places.tolist()
        ('max_depth', [1.0, 2.0, 4.0])
        >>> axis_of([("alpha", np.array([0.001, 0.1]))]).notes
        ('values of alpha are counted from 0, the plainest model first: 0.1, 0.001',)
    """
    for name, values in columns:
        plain = plain_name(name)
        if not is_known(plain) or len(values) < 2 or not np.isfinite(values).all():
            continue
        if len(np.unique(values)) < len(values):
            continue
        order = np.argsort(values)
        if plain in (*PLAINER, PLAINER_VALUE):
            order = order[::-1]
        places = values[order]
        step = SIZE if plain in SIZES else "round" if plain in ROUNDS else plain
        if plain not in (*PLAINER, PLAINER_VALUE) and np.all(places == np.round(places)):
            return Axis(name, step, order, places)
        told = ", ".join(f"{value:g}" for value in places[:SHOWN])
        told += ", ..." if len(places) > SHOWN else ""
        how = "the plainest model first" if places[0] > places[-1] else "in their order"
        called = "the setting" if name == VALUE else name
        note = f"values of {called} are counted from 0, {how}: {told}"
        step = plain if plain == VALUE else f"value of {plain}"
        return Axis(name, step, order, np.arange(float(len(values))), (note,))
    return None


def plain_name(name: str) -> str:
    """A setting's own name.

    Example:
        >>> plain_name("param_tree__max_depth")
        'max_depth'
    """
    return name.strip().lower().removeprefix("param_").rpartition("__")[2]


def is_known(plain: str) -> bool:
    """Whether it is known which values of a setting make a richer model, or that it counts rows."""
    return plain in (*SIZES, *ROUNDS, *RICHER, *PLAINER, VALUE, PLAINER_VALUE)


def named_by_training(
    places: Float[np.ndarray, " n"], train: Float[np.ndarray, " n"], higher: bool = True
) -> str:
    """What to call values of an unknown setting: training fits better, the richer the model is.

    Args:
        places: the values.
        train: the training score at each.
        higher: whether that is better when higher.

    Example:
        >>> named_by_training(np.array([0.1, 1, 10]), np.array([0.9, 0.8, 0.7]))
        'the setting'
    """
    by_value = train[np.argsort(places)] * (1 if higher else -1)
    return VALUE if by_value[-1] >= by_value[0] else PLAINER_VALUE
