"""`Answer`: what an examination of a table says, beside what any study does.

results.json is made of it and read into it, like the rest of `Results`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from fitscope.data.columns import Column
from fitscope.diagnosis.label import Label
from fitscope.diagnosis.rules import UNDECIDED
from fitscope.study.stored_answer import StoredAnswer
from fitscope.study.sweep import Sweep
from fitscope.verdicts.check import Check
from fitscope.verdicts.plain import plain


@dataclass(frozen=True)
class Rows:
    """How many rows each part has; with folds, train and validation are those of one fold.

    Attributes:
        train: training rows.
        validation: validation rows.
        test: rows kept out of every decision.
        folds: 1 for a single validation part.
    """

    train: int
    validation: int
    test: int
    folds: int = 1


@dataclass(frozen=True)
class Part:
    """A model that is averaged with others, or alone.

    Attributes:
        model: its name in the study.
        members: how many of its runs are averaged.
        refit: what its runs are called that are trained on validation rows, too; None without any.
        validated: how many of the runs are those that were validated, where others are its refit's:
            with a single validation part none.

    Example:
        >>> Part("hgb", members=6, refit="hgb on all 500 rows", validated=5).runs
        {'hgb': 5, 'hgb on all 500 rows': 1}
        >>> Part("hgb", members=5).runs
        {'hgb': 5}
    """

    model: str
    members: int = 1
    refit: str | None = None
    validated: int = 0

    @property
    def runs(self) -> dict[str, int]:
        """What its runs are called in the study, to how many of the first of them are averaged."""
        if self.refit is None:
            return {self.model: self.members}
        both = {self.model: self.validated, self.refit: self.members - self.validated}
        return {name: count for name, count in both.items() if count}


@dataclass(frozen=True)
class Recommended:
    """The model to take, or several to be averaged with equal weights.

    Attributes:
        model: its name in the study; of several the one of lowest loss.
        why: in one sentence.
        members: how many of its runs are averaged.
        temperature: what logits are divided by, of the average of all; 1 where nothing is to be
            gained.
        refit: as in `Part`.
        validated: as in `Part`.
        beside: the other models of the average; none where one model is taken.

    Example:
        >>> Recommended("hgb", "Together they are better.", beside=(Part("64"),)).models
        ('hgb', '64')
    """

    model: str
    why: str
    members: int = 1
    temperature: float = 1.0
    refit: str | None = None
    beside: tuple[Part, ...] = ()
    validated: int = 0

    @property
    def parts(self) -> tuple[Part, ...]:
        """All models of the average."""
        return Part(self.model, self.members, self.refit, self.validated), *self.beside

    @property
    def models(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(part.model for part in self.parts)


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % interval.

    Attributes:
        value: the estimate.
        low: lower end.
        high: upper end.
    """

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Rung:
    """A model on the ladder, and what its gap costs.

    Attributes:
        model: its name in the study.
        train: loss on training rows, regularization off.
        validation: loss on validation rows around the best epoch, corrected for the choice.
        error: its standard error.
        label: the verdict; None where there is none.
        cost: what overfitting costs it on rows nobody has seen; None where nothing is known.
        cost_error: the standard error of that.
        cost_chance: the chance that it costs anything.
        confidence: how sure the verdict is; None where only its label is known.
    """

    model: str
    train: float | None
    validation: float | None
    error: float | None
    label: Label | None
    cost: float | None
    cost_error: float | None
    cost_chance: float | None
    confidence: float | None = None

    @property
    def decided(self) -> Label | None:
        """The verdict, unless it is open: less likely than not, so that no sentence rests on it."""
        open_ = self.confidence is not None and self.confidence < UNDECIDED
        return None if open_ else self.label

    @property
    def gap(self) -> float | None:
        """Validation less training loss."""
        if self.train is None or self.validation is None:
            return None
        return self.validation - self.train


@dataclass(frozen=True)
class Remedy:
    """What a change bought, measured in pairs on the same rows.

    Attributes:
        over: the model without it.
        remedy: what was done, in words.
        model: the model with it; None where nothing had to be trained.
        difference: how much loss it took away; below zero it did harm.
        interval: the 95 % interval of that, corrected for how many were tried.
        sure: the chance that it helps, corrected likewise.
    """

    over: str
    remedy: str
    model: str | None
    difference: float
    interval: tuple[float, float]
    sure: float


@dataclass(frozen=True)
class Gain:
    """What more rows are predicted to buy.

    Attributes:
        gain: how much loss they would take away.
        interval: the 90 % interval of that.
        sure: the chance that they take away anything.
    """

    gain: float
    interval: tuple[float, float]
    sure: float


@dataclass(frozen=True)
class MoreData:
    """A learning curve, and where it leads.

    Attributes:
        model: the model that was trained on parts of the rows.
        predictable: whether a law describes the curve.
        sizes: numbers of training rows.
        losses: mean validation loss at each of them, and its standard error.
        doubling: what twice the rows would buy; None where that cannot be told.
        tenfold: what ten times the rows would buy; None where that cannot be told.
        why: what stands against a prediction, in words; empty where there is one.
    """

    model: str
    predictable: bool
    sizes: tuple[int, ...]
    losses: tuple[tuple[float, float | None], ...]
    doubling: Gain | None = None
    tenfold: Gain | None = None
    why: str = ""


@dataclass(frozen=True)
class Answer:
    """The answer of an examination.

    Attributes:
        words: the answer as a paragraph in plain words.
        metric: the metric that decides, with `val_` left out.
        rows: the parts of the table.
        rungs: the ladder, plainest first, then what was tried against overfitting.
        recommended: the model to take; None where nothing was learnt.
        validation: its validation loss, corrected for its having been chosen.
        test: each metric on the test part; empty without one.
        remedies: what each change bought.
        more_data: what more rows would buy; None where that was not measured.
        checks: what was found in the table.
        columns: what was done with each column of the table.
        left_out: what the budget left out, and what more time would decide.
        looks: how often the test part has been looked at: more than once where more time was
            granted after an answer.
        sweep: double descent, seen or not; None where no sweep was asked for.

    Example:
        >>> answer = Answer("It fits.", "binary_crossentropy", Rows(70, 20, 10))
        >>> Answer.from_dict(answer.as_dict()) == answer
        True
    """

    words: str
    metric: str
    rows: Rows
    rungs: tuple[Rung, ...] = ()
    recommended: Recommended | None = None
    validation: Interval | None = None
    test: Mapping[str, Interval] = field(default_factory=dict)
    remedies: tuple[Remedy, ...] = ()
    more_data: MoreData | None = None
    checks: tuple[Check, ...] = ()
    columns: tuple[Column, ...] = ()
    left_out: tuple[str, ...] = ()
    looks: int = 1
    sweep: Sweep | None = None

    def as_dict(self) -> StoredAnswer:
        """What results.json holds beside a study's own keys."""
        more = self.more_data
        stored: dict[str, Any] = {
            "words": self.words,
            "metric": self.metric,
            "rows": asdict(self.rows),
            "rungs": [{**_plain(rung), "gap": plain(rung.gap)} for rung in self.rungs],
            "recommended": _plain(self.recommended),
            "validation": _plain(self.validation),
            "test": {name: _plain(value) for name, value in self.test.items()},
            "remedies": [_plain(remedy) for remedy in self.remedies],
            "more_data": _plain(more),
            "checks": [check.as_dict() for check in self.checks],
            "columns": [asdict(column) for column in self.columns],
            "left_out": list(self.left_out),
            "looks": self.looks,
            "sweep": None if self.sweep is None else self.sweep.as_dict(),
        }
        return cast("StoredAnswer", stored)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Answer:
        """The answer that `as_dict` was called on.

        Raises:
            KeyError: a key is missing.
        """
        recommended, validation = stored["recommended"], stored["validation"]
        return cls(
            words=stored["words"],
            metric=stored["metric"],
            rows=Rows(**stored["rows"]),
            rungs=tuple(
                Rung(**{name: value for name, value in rung.items() if name != "gap"})
                for rung in stored["rungs"]
            ),
            recommended=None if recommended is None else _recommended(recommended),
            validation=None if validation is None else Interval(**validation),
            test={name: Interval(**value) for name, value in stored["test"].items()},
            remedies=tuple(
                Remedy(**{**one, "interval": tuple(one["interval"])}) for one in stored["remedies"]
            ),
            more_data=_more_data(stored["more_data"]),
            checks=tuple(Check.from_dict(check) for check in stored["checks"]),
            columns=tuple(Column(**column) for column in stored["columns"]),
            left_out=tuple(stored["left_out"]),
            looks=stored.get("looks", 1),
            sweep=None if stored.get("sweep") is None else Sweep.from_dict(stored["sweep"]),
        )


def _plain(value: Any) -> Any:
    """A part as JSON has it, without NaN."""
    return None if value is None else plain(asdict(value))


def _recommended(stored: Mapping[str, Any]) -> Recommended:
    beside = tuple(Part(**one) for one in stored.get("beside", ()))
    return Recommended(**{**stored, "beside": beside})


def _more_data(stored: Mapping[str, Any] | None) -> MoreData | None:
    if stored is None:
        return None
    gains = {
        name: None
        if stored[name] is None
        else Gain(**{**stored[name], "interval": tuple(stored[name]["interval"])})
        for name in ("doubling", "tenfold")
    }
    return MoreData(
        stored["model"],
        stored["predictable"],
        tuple(stored["sizes"]),
        tuple((mean, error) for mean, error in stored["losses"]),
        **gains,
        why=stored["why"],
    )
