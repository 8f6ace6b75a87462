"""Names, numbers and lengths of time as people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fitscope.study.names import shown
from fitscope.verdicts.words import sure

if TYPE_CHECKING:
    from fitscope.learners.base import Learner
    from fitscope.study.document import StudyDocument

__all__ = [
    "duration",
    "estimate",
    "follows_plan",
    "listed",
    "number",
    "planned_models",
    "shown",
    "signed",
    "span",
    "step_of",
    "sure",
]


def number(value: float | None, like: float | None = None) -> str:
    """A score with as many digits as can mean something, whatever its size.

    Args:
        value: the score, None or not finite where there is none.
        like: a number whose decimals it shall have; its own if left out.

    Example:
        >>> number(0.58061234), number(12.3456), number(3057.25), number(1.5e-5), number(None)
        ('0.5806', '12.346', '3,057.2', '0.000015', 'none')
        >>> number(2436287211780067295232.0), number(float("nan"))
        ('2.436e21', 'none')
    """
    if value is None or not math.isfinite(value):
        return "none"
    size = abs(value if like is None or not math.isfinite(like) else like)
    if abs(value) >= 1e9 or 0 < size < 1e-6:
        digits, power = f"{value:.3e}".split("e")
        return f"{digits}e{int(power)}"
    if 0 < size < 1e-3:
        text = f"{value:.{2 - math.floor(math.log10(size))}f}"
        return text.rstrip("0") if float(text) else "0"
    decimals = 4 if size < 10 else max(4 - math.floor(math.log10(size)), 0)
    return f"{value:,.{decimals}f}"


def signed(value: float, like: float | None = None) -> str:
    """A difference with its sign.

    Args:
        value: the difference.
        like: a number whose decimals it shall have, such as the largest of a table.

    Example:
        >>> signed(0.0231), signed(-120.4), signed(0.0004, like=0.02)
        ('+0.0231', '-120.40', '+0.0004')
    """
    told = number(value, like)
    return told if told.startswith("-") or told == "none" else f"+{told}"


def estimate(mean: float | None, error: float | None = None) -> str:
    """A score with its standard error, both with the same decimals.

    Example:
        >>> estimate(0.58061, 0.00312), estimate(3057.2, 88.01), estimate(0.0, 47.8754)
        ('0.5806 ± 0.0031', '3,057.2 ± 88.0', '0.000 ± 47.875')
        >>> estimate(0.5), estimate(None)
        ('0.5000', 'none')
    """
    told = number(mean)
    if mean is None or told == "none" or error is None or not math.isfinite(error):
        return told
    larger = max(abs(mean), abs(error))
    return f"{number(mean, larger)} ± {number(error, larger)}"


def span(numbers: Sequence[int]) -> str:
    """The number, or the smallest and the largest of several.

    Example:
        >>> span([1338]), span([1204, 990, 1402])
        ('1,338', '990–1,402')
    """
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them.

    Example:
        >>> listed(["Tiny"]), listed(["Tiny", "Small", "L2"])
        ('Tiny', 'Tiny, Small and L2')
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def duration(seconds: float) -> str:
    """Seconds, or minutes and seconds, or hours and minutes.

    Example:
        >>> duration(5.21), duration(125), duration(7_320)
        ('5.2 s', '2:05 min', '2:02 h')
    """
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3_600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3_600}:{whole % 3_600 // 60:02d} h"


def follows_plan(learner: Learner) -> bool:
    """Whether a learner trains in the plan's epochs; a boosting round knows nothing of them."""
    return learner.step == "epoch"


def planned_models(document: StudyDocument) -> set[str]:
    """Names of the models that train in the plan's epochs."""
    return {entry.name for entry in document.models if follows_plan(entry.learner)}


def step_of(document: StudyDocument) -> str:
    """What screens call a step of the study's histories: "epoch", "round", or "step" of both."""
    words = {entry.learner.step for entry in document.models}
    return words.pop() if len(words) == 1 else "step"
