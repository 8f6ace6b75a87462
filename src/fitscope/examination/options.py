"""`Options`: what can be chosen about an examination, from the command line, Python or a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from fitscope.errors import UserError
from fitscope.examination.duration import seconds
from fitscope.learners.base import Precision
from fitscope.names import nearest
from fitscope.verdicts.failing import UNREAD, FailOn

USUAL, QUICK = 300.0, 60.0
"""Seconds that an examination may take, and a quick look."""
FREE = ("jobs", "executor", "fail_on")
"""Options that change no number."""
CODE = re.compile(r"FS[0-9]{3}")


def _several(given: Any) -> Any:
    """Names: a sequence of them, or one text with commas between."""
    if isinstance(given, str):
        return tuple(word for part in given.split(",") if (word := part.strip()))
    return given


def _codes(given: Any) -> Any:
    given = _several(given)
    return tuple(one.upper() for one in given) if _texts(given) else given


def _texts(given: Any) -> bool:
    return isinstance(given, tuple | list) and all(isinstance(one, str) for one in given)


def _failures(given: Any) -> Any:
    """What --fail-on names: labels in small letters, codes in large ones."""
    given = _several(given)
    if not _texts(given):
        return given
    try:
        wanted = FailOn.parse(",".join(given))
    except UserError as error:
        raise ValueError(str(error)) from None
    if UNREAD in wanted.labels:
        raise ValueError("an examination reads its table or ends")
    return (*wanted.labels, *wanted.codes)


def _learners(given: Any) -> Any:
    given = _several(given)
    return None if given in (("auto",), ["auto"]) else given


def _folds(given: Any) -> Any:
    if given == "auto":
        return None
    return int(given) if isinstance(given, str) and given.isdecimal() else given


def _share(given: Any) -> Any:
    """A share as a number; any other text is the name of a file."""
    try:
        return float(given) if isinstance(given, str) else given
    except ValueError:
        return given


Code = Annotated[str, Field(pattern=CODE.pattern)]
Names = Annotated[tuple[str, ...], BeforeValidator(_several)]


class Options(BaseModel):
    """What can be chosen about an examination.

    Attributes:
        table: path of the table; None for rows given in Python.
        target: the column that is to be predicted.
        task: "auto", "binary", "multiclass" or "regression".
        drop: columns that are left out.
        group: column whose rows stay together, in one part of the table.
        order_by: column by which rows are ordered: later ones validate and test.
        weights: column that says what each row counts, in training and in every score.
        test: share of rows for the test part, 0 for none, or path of a table that is it.
        folds: folds of cross-validation, 1 for a single validation part, None for what suits.
        learners: of "linear", "mlp", "hgb", "xgboost", "lightgbm", "catboost" and "forest"; None
            for the first three.
        metric: the metric that decides; "loss" is the task's loss.
        budget: seconds that it may take, start-up apart; five minutes, or one of a quick look.
        repeats: fewest runs a model.
        seed: what is random follows from it.
        quick: everything shown in a minute.
        sweep: networks of rising width, trained far past their best epoch, in the place of the
            usual ladder and of remedies: is there a second descent?
        device: "auto", "cpu" or "gpu".
        precision: of wide networks, see `fitscope.learners.mlp.plan.Plan`.
        jobs: most runs side by side; None for one a core.
        executor: what trains: "local", "ray" (a cluster on this machine) or "ray:ADDRESS".
        ignore: codes of checks that are not wanted.
        fail_on: labels and codes that make the command end with status 3.

    Example:
        >>> made = options(table="churn.csv", target="churn", budget="90s", learners="mlp,hgb")
        >>> made.budget, made.learners, made.folds
        (90.0, ('mlp', 'hgb'), None)
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str | None = None
    target: str
    task: Literal["auto", "binary", "multiclass", "regression"] = "auto"
    drop: Names = ()
    group: str | None = None
    order_by: str | None = None
    weights: str | None = None
    test: Annotated[Annotated[float, Field(ge=0, le=0.9)] | str, BeforeValidator(_share)] = 0.2
    folds: Annotated[Annotated[int, Field(ge=1, le=20)] | None, BeforeValidator(_folds)] = None
    learners: Annotated[
        tuple[Literal["linear", "mlp", "hgb", "xgboost", "lightgbm", "catboost", "forest"], ...]
        | None,
        BeforeValidator(_learners),
    ] = None
    metric: str = "loss"
    budget: Annotated[float, BeforeValidator(seconds)]
    repeats: int = Field(1, ge=1, le=100)
    seed: int = Field(0, ge=0, lt=2**32)
    quick: bool = False
    sweep: bool = False
    device: Literal["auto", "cpu", "gpu"] = "auto"
    precision: Precision = "float32"
    jobs: Annotated[int, Field(ge=1, le=1024)] | None = None
    executor: str = Field("local", pattern="^(local|ray|ray:.+)$", exclude=True)
    ignore: Annotated[tuple[Code, ...], BeforeValidator(_codes)] = ()
    fail_on: Annotated[tuple[str, ...], BeforeValidator(_failures)] = ()

    @model_validator(mode="before")
    @classmethod
    def _in_time(cls, given: Any) -> Any:
        """A quick look has a minute, unless it is given another budget."""
        usual = QUICK if given.get("quick") is True else USUAL
        return {"budget": usual, **given}


WORDS = {
    "target": "the name of a column",
    "task": "auto, binary, multiclass or regression",
    "test": "a share from 0 to 0.9, or a file",
    "folds": "auto or a whole number from 1 to 20",
    "learners": "auto, or some of linear, mlp, hgb, xgboost, lightgbm, catboost and forest",
    "repeats": "a whole number from 1 to 100",
    "seed": "a whole number from 0 to 4294967295",
    "device": "auto, cpu or gpu",
    "precision": "float32 or bfloat16",
    "jobs": "a whole number from 1 to 1024",
    "executor": "local, ray or ray:ADDRESS",
    "ignore": "codes of checks such as FS101",
    "fail_on": "labels such as overfit and codes of checks such as FS101",
    "quick": "true or false",
    "sweep": "true or false",
}
"""What an option must be, where the type alone does not say it."""


def options(**given: Any) -> Options:
    """The options with these values; what is not given is as usual.

    Raises:
        UserError: a name that is none, or a value that an option cannot have.

    Example:
        >>> options(target="churn", bugdet="5m")
        Traceback (most recent call last):
        fitscope.errors.UserError: bugdet: no such option; did you mean budget?
    """
    found = problem(given)
    if found is not None:
        raise UserError(": ".join(found))
    return Options(**given)


def problem(given: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first option that cannot be, and why; None where all can.

    Args:
        given: name to value.

    Example:
        >>> problem({"target": "churn", "folds": 0})
        ('folds', 'must be auto or a whole number from 1 to 20, got 0')
        >>> problem({"target": "churn"}) is None
        True
    """
    try:
        made = Options(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            near = nearest(name, Options.model_fields)
            return name, "no such option; " + (
                f"did you mean {near[0]}?"
                if near
                else f"there are {', '.join(Options.model_fields)}"
            )
        if first["type"] == "missing":
            return name, "which column is to be predicted is not said; name it"
        return name, f"must be {WORDS.get(name, 'text')}, got {given[name]!r}"
    except UserError as error:
        return "budget", str(error).removeprefix("budget: ")
    if made.sweep and made.learners is not None:
        return "sweep", "trains networks of rising width alone; leave out learners"
    return None
