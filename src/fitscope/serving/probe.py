"""Rows that an exported model is held against: made up, and some of the table it learnt from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.data.inputs import Input
from fitscope.data.raw import Raw
from fitscope.errors import UserError

if TYPE_CHECKING:
    from fitscope.data.encoding import Code
    from fitscope.data.raw import RawColumn
    from fitscope.data.table import Table
    from fitscope.serving.served import Served

ROWS = 1_000  # made-up rows
MOST = 10_000  # rows of the table
GAPS = 0.1  # share of values that are missing
UNSEEN = "a category that nobody has seen"


def probes(served: Served) -> Iterator[Table]:
    """Tables with the columns of a model: all kinds of values, gaps and unseen categories.

    Args:
        served: the model.
    """
    made_up = _made_up(served)
    yield served.table(made_up)
    if any(isinstance(one, Raw) for one in served.encodings):
        random = np.random.default_rng(1)
        gaps = served.table({name: _with_gaps(one, random) for name, one in made_up.items()})
        if _takes(served, gaps):
            yield gaps
    data = served.trained.document.data
    if data.kind == "file" and served.encodings and Path(data.location).is_file():
        from fitscope.data.batches import batches

        try:
            given = batches(data.location)
            if not set(served.columns) <= set(given.columns):
                return
            first = next(given.read(served.columns, served.texts)).table
            yield first.take(np.arange(min(MOST, first.frame.height)))
        except UserError:
            return  # another file lies there by now


def _made_up(served: Served) -> dict[str, list[Any]]:
    random = np.random.default_rng(0)
    if not served.encodings:
        names = served.trained.document.data.feature_names
        return {name: random.normal(size=ROWS).tolist() for name in names}
    found: dict[str, list[Any]] = {}
    for encoding in served.encodings:
        if isinstance(encoding, Raw):
            return {one.name: _as_it_is(one, random) for one in encoding.columns}
        for code in encoding.codes:
            if code.input.column not in found and not code.input.part:
                found[code.input.column] = _column(code, random)
    return found


def _column(code: Code, random: np.random.Generator) -> list[Any]:
    one: Input = code.input
    values: list[Any]
    if one.kind == "category":
        known = [*code.levels, UNSEEN]
        values = [known[place] or None for place in random.integers(0, len(known), ROWS)]
    elif one.kind == "boolean":
        values = (random.random(ROWS) < 0.5).tolist()
    else:
        wide = code.middle + code.scale * random.standard_t(2, ROWS)
        values = wide.tolist() if one.kind == "number" else list(map(_date, wide))
        if one.kind == "date" and one.form:
            values = [value.strftime(one.form) for value in values]
    return _with_gaps(values, random)


def _with_gaps(values: list[Any], random: np.random.Generator) -> list[Any]:
    gaps = random.random(ROWS) < GAPS
    return [None if gap else value for value, gap in zip(values, gaps, strict=True)]


def _takes(served: Served, rows: Table) -> bool:
    """Whether the model takes gaps: many an estimator does not."""
    try:
        served.outputs(rows)
    except Exception:  # whatever it raises
        return False
    return True


def _as_it_is(one: RawColumn, random: np.random.Generator) -> list[Any]:
    """A column of which nothing is known but its kind: numbers of many sizes."""
    if one.kind == "category":
        known = [*one.levels, UNSEEN]
        return [known[place] for place in random.integers(0, len(known), ROWS)]
    if one.kind == "boolean":
        return (random.random(ROWS) < 0.5).tolist()
    values = random.normal(size=ROWS) * 10 ** random.uniform(-1, 4, ROWS)
    return np.round(values).astype(int).tolist() if one.kind == "integer" else values.tolist()


def _date(days: float) -> dt.datetime:
    """A second within the years that can be written in four digits."""
    seconds = round(min(max(days, -300_000.0), 2_000_000.0) * 86_400)
    return dt.datetime(1970, 1, 1) + dt.timedelta(seconds=seconds)
