"""Learners told apart by their knobs: which is plain, plainer, or the same but for a remedy."""

from __future__ import annotations

from typing import Any

from fitscope.learners.base import Knob, Learner


def is_plain(learner: Learner) -> bool:
    """Whether nothing but its size limits the learner.

    Example:
        >>> from fitscope.learners.mlp.network import MLP
        >>> is_plain(MLP(16)), is_plain(MLP(16, dropout=0.5))
        (True, False)
    """
    return not any(knob.remedy and knob.value != knob.off for knob in learner.knobs())


def same_shape(a: Learner, b: Learner) -> bool:
    """Whether two learners of one family differ at most in what is done against overfitting.

    Example:
        >>> from fitscope.learners.mlp.network import MLP
        >>> same_shape(MLP(16), MLP(16, l2=0.1)), same_shape(MLP(16), MLP(32))
        (True, False)
    """
    return a.family == b.family and _shape(a) == _shape(b)


def remedies_over(plain: Learner | None, other: Learner) -> list[str]:
    """In words, what `other` does against overfitting more than `plain`, or at all without one.

    Example:
        >>> from fitscope.learners.mlp.network import MLP
        >>> remedies_over(MLP(16, l2=0.1), MLP(16, l2=0.1, dropout=0.5))
        ['dropout']
    """
    before = {knob.name: knob.value for knob in plain.knobs()} if plain else {}
    return [
        knob.words
        for knob in other.knobs()
        if knob.remedy
        and knob.value != knob.off
        and _less(knob, knob.value, before.get(knob.name, knob.off))
    ]


def is_plainer(a: Learner, b: Learner) -> bool:
    """Whether `a` is a plainer or more regularized `b`: poorer on a knob, richer on none.

    Example:
        >>> from fitscope.learners.mlp.network import MLP
        >>> is_plainer(MLP(16), MLP(64)), is_plainer(MLP(64, l2=0.1), MLP(64))
        (True, True)
        >>> is_plainer(MLP(64), MLP(16)), is_plainer(MLP(16), MLP(64, dropout=0.5))
        (False, False)
    """
    if a.family != b.family:
        return False
    theirs = {knob.name: knob for knob in b.knobs()}
    poorer = False
    for knob in a.knobs():
        other = theirs[knob.name]
        if knob.value == other.value:
            continue
        if not _less(knob, knob.value, other.value):
            return False
        poorer = True
    return poorer


def _less(knob: Knob, value: Any, than: Any) -> bool:
    """Whether a knob at `value` means less capacity than at `than`; layers compare one by one."""
    if isinstance(value, tuple):
        return len(value) <= len(than) and all(
            mine <= theirs for mine, theirs in zip(value, than, strict=False)
        )
    return bool(value < than) == knob.richer and value != than


def _shape(learner: Learner) -> dict[str, Any]:
    return {knob.name: knob.value for knob in learner.knobs() if not knob.remedy}
