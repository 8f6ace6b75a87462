"""`Evidence`: the figures behind a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from fitscope.verdicts.plain import plain


@dataclass(frozen=True, eq=False)
class Evidence(Mapping[str, Any]):
    """The figures behind a verdict; what is not known is None.

    It is a mapping of its own fields, too, to read: `evidence["gap"]` is `evidence.gap`.

    `rise`, `needed` and `gap` are positive where validation is worse, whatever the metric; all
    other values are in the metric's own sense.

    Attributes:
        metric: name of the metric.
        words: what sentences call it; None where that is its name.
        higher_is_better: True for accuracies and the like.
        step: what one step of the history is: "epoch", "round" or "step".
        best: best validation value as it was logged.
        best_corrected: the trend at its best, without the optimism of having searched for it.
        best_corrected_error: its standard error, of the rows, too, where their losses are known.
        onset_interval: first and last epoch where overfitting may begin.
        rise: how much worse the trend ends than at its best.
        rise_error: its standard error.
        rise_relative: the rise as a share of the best value.
        rise_probability: 1 minus the chance that the noise of the epochs alone shows as much:
            what is to be seen on these validation rows.
        rise_probability_elsewhere: the same with the choice of the rows as well: whether other
            rows would show it. None where losses of single rows are not known.
        rise_test: "rows" where losses of single rows were known, otherwise "curve".
        needed: the smallest rise that matters.
        learnt: what there was to learn: from where the smallest rise that matters is measured.
        learnt_from: what that is measured from: "constant predictor" or "first epochs".
        last: the trend at the last epoch.
        gap: validation minus training at the end.
        gap_error: its standard error.
        train_slope: change of the training curve at the end, per epoch.
        train_slope_error: its standard error.
        validation_slope: change of the validation curve at the end, per epoch.
        validation_slope_error: its standard error.
        noise: standard deviation of the validation curve from epoch to epoch.
        wasted_epochs: epochs after the best one.
        as_good: epochs that noise cannot tell apart from the best one, as first and last of each
            stretch.
        reference: value that shows underfitting if it is not beaten.
        reference_kind: what that is: "constant predictor", "first epoch", or a model's name.
        train_key: name of the training curve in a log.
        validation_key: name of the validation curve in a log.
        notes: what was mended or assumed, a plain sentence each.

    Example:
        >>> found = Evidence(metric="loss", gap=0.3)
        >>> found["gap"], found.gap, found.get("rise")
        (0.3, 0.3, None)
    """

    metric: str = ""
    words: str | None = None
    higher_is_better: bool = False
    step: str = "epoch"
    best: float | None = None
    best_corrected: float | None = None
    best_corrected_error: float | None = None
    onset_interval: tuple[int, int] | None = None
    rise: float | None = None
    rise_error: float | None = None
    rise_relative: float | None = None
    rise_probability: float | None = None
    rise_probability_elsewhere: float | None = None
    rise_test: Literal["rows", "curve"] | None = None
    needed: float | None = None
    learnt: float | None = None
    learnt_from: str | None = None
    last: float | None = None
    gap: float | None = None
    gap_error: float | None = None
    train_slope: float | None = None
    train_slope_error: float | None = None
    validation_slope: float | None = None
    validation_slope_error: float | None = None
    noise: float | None = None
    wasted_epochs: int | None = None
    as_good: tuple[tuple[int, int], ...] = ()
    reference: float | None = None
    reference_kind: str | None = None
    train_key: str | None = None
    validation_key: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """What sentences call the metric."""
        return self.words or self.metric

    def __getitem__(self, name: str) -> Any:
        if name not in NAMES:
            raise KeyError(name)
        return getattr(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)

    def as_dict(self) -> dict[str, Any]:
        """Every field as a plain value; JSON has no NaN and no infinity: they become None."""
        return {name: plain(getattr(self, name)) for name in NAMES}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Evidence:
        """The evidence that `as_dict` was called on; what an older version did not know is None."""
        told = {name: stored[name] for name in NAMES if name in stored}
        interval = told.get("onset_interval")
        if interval is not None:
            told["onset_interval"] = (int(interval[0]), int(interval[1]))
        told["as_good"] = tuple((int(a), int(b)) for a, b in told.get("as_good") or ())
        told["notes"] = tuple(told.get("notes") or ())
        return cls(**told)


NAMES = tuple(field.name for field in fields(Evidence))
