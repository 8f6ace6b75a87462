"""Columns as features in an ONNX graph: the same numbers, to the last bit, as `Encoding` makes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fitscope.data.encoding import FARTHEST, KNEE, Code, Encoding
from fitscope.data.inputs import Input
from fitscope.serving.onnx.graph import ML, Graph

DAY, HOUR = 86_400.0, 3_600.0  # seconds
SAYS = {
    "number": "a number; NaN where it is missing",
    "boolean": "1 or 0; NaN where it is missing",
    "date": "seconds since 1970-01-01 00:00 (UTC where it has a time zone); NaN where missing",
    "category": "a text without spaces around it; empty where it is missing",
}
"""What the model is given of each kind of column."""


def add_encoding(graph: Graph, encoding: Encoding) -> str:
    """Features of rows, float32 [rows, features].

    Args:
        graph: grows by it, and by an input for every column that is used.
        encoding: what was learnt of the columns.
    """
    parts = []
    values = {code.input: _values(graph, code.input) for code in encoding.used}
    if encoding.numbers:
        parts.append(
            _scaled(graph, encoding.numbers, [values[one.input] for one in encoding.numbers])
        )
    if encoding.booleans:
        given = graph.join([values[one.input] for one in encoding.booleans])
        commoner = graph.constant([[one.middle for one in encoding.booleans]], np.float64)
        filled = graph.add("Where", graph.add("IsNaN", given), commoner, given)
        parts.append(graph.cast(filled, "float"))
    if encoding.marked:
        given = graph.join([values[one.input] for one in encoding.marked])
        parts.append(graph.cast(graph.add("IsNaN", given), "float"))
    parts += [_one_hot(graph, one, values[one.input]) for one in encoding.categories]
    return graph.join(parts)


def _values(graph: Graph, one: Input) -> str:
    kind = "string" if one.kind == "category" else "double"
    given = graph.input(one.column, kind, says=SAYS[one.kind])
    if one.kind != "date":
        return given
    days = graph.add("Div", given, graph.constant(DAY, np.float64))
    return _part(graph, one.part, given, days)


def _scaled(graph: Graph, codes: Sequence[Code], values: list[str]) -> str:
    """Less the median, divided by the scale, missing ones 0, bent: all of it in float64."""

    def number(value: float) -> str:
        return graph.constant(value, np.float64)

    middle = graph.constant([[code.middle for code in codes]], np.float64)
    scale = graph.constant([[code.scale for code in codes]], np.float64)
    scaled = graph.add("Div", graph.add("Sub", graph.join(values), middle), scale)
    there = graph.add("Where", graph.add("IsNaN", scaled), number(0.0), scaled)
    near = graph.add("Clip", there, number(-FARTHEST), number(FARTHEST))
    bent = graph.add("Div", near, number(KNEE))
    root = graph.add("Sqrt", graph.add("Add", number(1.0), graph.add("Mul", bent, bent)))
    return graph.cast(graph.add("Div", near, root), "float")


def _one_hot(graph: Graph, code: Code, given: str) -> str:
    places = list(range(len(code.levels)))
    place = graph.add(
        "LabelEncoder",
        given,
        domain=ML,
        keys_strings=list(code.levels),
        values_int64s=places,
        default_int64=-1,
    )
    return graph.cast(graph.add("Equal", place, graph.constant([places], np.int64)), "float")


def _part(graph: Graph, part: str, seconds: str, days: str) -> str:
    """A part of a date, as Polars counts it: weekdays from Monday, which is 1."""
    if not part:
        return days

    def number(value: float) -> str:
        return graph.constant(value, np.float64)

    def floored(what: str, by: float) -> str:
        return graph.add("Floor", graph.add("Div", what, number(by)))

    def rest(what: str, by: float) -> str:
        return graph.add("Sub", what, graph.add("Mul", floored(what, by), number(by)))

    if part == "hour":
        return floored(rest(seconds, DAY), HOUR)
    day = graph.add("Floor", days)
    if part == "weekday":
        return graph.add("Add", rest(graph.add("Add", day, number(3.0)), 7.0), number(1.0))
    return _month(graph, day)


def _month(graph: Graph, day: str) -> str:
    """The month of a day counted from 1970.

    Hinnant (2021), "chrono-compatible low-level date algorithms", civil_from_days: years begin
    with March, in eras of 400 years.
    """

    def number(value: float) -> str:
        return graph.constant(value, np.float64)

    def floored(what: str, by: float) -> str:
        return graph.add("Floor", graph.add("Div", what, number(by)))

    def less(first: str, *others: str) -> str:
        for other in others:
            first = graph.add("Sub", first, other)
        return first

    shifted = graph.add("Add", day, number(719_468.0))
    of_era = less(shifted, graph.add("Mul", floored(shifted, 146_097.0), number(146_097.0)))
    leap = graph.add("Add", less(of_era, floored(of_era, 1_460.0)), floored(of_era, 36_524.0))
    year = floored(less(leap, floored(of_era, 146_096.0)), 365.0)
    before = graph.add("Add", graph.add("Mul", year, number(365.0)), floored(year, 4.0))
    of_year = less(of_era, less(before, floored(year, 100.0)))
    fives = graph.add("Add", graph.add("Mul", of_year, number(5.0)), number(2.0))
    month = floored(fives, 153.0)
    late = graph.add("Less", month, number(10.0))
    moved = graph.add("Where", late, number(3.0), number(-9.0))
    return graph.add("Add", month, moved)
