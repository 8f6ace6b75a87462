"""What can be tried on a learner: its own knobs, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fitscope.history import SINGLE
from fitscope.learners.base import Knob, Learner
from fitscope.names import joined
from fitscope.verdicts.means import GENERAL, OVER, SHORT, SMALLER, TOGETHER, WEAK, Means

NETWORK = {"l2", "dropout"}
"""Remedies that mend more together than each alone; a learner that has both is a network."""


UNKNOWN = (
    "Which of its settings move its capacity is not known here; name them, as in "
    'knobs={"alpha": "less"}.'
)


def means_of(learner: Learner) -> Means:
    """What can be tried on a learner.

    Args:
        learner: whose knobs are turned.

    Example:
        >>> from fitscope.learners.hgb import HGB
        >>> found = means_of(HGB(l2_regularization=0.1))
        >>> for text in (*found.against, *found.causes):
        ...     print(text)
        Raise L2 regularization, or add random features.
        Use a smaller model: fewer leaves a tree or more rows a leaf.
        Over-regularized: lower L2 regularization.
        Too weak: use a larger model (more leaves a tree, fewer rows a leaf or more rounds) or
        better features.
        Trained too short: try more rounds or a higher learning rate.
    """
    knobs, step = learner.knobs(), learner.step
    if learner.kind == "estimator":
        return _of_estimator(knobs, step)
    gradients = step == "epoch"
    # without a hidden layer there is nothing to hold back
    remedies = [k for k in knobs if k.remedy and not any(other.value == () for other in knobs)]
    held = [knob for knob in remedies if knob.value != knob.off]
    sizes = [knob for knob in knobs if not knob.remedy and knob.value != math.inf]
    larger = [turned for knob in sizes for turned in _size(knob, richer=True)]
    smaller = [turned for knob in sizes for turned in _size(knob, richer=False)]
    if not gradients:
        larger.append(f"more {step}s")  # each adds to the model
    lowered = [_turned(knob, richer=True) for knob in held]
    against = [_added(remedies), SMALLER.format(joined(smaller, "or")) if smaller else ""]
    return Means(
        against=tuple(filter(None, against)),
        weak=WEAK.format(joined(larger, "or")) if larger else GENERAL.weak,
        over=OVER.format(joined(lowered, "or")) if lowered else None,
        short=SHORT.format(step),
        regularized=bool(held),
        gradients=gradients,
    )


def _of_estimator(knobs: Sequence[Knob], step: str) -> Means:
    """Of an estimator by its settings: what each turns to is said with its name."""

    def turned(richer: bool) -> str:
        said = [(knob.more if richer else knob.less, knob.words) for knob in knobs]
        told = [words if name in words else f"{words} ({name})" for words, name in said if words]
        return joined(told, "or")

    return Means(
        against=(SMALLER.format(turned(richer=False)) if knobs else UNKNOWN,),
        weak=WEAK.format(turned(richer=True)) if knobs else f"Too weak. {UNKNOWN}",
        over=None,
        short=SHORT.format(step) if step != SINGLE else "",
        gradients=step == "epoch",
    )


def _added(remedies: Sequence[Knob]) -> str:
    """What else can be done against overfitting: more of what is done, then what is not."""
    off = {knob.name for knob in remedies if knob.value == knob.off}
    held = [knob for knob in remedies if knob.name not in off]
    network = {knob.name for knob in remedies} >= NETWORK
    if network and not held:
        return GENERAL.against[0]
    more = [_turned(knob, richer=False) for knob in held if not isinstance(knob.value, bool)]
    first = [knob for knob in remedies if not network or knob.name in NETWORK]
    add = [knob.words for knob in first if knob.name in off]
    said = [joined(more, "or")] if more else []
    if add:
        said.append(f"add {joined(add, 'or')}")
    text = ", or ".join(said)
    if network and len(NETWORK & off) == 1:
        text += f"; {TOGETHER}"
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _size(knob: Knob, richer: bool) -> list[str]:
    """A knob of size turned one way, in words; layers are there to be counted, too."""
    more = "more" if richer == knob.richer else "fewer"
    if isinstance(knob.value, tuple):
        if richer:
            return [f"{more} {knob.words} or layers"]
        return [f"{more} layers or {knob.words}"] if knob.value else []
    return [f"{more} {knob.words}"]


def _turned(knob: Knob, richer: bool) -> str:
    """A remedy that is in use turned one way, in words."""
    if isinstance(knob.value, bool):
        return f"leave out {knob.words}"
    if knob.richer:
        return f"use {'more' if richer else 'fewer'} {knob.words}"
    return f"{'lower' if richer else 'raise'} {knob.words}"
