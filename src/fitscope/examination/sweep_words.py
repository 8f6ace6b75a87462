"""Double descent in sentences: seen or not, where, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.examination.lines import metric_words
from fitscope.names import joined
from fitscope.verdicts.cost_words import with_error

if TYPE_CHECKING:
    from fitscope.study.sweep import Sweep, Turn
    from fitscope.task import Task


def sweep_words(sweep: Sweep, task: Task) -> str:
    """What a sweep shows.

    Args:
        sweep: without its words.
        task: what was learnt.

    Example:
        >>> from fitscope.study.sweep import Sweep, Turn, Width
        >>> from fitscope.task import REGRESSION
        >>> name = "mean_squared_error"
        >>> widths = [Width(f"mlp {units}", units, 12 * units + 1, 5, {name: 0.1}, {}, {})
        ...     for units in (8, 48, 64, 256)]
        >>> turn = Turn("width", name, None, 8, 64, 256, (0.322, 0.861, 0.639), (0.539, 0.04),
        ...     (0.222, 0.03), True)
        >>> sweep = Sweep("", (name,), tuple(widths), 400, "mlp 48", (turn,))
        >>> print(sweep_words(sweep, REGRESSION))
        Double descent is seen in width: without early stopping, validation squared error is 0.322
        at 8 units, 0.861 at 64 and 0.639 at 256; it rises by 0.539 ± 0.040 and falls again by 0.222
        ± 0.030. Training rows are fitted from 48 units on (577 parameters for 400 values). In
        epochs no second descent is seen.
    """
    parts = [_along(sweep, task, "width"), _fits(sweep), _along(sweep, task, "epochs")]
    return " ".join(part for part in parts if part)


def brief_sweep(sweep: Sweep, task: Task) -> tuple[str, str]:
    """Whether double descent is seen in a few words, and where in a sentence, if it is.

    Args:
        sweep: what was seen.
        task: what was learnt.
    """
    seen = list(dict.fromkeys(turn.along for turn in sweep.seen))
    if seen:
        where = _levels(sweep.seen[0], task)
        return f"Double descent is seen in {joined(seen)}", f"{where[:1].upper()}{where[1:]}."
    if sweep.fits is None:
        return "Double descent could not show", "No network fits its training rows."
    return "No double descent is seen", ""


def _along(sweep: Sweep, task: Task, along: str) -> str:
    """What is seen in one direction: each measure that shows it, or that none does."""
    turns = [turn for turn in sweep.turns if turn.along == along]
    seen = [turn for turn in turns if turn.seen]
    if seen:
        where = "width" if along == "width" else f"the epochs of {seen[0].model}"
        head = "Double descent is seen" if along == "width" else "A second descent is seen"
        said = "; ".join(_told(turn, task) for turn in seen)
        return f"{head} in {where}: without early stopping, {said}."
    if along == "epochs":
        return "In epochs no second descent is seen." if sweep.fits else ""
    if sweep.fits is None:
        widest = sweep.widths[-1].units
        return (
            f"Double descent could not show: not even the widest network trained, of {widest:,} "
            f"unit{'s' * (widest > 1)}, fits its training rows, and it is beyond that point that "
            "loss may fall again."
        )
    return f"In width no second descent is seen{_nearest(turns, task)}."


def _told(turn: Turn, task: Task) -> str:
    rise, fall = (with_error(*one) for one in (turn.rise, turn.fall))
    return f"{_levels(turn, task)}; it rises by {rise} and falls again by {fall}"


def _levels(turn: Turn, task: Task) -> str:
    """Where a measure stands at the three places, with the decimals of its rise."""
    error = turn.rise[1]
    low, high, again = (with_error(one, error).partition(" ± ")[0] for one in turn.levels)
    at, place = ("at", "unit") if turn.along == "width" else ("after", "epoch")
    return (
        f"validation {metric_words(task, turn.measure)} is {low} {at} {turn.first:,} "
        f"{place}{'s' * (turn.first > 1)}, {high} {at} {turn.peak:,} and {again} {at} "
        f"{turn.second:,}"
    )


def _nearest(turns: list[Turn], task: Task) -> str:
    """The clearest rise and fall that is none, in half a sentence."""
    if not turns:
        return ""
    turn = turns[0]
    rise, fall = (with_error(*one) for one in (turn.rise, turn.fall))
    return (
        f": the clearest rise of validation {metric_words(task, turn.measure)}, by {rise} from "
        f"{turn.first:,} to {turn.peak:,} units, is followed by a fall of {fall}; at least "
        "one of the two is not sure, or too small to matter"
    )


def _fits(sweep: Sweep) -> str:
    """From which width on the training rows are fitted."""
    one = next((width for width in sweep.widths if width.model == sweep.fits), None)
    if one is None:
        return ""
    return (
        f"Training rows are fitted from {one.units:,} unit{'s' * (one.units > 1)} on "
        f"({one.parameters:,} parameters for {sweep.threshold:,} values)."
    )
