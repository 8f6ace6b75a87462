"""FS108: rows of one person, case or machine stand in several parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int

from fitscope.examination.checks.identifier import called_identifier
from fitscope.examination.checks.seen import Seen
from fitscope.names import shown, typed
from fitscope.numbers import percent
from fitscope.verdicts.check import Check

if TYPE_CHECKING:
    import polars as pl

FEWEST_GROUPS = 20
"""Values below which a column is a category rather than a name."""

MOST_ROWS = 200
"""Rows of a value, on average: a name that more rows bear is a category."""

OF_ROWS = 0.1
"""Share of rows that share their value with another one, from which on rows come in groups."""

_THING = re.compile(
    r"^(patient|subject|person|participant|user|customer|client|household|family|student|animal|"
    r"session|case|machine|device|sensor|engine|vehicle|plot|well)"
    r"(s?|[ _.-]?(name|code|no|nr|num|number))$"
)


def called_group(name: str) -> bool:
    """A name says that its column names things that may have several rows.

    Example:
        >>> [called_group(name) for name in ("patient", "user_id", "customer_service_calls")]
        [True, True, False]
    """
    return called_identifier(name) or bool(_THING.match(name.strip().lower()))


def split_share(
    values: pl.Series, train: Int[np.ndarray, " train"], other: Int[np.ndarray, " other"]
) -> float:
    """Share of a part's rows whose value training rows bear, too.

    Example:
        >>> import polars as pl
        >>> who = pl.Series(["ann", "ann", "bob", "cy"])
        >>> split_share(who, np.array([0, 3]), np.array([1, 2]))
        0.5
    """
    known = values[train].drop_nulls().unique()
    return float(values[other].is_in(known.implode()).fill_null(False).to_numpy().mean())


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    if any(column.kind == "group" for column in seen.columns) or not len(seen.validation):
        return None
    known = seen.known
    for column in seen.columns:
        if column.name not in seen.frame.columns or not called_group(column.name):
            continue
        values = seen.frame[column.name]
        rows = len(values) - values.null_count()
        if values.dtype.is_float() or not FEWEST_GROUPS <= column.distinct < rows:
            continue
        if (
            rows / column.distinct > MOST_ROWS
            or values[known].is_duplicated().to_numpy().mean() < OF_ROWS
        ):
            continue
        share = split_share(values, seen.train, seen.validation)
        if share < OF_ROWS:
            continue
        return Check(
            "FS108",
            "warning",
            f"Rows of one {shown(column.name)} stand in training and in validation",
            f"{column.distinct:,} values, {rows / column.distinct:.2g} rows each; "
            f"{percent(share)} of the validation rows have a value that training rows have, "
            "too. If new rows will come with new values, these scores are too good: keep rows "
            f"together with --group {typed([column.name])}.",
            (column.name,),
        )
    return None
