"""Dictionaries and lists that a program printed: as JSON, or as Python shows them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

NESTED = 4  # how deep a printed dictionary is looked into
FEWEST = 3  # numbers of a list that is a curve
LIST = re.compile(r"\[(?<=[:=\s]\[)(?P<values>[^\[\]]*)\]")
QUOTED = re.compile(r"',\s*'\[")  # Python 2 prints a tuple of texts
LIST_NAME = re.compile(r"(?P<name>[A-Za-z][\w ./-]{0,59}?)[\"']?\s*[:=]\s*$")
LONGEST_NAME = 64
WRAPPED = re.compile(
    r"(?:(?:tensor|array)\(\[?|np\.float\d+\(|np\.int\d+\()([^()\[\],]*)\]?(?:,[^()]*)?\)"
)


def printed_dictionary(line: str) -> Mapping[str, Any] | None:
    """The dictionary in a line, if one is there.

    Example:
        >>> printed_dictionary("stats {'loss': 0.5, 'eval': {'loss': nan}}")
        {'loss': 0.5, 'eval': {'loss': nan}}
    """
    text = line[line.index("{") : line.rindex("}") + 1] if "}" in line else ""
    for spelled in (text, text.replace("'", '"').replace("None", "null")):
        spelled = WRAPPED.sub(r"\1", spelled) if "(" in spelled else spelled
        try:
            found = json.loads(spelled.replace(": nan", ": NaN").replace(": inf", ": Infinity"))
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, dict) else None
    return None


def flat(
    document: Mapping[str, Any], above: str = "", depth: int = NESTED
) -> Iterator[tuple[str, float]]:
    """The numbers of a dictionary, and of those in it, by their paths.

    Example:
        >>> list(flat({"epoch": 1, "val": {"loss": "0.5", "name": "x"}}))
        [('epoch', 1.0), ('val/loss', 0.5)]
    """
    for key, value in document.items():
        if isinstance(value, dict) and depth:
            yield from flat(value, f"{above}{key}/", depth - 1)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            try:
                yield f"{above}{key}", float(value)
            except OverflowError:
                yield f"{above}{key}", math.inf
        elif isinstance(value, str):  # newer Trainers print their figures as text
            try:
                yield f"{above}{key}", float(value.partition("/")[0] if key == "epoch" else value)
            except ValueError:
                continue


def printed_lists(line: str) -> dict[str, list[float]]:
    """Lists of numbers with a name before them, as programs print whole curves at their end.

    Example:
        >>> printed_lists("{'loss': [0.5, 0.4, nan], 'val_loss': [np.float64(0.6), 0.7, 0.8]}")
        {'loss': [0.5, 0.4, nan], 'val_loss': [0.6, 0.7, 0.8]}
        >>> printed_lists("Pseudo dice [0.5, 0.6]"), printed_lists("sizes = [3, 4]")
        ({}, {})
    """
    found: dict[str, list[float]] = {}
    text = WRAPPED.sub(r"\1", line) if "(" in line else line
    text = QUOTED.sub(" [", text)
    for one in LIST.finditer(text):
        values = one["values"].replace(",", " ").split()
        if len(values) < FEWEST:
            continue
        named = LIST_NAME.search(text[max(0, one.start() - LONGEST_NAME) : one.start()])
        if named is None:
            continue
        with suppress(ValueError):
            found[named["name"].strip()] = [float(value) for value in values]
    return found
