"""What an examination adds to results.json, as types: its schema is made of them."""

from __future__ import annotations

from typing import Annotated, NotRequired

from annotated_types import Len
from typing_extensions import TypedDict

from fitscope.data.columns import Kind
from fitscope.diagnosis.label import Label
from fitscope.study.stored_sweep import StoredSweep
from fitscope.verdicts.check import StoredCheck

Span = Annotated[list[float | None], Len(2, 2)]
"""Two numbers: the ends of an interval, or a mean and its standard error."""


class StoredRows(TypedDict):
    """Rows of each part; with folds, train and validation are those of one fold."""

    train: int
    validation: int
    test: int
    folds: int


class StoredPart(TypedDict):
    """A model that is averaged with others, and how many of its runs are averaged.

    `refit` is what those of them are called that were trained on validation rows, too, `validated`
    how many of them are not.
    """

    model: str
    members: int
    refit: NotRequired[str | None]
    validated: NotRequired[int]


class StoredRecommended(TypedDict):
    """The model to take, how many of its runs are averaged, what its logits are divided by.

    `refit` is what those of them are called that were trained on validation rows, too, `validated`
    how many of them are not. `beside` are further models: the average of all is taken, each with
    equal weight.
    """

    model: str
    why: str
    members: int
    temperature: float
    refit: NotRequired[str | None]
    beside: NotRequired[list[StoredPart]]
    validated: NotRequired[int]


class StoredInterval(TypedDict):
    """A value with its 95 % interval."""

    value: float | None
    low: float | None
    high: float | None


class StoredRung(TypedDict):
    """A model on the ladder: its gap, and what that costs with error and chance."""

    model: str
    train: float | None
    validation: float | None
    error: float | None
    gap: float | None
    label: Label | None
    confidence: float | None
    cost: float | None
    cost_error: float | None
    cost_chance: float | None


class StoredRemedy(TypedDict):
    """What a change bought: `difference` is the loss that it took away, above zero it helps."""

    over: str
    remedy: str
    model: str | None
    difference: float
    interval: Span
    sure: float


class StoredGain(TypedDict):
    """What more rows are predicted to take away of the loss, with a 90 % interval."""

    gain: float
    interval: Span
    sure: float


class StoredMoreData(TypedDict):
    """A learning curve: `losses` are pairs of a mean and its standard error."""

    model: str
    predictable: bool
    sizes: list[int]
    losses: list[Span]
    doubling: StoredGain | None
    tenfold: StoredGain | None
    why: str


class StoredColumn(TypedDict):
    """A column of the table, and what is done with it."""

    name: str
    kind: Kind
    treatment: str
    used: bool
    missing: int
    distinct: int
    form: NotRequired[str]


class StoredAnswer(TypedDict, total=False):
    """What an examination adds to results.json: all of it or nothing."""

    words: str
    metric: str
    rows: StoredRows
    rungs: list[StoredRung]
    recommended: StoredRecommended | None
    validation: StoredInterval | None
    test: dict[str, StoredInterval]
    remedies: list[StoredRemedy]
    more_data: StoredMoreData | None
    checks: list[StoredCheck]
    columns: list[StoredColumn]
    left_out: list[str]
    looks: int
    sweep: StoredSweep | None
