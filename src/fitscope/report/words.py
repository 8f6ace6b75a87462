"""Names, numbers and lengths of time as people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fitscope.names import joined, shown
from fitscope.numbers import number, signed
from fitscope.verdicts.words import sure

if TYPE_CHECKING:
    from fitscope.study.document import StudyDocument

__all__ = [
    "duration",
    "estimate",
    "first_sentence",
    "joined",
    "number",
    "planned_models",
    "shown",
    "signed",
    "span",
    "step_of",
    "sure",
]


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


def first_sentence(text: str) -> tuple[str, str]:
    """The first sentence of a text, and the others.

    Example:
        >>> first_sentence("L2 is 0.030 lower. It is 97 % sure. More runs would tell.")
        ('L2 is 0.030 lower.', 'It is 97 % sure. More runs would tell.')
    """
    first, stop, rest = text.strip().partition(". ")
    return f"{first}{stop.strip()}", rest.strip()


def planned_models(document: StudyDocument) -> set[str]:
    """Names of the models that train in the plan's epochs."""
    return {entry.name for entry in document.models if entry.learner.planned}


def step_of(document: StudyDocument) -> str:
    """What screens call a step of the study's histories: "epoch", "round", or "step" of both."""
    from fitscope.learners.base import has_steps  # a log has none

    words = {entry.learner.step for entry in document.models if has_steps(entry.learner)}
    return words.pop() if len(words) == 1 else "step"
