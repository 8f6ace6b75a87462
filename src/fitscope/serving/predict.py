"""Predictions for a table that may be larger than memory, row by row in its order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from fitscope.data.batches import Batches
from fitscope.data.columns import all_known, known
from fitscope.errors import UserError
from fitscope.names import listed, shown
from fitscope.serving.served import Served, passed_over

if TYPE_CHECKING:
    import polars as pl

LABEL = "the label"


class Predicted(NamedTuple):
    """Predictions for some rows.

    Attributes:
        frame: columns that are kept, then predictions.
        done: what share of the table has been read; 0 where nobody knows.
    """

    frame: pl.DataFrame
    done: float


def predictions(
    served: Served, given: Batches, keep: Sequence[str] = ()
) -> tuple[Iterator[Predicted], tuple[str, ...]]:
    """Predictions for all rows of a table.

    Args:
        served: the model.
        given: the table.
        keep: columns of it that stand before the predictions, as they are.

    Returns:
        Predictions in the table's order, and what a person should know, a sentence each.

    Raises:
        UserError: columns that are missing; and when rows are gone through, values that are none
            of their column's kind, with their line.
    """
    given, notes = _named(served, given)
    all_known(served.columns, given.columns, given.where)
    for name in keep:
        known(name, given.columns, given.where)
    ours = ["prediction", *(f"probability_{label}" for label in served.labels)]
    if clash := [name for name in keep if name in ours]:
        raise UserError(
            f"column {shown(clash[0])!r} cannot be kept: predictions are called so; rename it"
        )
    if len(set(keep)) < len(keep):
        raise UserError("a column is to be kept twice; name it once")
    extra = passed_over(served, [name for name in given.columns if name not in keep])
    extra = [name for name in extra if name != LABEL]
    if extra:
        verb = "is" if len(extra) == 1 else "are"
        notes = (*notes, f"{listed(extra)} {verb} passed over: not in the rows learnt from")
    return _predicted(served, given, keep), notes


def _predicted(served: Served, given: Batches, keep: Sequence[str]) -> Iterator[Predicted]:
    import polars as pl

    for batch in given.read(served.columns, served.texts, keep):
        frame = served.frame(served.outputs(batch.table))
        if keep:
            frame = pl.concat([batch.kept, frame], how="horizontal")
        yield Predicted(frame, batch.done)


def _named(served: Served, given: Batches) -> tuple[Batches, tuple[str, ...]]:
    """A file without names, with those of the features: so HIGGS is published, labels first."""
    features = served.trained.document.data.feature_names
    surplus = len(given.columns) - len(features)
    if given.named or served.encodings or surplus not in (0, 1):
        return given, ()
    names = (*([LABEL] * surplus), *features)
    said = "line 1 holds no names: columns are taken in the order of the features"
    if surplus:
        said += ", after a first one that is passed over as the label"
    return given.called(names), (said,)
