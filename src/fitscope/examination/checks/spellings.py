"""FS118: labels or categories that differ in capitals or blanks only."""

from __future__ import annotations

from collections.abc import Iterable

from fitscope.data.columns import Column
from fitscope.examination.checks.seen import Seen
from fitscope.names import joined, shown
from fitscope.verdicts.check import Check

MOST = 1_000
"""Different values of a column that are looked at: with more they are names of things."""

LONGEST = 1
"""Letters up to which a capital may be another value: "m" may be a metre and "M" a mile."""


def alike(values: Iterable[str]) -> list[list[str]]:
    """Values that are one but for capitals and blanks, those with the most spellings first.

    Example:
        >>> alike(["yes", "no", "Yes", "YES ", "No", "M", "m"])
        [['YES ', 'Yes', 'yes'], ['No', 'no']]
    """
    found: dict[str, list[str]] = {}
    for value in sorted(set(values)):
        plain = "".join(value.split())
        found.setdefault(plain.casefold() if len(plain) > LONGEST else plain, []).append(value)
    several = [spellings for spellings in found.values() if len(spellings) > 1]
    return sorted(several, key=len, reverse=True)


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    labels = alike(seen.labelled)
    columns = {column.name: one for column in seen.used if (one := _of(seen, column))}
    if not labels and not columns:
        return None
    told = [
        *(f"the target has {_listed(one)}" for one in labels[:1]),
        *(f"{shown(name)} has {_listed(one[0])}" for name, one in list(columns.items())[:2]),
    ]
    where = [*(["the target"] if labels else []), *(shown(name) for name in columns)]
    cost = (
        "Each spelling is a label of its own, that no model can tell from its twin: the answer is "
        "about spelling until they are made one."
        if labels
        else "Each spelling is a category of its own: make them one."
    )
    text = joined(told)
    return Check(
        "FS118",
        "problem" if labels else "note",
        f"Spellings that differ in capitals or blanks only: {joined(where)}",
        f"{text[0].upper()}{text[1:]}. {cost}",
        tuple(columns),
    )


def _of(seen: Seen, column: Column) -> list[list[str]]:
    if column.kind != "category":
        return []
    values = seen.frame[column.name].drop_nulls().unique()
    return alike(values.cast(str).to_list()) if len(values) <= MOST else []


def _listed(spellings: list[str]) -> str:
    return joined([repr(shown(one)) for one in spellings[:4]])
