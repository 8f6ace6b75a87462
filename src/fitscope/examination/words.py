"""The answer as a paragraph in plain words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor, log10
from typing import TYPE_CHECKING

from fitscope.examination.lines import gap_cost, lost_words, metric_words, take_names
from fitscope.names import listed, shown
from fitscope.verdicts.cost_words import with_error
from fitscope.verdicts.words import sure

if TYPE_CHECKING:
    from fitscope.study.answer import Gain, Interval, MoreData, Recommended, Remedy, Rung
    from fitscope.task import Task
    from fitscope.verdicts.check import Check

EARLY = "early stopping"
"""The remedy that takes away what training on costs, measured against the end of a run."""
NOTHING = "nothing"
HALF_OF_90 = 1.645
"""Standard errors from the middle of a 90 % interval to its ends."""


@dataclass(frozen=True)
class Findings:
    """What the paragraph is made of.

    Attributes:
        task: what was learnt.
        ladder: its rungs, plainest first.
        needed: rung to the smallest rise of its loss that matters.
        recommended: the model to take.
        test: metrics of the test part.
        metric: name of the one that decides; the task's loss if left out.
        remedies: what each change bought.
        more_data: the learning curve.
        checks: what was found in the table.
        looks: how often the test part has been looked at.
        stopped: models that are left at their best epoch, so that no cost of theirs is one of
            training on.
        own: the caller's model that is examined, if it is one of these and no usual ladder.
        stopping: where that one should have been stopped, a sentence.
        sweep: whether double descent is seen, in sentences, where that was asked.
    """

    task: Task
    ladder: Sequence[Rung]
    needed: Mapping[str, float | None] = field(default_factory=dict)
    recommended: Recommended | None = None
    test: Mapping[str, Interval] = field(default_factory=dict)
    metric: str | None = None
    remedies: Sequence[Remedy] = ()
    more_data: MoreData | None = None
    checks: Sequence[Check] = ()
    looks: int = 1
    stopped: Collection[str] = ()
    own: str | None = None
    stopping: str = ""
    sweep: str = ""


def paragraph(found: Findings) -> str:
    """What an examination says, in a few sentences: the answer first, then what it rests on.

    Example:
        >>> from fitscope.study.answer import Interval, Recommended, Remedy, Rung
        >>> from fitscope.task import BINARY
        >>> wide = Rung("256x2", 0.10, 0.45, 0.01, "overfit", 0.031, 0.006, 0.999)
        >>> linear = Rung("linear", 0.40, 0.42, 0.01, "good", None, None, None)
        >>> l2 = Remedy("256x2", "L2 0.001", "256x2 + L2 0.001", 0.024, (0.012, 0.036), 0.999)
        >>> print(paragraph(Findings(BINARY, [linear, wide],
        ...     recommended=Recommended("linear", "It is the plainest."),
        ...     test={"binary_crossentropy": Interval(0.41, 0.38, 0.44)}, remedies=[l2])))
        256x2 overfits, and that costs 0.0310 ± 0.0060 of cross-entropy; L2 0.001 gets 0.024 of it
        back. Take linear. It is the plainest. On the test part, looked at once: cross-entropy 0.410
        (95 % interval 0.380 to 0.440).
    """
    parts = [
        _warning(found),
        found.sweep,
        _fits(found),
        found.stopping,
        _take(found),
        _tested(found),
        _more(found),
    ]
    return " ".join(part for part in parts if part)


def _warning(found: Findings) -> str:
    problems = [one for one in found.checks if one.severity == "problem"]
    if not problems:
        return ""
    titles = "; ".join(f"{one.code}, {one.title}" for one in problems[:2])
    more = f", and {len(problems) - 2} more" if len(problems) > 2 else ""
    return f"What follows is worth little until this is mended: {titles}{more}."


def _fits(found: Findings) -> str:
    """Who over- or underfits, and what that costs."""
    over = [rung for rung in found.ladder if rung.decided == "overfit"]
    said = []
    if over:
        asked = [rung for rung in over if rung.model == found.own]
        worst = max(asked or over, key=lambda rung: rung.cost or 0.0)
        said.append(_overfits(found, over, worst))
    elif found.ladder:
        gaps = [rung for rung in found.ladder if rung.gap is not None and rung.gap > 0]
        said.append("No model is shown to overfit" + _free_gap(found, gaps) + ".")
    under = [rung.model for rung in found.ladder if rung.decided == "underfit"]
    if under:
        verb = "underfits" if len(under) == 1 else "underfit"
        said.append(f"{listed(under)} {verb}: this table allows more.")
    return " ".join(said)


def _overfits(found: Findings, over: Sequence[Rung], worst: Rung) -> str:
    verb = "overfits" if len(over) == 1 else "overfit"
    names = [rung.model for rung in over]
    who = f"{listed(names)} {verb}"
    cost = _cost(found, worst)
    if cost is None:
        return f"{who}."
    of = "that costs" if len(over) == 1 else f"of {shown(worst.model)} that costs"
    text = f"{who}, and {of} {_of_metric(found, cost)}"
    back = "" if cost.startswith(NOTHING) else _back(found, worst.model)
    return f"{text}; {back}." if back else f"{text}."


def _back(found: Findings, over: str) -> str:
    """The remedy that gets most of a cost back, if one surely does."""
    best = most_helpful(found.remedies, over, found.stopped)
    if best is None:
        return "no remedy that was tried surely gets any of it back" if found.remedies else ""
    if found.metric not in (None, found.task.loss.name):
        lost = lost_words(found.task, found.metric)
        return f"{best.remedy} takes {_few(best.difference)} of {lost} away"
    return f"{best.remedy} gets {_few(best.difference)} of it back"


def most_helpful(
    remedies: Sequence[Remedy], over: str, stopped: Collection[str] = ()
) -> Remedy | None:
    """The remedy that surely gets most of a model's cost back, if one surely does.

    Args:
        remedies: what each change bought.
        over: the model.
        stopped: models that are left at their best epoch: early stopping gets nothing back there.
    """
    helps = [
        one
        for one in remedies
        if one.over == over
        and one.interval[0] > 0
        and not (one.remedy == EARLY and over in stopped)
    ]
    return max(helps, key=lambda one: one.difference, default=None)


def _free_gap(found: Findings, gaps: Sequence[Rung]) -> str:
    """What the widest gap costs, in half a sentence."""
    known = [rung for rung in gaps if rung.cost is not None]
    if not known:
        return ""
    widest = max(known, key=lambda rung: rung.gap or 0.0)
    cost = _cost(found, widest)
    if cost is None:
        return ""
    return (
        f": the widest gap between training and validation, {_few(widest.gap or 0.0)} of "
        f"{shown(widest.model)}, costs {cost}"
    )


def _take(found: Findings) -> str:
    one = found.recommended
    if one is None:
        return "There is no model to take: none is surely better than a constant prediction."
    runs = sum(part.members for part in one.parts)
    joined_in = runs - sum(part.runs.get(part.model, 0) for part in one.parts)
    if any(part.validated for part in one.parts):
        anew, also = [], f", {joined_in} of them trained on all rows that do not test"
    else:
        anew, also = [part.model for part in one.parts if part.refit is not None], ""
    text = f"Take {take_names(one)}"
    if not one.beside:
        text += ", trained anew on all rows that do not test" if anew else ""
        text += f", {runs} runs of it averaged{also}" if runs > 1 else ""
    else:
        text += ", averaged with equal weights"
        text += f", {runs} runs in all{also}" if runs > len(one.parts) else ""
        whose = "" if len(anew) == len(one.parts) else f"{listed(anew, None)} "
        text += f", {whose}trained anew on all rows that do not test" if anew else ""
    if one.temperature != 1:
        text += f", {'the' if one.beside else 'its'} logits divided by {one.temperature:.2f}"
    return f"{text}. {one.why}"


def _tested(found: Findings) -> str:
    told = []
    for name, value in found.test.items():
        if value.value is None or value.low is None or value.high is None:
            continue
        # the decimals that the width of the interval allows
        middle, low, high = (
            _like(part, value.high - value.low) for part in (value.value, value.low, value.high)
        )
        words = metric_words(found.task, name)
        told.append(f"{words} {middle} (95 % interval {low} to {high})")
    return f"On the test part, looked at {times(found.looks)}: {', '.join(told)}." if told else ""


def times(count: int) -> str:
    """How often, as sentences say it.

    Example:
        >>> times(1), times(2), times(3)
        ('once', 'twice', '3 times')
    """
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _more(found: Findings) -> str:
    curve = found.more_data
    if curve is None:
        return ""
    if not curve.predictable or curve.doubling is None:
        return "What more rows would bring cannot be told from its learning curve."
    text = f"Twice the rows would {_gain(curve.doubling)}"
    if curve.tenfold is not None:
        text += f", ten times the rows {_gain(curve.tenfold)}"
    return f"{text}."


def _gain(gain: Gain) -> str:
    error = (gain.interval[1] - gain.interval[0]) / 2 / HALF_OF_90
    amount = with_error(gain.gain, error)
    if gain.sure >= 0.95:
        return f"get {amount}"
    if gain.gain > 0:
        return f"perhaps get {amount} ({sure(gain.sure)} sure that anything)"
    return f"get nothing that can be told ({amount})"


def _cost(found: Findings, rung: Rung) -> str | None:
    cost = gap_cost(rung, found.needed.get(rung.model))
    return None if cost is None else cost.full


def _of_metric(found: Findings, cost: str) -> str:
    return cost if cost.startswith(NOTHING) else f"{cost} of {found.task.loss.words}"


def _few(value: float) -> str:
    """A figure with two digits."""
    if value == 0:
        return "0"
    short = float(f"{value:.2g}")
    return f"{short:,.0f}" if abs(short) >= 10 else f"{short:g}"


def _like(value: float, width: float) -> str:
    """A figure with the decimals that an interval of that width allows."""
    if width <= 0:
        return _few(value)
    decimals = 1 - floor(log10(width))
    return f"{round(value, decimals):,.{max(decimals, 0)}f}"
