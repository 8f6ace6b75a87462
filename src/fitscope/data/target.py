"""The target column: which task it sets, and the numbers that models are trained on.

Nothing is guessed silently: whole numbers may be classes or counts, and only a person knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from jaxtyping import Shaped

from fitscope.errors import UserError
from fitscope.names import listed
from fitscope.task import BINARY, MULTICLASS, REGRESSION, TASKS, Task

BLOCK = 262_144  # rows looked at at once, so that a memory map is never copied
FEW = 20  # distinct whole numbers up to which they may well be classes

Parts = dict[str, np.ndarray]


def as_targets(parts: dict[str, Any], task: Task | str) -> tuple[Task, Parts]:
    """The task and the targets as numbers.

    Args:
        parts: the target of each part of the table, by the part's name, training rows first.
        task: "auto", a kind of task, or a task. Numbers that come with a task that has labels
            are numbers of its classes.

    Returns:
        The task, with its labels where it has some; for classes their numbers in float32, for
        a regression the values in float64.

    Raises:
        UserError: values that are missing or do not suit the task, whole numbers that might be
            classes or counts, or labels that no training row has.

    Example:
        >>> task, y = as_targets({"train": ["no", "yes", "no"], "validation": ["yes"]}, "auto")
        >>> task.kind, task.labels, y["train"].tolist()
        ('binary', ('no', 'yes'), [0.0, 1.0, 0.0])
        >>> as_targets({"train": [True, False]}, "auto")[0].labels
        ('false', 'true')
        >>> as_targets({"train": [0.5, 2.0]}, "auto")[0].kind
        'regression'
    """
    known = as_task(task)
    raw = {part: _plain(values, part) for part, values in parts.items()}
    texts = {part for part, y in raw.items() if y.dtype.kind in "OUT"}
    if texts and len(texts) < len(raw):
        raise UserError(
            f"{sorted(texts)[0]} rows: labels are texts there and numbers elsewhere; give one kind"
        )
    if texts:
        return _from_texts(raw, known)
    for part, y in raw.items():
        _finite(y, part)
    task = known or _guess(raw)
    if task.kind != "regression" and all(y.dtype == bool for y in raw.values()):
        return task.of_truths(), {part: y.astype(np.float32) for part, y in raw.items()}
    if task.kind == "regression":
        for part, y in raw.items():
            if (wrong := np.abs(y.astype(np.float64)) > 1e100).any():
                row = int(np.argmax(wrong))
                raise UserError(
                    f"{part} row {row + 1}: the target {y[row]:g} is too large; give it in other "
                    "units, or drop the row"
                )
        return task, {part: y.astype(np.float64, copy=False) for part, y in raw.items()}
    if task.labels:
        return task, _class_numbers(raw, task)
    wrong = _not_binary(raw)
    if task.kind == "binary" and wrong is None:
        return task, {part: y.astype(np.float32, copy=False) for part, y in raw.items()}
    values = np.unique(raw["train"])
    if task.kind == "binary" and len(values) != 2:
        raise UserError(f"{wrong} is neither 0 nor 1; a binary task has two labels")
    if len(fractions := values[values != np.round(values)]):
        raise UserError(
            f"task={task.kind!r}, but the target holds fractions such as {fractions[0]:g}; say "
            "task='regression'"
        )
    for y in raw.values():
        if (largest := float(np.abs(y.astype(np.float64)).max())) >= 2**63:
            raise UserError(
                f"task={task.kind!r}, but {largest:g} is too large for a label; say "
                "task='regression', or give labels as texts"
            )
    return _from_texts({part: y.astype(int).astype(str) for part, y in raw.items()}, task, values)


def as_task(task: Task | str) -> Task | None:
    """A task or the task of that kind; None for "auto".

    Raises:
        UserError: there is no such kind.
    """
    if isinstance(task, Task):
        return task
    if task == "auto":
        return None
    if not isinstance(task, str) or task not in TASKS:
        raise UserError(f"unknown task {task!r}; choose from auto, {', '.join(TASKS)}")
    return TASKS[task]


def _plain(values: Any, part: str) -> np.ndarray:
    """An array of texts (object) or of numbers or booleans, one a row."""
    y = as_column(values, part)
    if y.dtype.kind in "biuf":
        return y
    if y.dtype.kind not in "OUT":
        raise UserError(f"{part} rows: labels must be numbers or texts, got {y.dtype}")
    rows = y.astype(object)
    for number, value in enumerate(rows):
        if _is_missing(value):
            raise UserError(f"{part} row {number + 1}: a label is missing; drop or fill it")
    if all(isinstance(value, str) for value in rows):
        return rows
    try:
        if any(isinstance(value, str) for value in rows):
            raise TypeError("texts and numbers together")
        truths = all(isinstance(value, bool | np.bool_) for value in rows)
        return np.array(rows.tolist(), bool if truths else np.float64)
    except (TypeError, ValueError) as error:
        raise UserError(f"{part} rows: labels must be numbers or texts: {error}") from None


def _is_missing(value: Any) -> bool:
    """None, NaN, pandas' NA, which is neither equal to itself nor not, or an empty text."""
    if isinstance(value, str):
        return not value
    return value is None or (value == value) is not True


def as_column(values: Any, part: str) -> Shaped[np.ndarray, " rows"]:
    """Labels as a 1-d array; an array or a frame of one column is one, too.

    Raises:
        UserError: lists of different lengths, or several columns.

    Example:
        >>> as_column([[0], [1]], "train")
        array([0, 1])
    """
    try:
        y = np.asarray(values)
    except ValueError:
        raise UserError(f"{part} rows: labels must be a 1-d array, not lists in it") from None
    if y.ndim == 2 and y.shape[1] == 1:
        return y[:, 0]
    if y.ndim != 1:
        hot = y.ndim == 2 and len(y) != 1
        hint = "; labels that are one-hot are given as y.argmax(axis=1)" if hot else ""
        raise UserError(f"{part} rows: labels must be a 1-d array, got shape {y.shape}{hint}")
    return y


def _finite(y: np.ndarray, part: str) -> None:
    for first, block in blocks(y):
        if not np.isfinite(block).all():
            row = first + int(np.argmax(~np.isfinite(block)))
            raise UserError(
                f"{part} row {row + 1}: a label is missing or not finite; drop or fill it"
            )


def _guess(raw: Parts) -> Task:
    """The task that numbers set; two whole ones are two classes, fractions are a regression."""
    wrong = _not_binary(raw)
    if wrong is None:
        return BINARY
    values = np.unique(raw["train"])
    if len(values) > FEW or (values != np.round(values)).any():
        return REGRESSION
    found = {value for y in raw.values() for _, block in blocks(y) for value in np.unique(block)}
    if len(values) == 2 and found == set(values):
        return BINARY
    told = listed([f"{value:g}" for value in sorted(found)])
    raise UserError(
        f"{wrong} is neither 0 nor 1, and the target holds few whole numbers ({told}), which may "
        "be classes or counts: say task='multiclass' or task='regression'; two labels, texts and "
        "fractions need no word"
    )


def _not_binary(raw: Parts) -> str | None:
    """The first row whose label is neither 0 nor 1, in words."""
    for part, y in raw.items():
        for first, block in blocks(y):
            wrong = (block != 0) & (block != 1)
            if wrong.any():
                row = int(np.argmax(wrong))
                return f"{part} row {first + row + 1}: label {block[row]:g}"
    return None


def _class_numbers(raw: Parts, task: Task) -> Parts:
    for part, y in raw.items():
        wrong = (y != np.round(y)) | (y < 0) | (y >= len(task.labels))
        if wrong.any():
            row = int(np.argmax(wrong))
            raise UserError(
                f"{part} row {row + 1}: {y[row]:g} is no number of one of the {len(task.labels)} "
                "labels, which are counted from 0"
            )
    _all_in_training(raw, range(len(task.labels)), task)
    return {part: y.astype(np.float32, copy=False) for part, y in raw.items()}


def _from_texts(
    raw: Parts, task: Task | None, order: Shaped[np.ndarray, " labels"] | None = None
) -> tuple[Task, Parts]:
    """Classes numbered in the order of their names, or of the numbers that they are."""
    found = sorted(set(raw["train"])) if order is None else [str(int(value)) for value in order]
    if task is None:
        task = BINARY if len(found) <= 2 else MULTICLASS
    if task.kind == "regression":
        raise UserError(f"task='regression', but the target holds texts such as {found[0]!r}")
    if not task.labels:
        if len(found) < 2 or (task.kind == "binary" and len(found) > 2):
            few = "two" if task.kind == "binary" else "several"
            raise UserError(
                f"a {task.kind} task needs {few} labels on the training rows, found {listed(found)}"
            )
        task = task.of(found)
    _all_in_training(raw, task.labels, task)
    number = {label: float(i) for i, label in enumerate(task.labels)}
    return task, {part: np.array([number[x] for x in y], np.float32) for part, y in raw.items()}


def _all_in_training(raw: Parts, labels: Sequence[Any], task: Task) -> None:
    """The rows have no labels but the task's, and none that no training row has."""
    names = dict(zip(labels, task.labels, strict=True))
    train = set(raw["train"].tolist())
    if more := [str(label) for label in train - set(labels)]:
        raise UserError(
            f"train rows hold {listed(sorted(more))}, which is none of the task's labels "
            f"{listed(task.labels)}"
        )
    for part, y in raw.items():
        if more := [str(names.get(label, label)) for label in set(y.tolist()) - train]:
            raise UserError(
                f"{part} rows hold {listed(sorted(more))}, of which no training row is an "
                "example; split the rows so that every label is on both sides, or drop these"
            )
    if task.kind == "multiclass" and (more := [names[x] for x in labels if x not in train]):
        raise UserError(f"no training row has the label {listed(more)}; leave it out of the task")


def blocks(array: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """First row and rows of each block of an array."""
    return ((first, array[first : first + BLOCK]) for first in range(0, len(array), BLOCK))


def training_scale(
    y: Shaped[np.ndarray, " train"],
) -> tuple[float, float]:
    """Mean and standard deviation of a regression's training targets.

    Raises:
        UserError: they are all the same, or too large or small for the numbers of a network.

    Example:
        >>> training_scale(np.array([1.0, 3.0]))
        (2.0, 1.0)
    """
    y = np.asarray(y, np.float64)
    mean, deviation = float(y.mean()), float(y.std())
    if y.min() == y.max():
        raise UserError(
            f"all {len(y):,} training rows have the target {y[0]:g}; nothing can be learnt from a "
            "constant, give rows that differ"
        )
    if not 1e-15 < deviation < 1e15:  # their squares are kept in float32
        raise UserError(
            f"the targets spread by {deviation:g}; give them in units that bring this near 1"
        )
    return mean, deviation
