"""`Means`: what can be tried on a model, in sentences; those for a model that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fitscope.history import TIMES


@dataclass(frozen=True)
class Means:
    """What can be tried on a model.

    Attributes:
        against: sentences against overfitting, most promising first.
        weak: what to do where it is too weak.
        over: what to do where it is over-regularized; None where nothing holds it back.
        short: what to do where it was trained too short.
        regularized: it is known to be held back: `over` is then looked at first.
        gradients: it is trained by gradient steps on batches, after a schedule.
        tried: where one setting was tried at several values, each trained to its end: its name.

    Example:
        >>> GENERAL.causes[1]
        'Over-regularized: lower the weight decay (L1, L2) or the dropout rate.'
    """

    against: tuple[str, ...]
    weak: str
    over: str | None
    short: str
    regularized: bool = False
    gradients: bool = True
    tried: str = ""

    @property
    def causes(self) -> tuple[str, ...]:
        """Why it may underfit, the likeliest first."""
        return tuple(filter(None, (*self.capacity, self.short)))

    @property
    def capacity(self) -> tuple[str, ...]:
        """The same without the length of training."""
        if self.over is None:
            return (self.weak,)
        return (self.over, self.weak) if self.regularized else (self.weak, self.over)


TOGETHER = "both together often do best"
WEAK = "Too weak: use a larger model ({}) or better features."
OVER = "Over-regularized: {}."
SHORT = "Trained too short: try more {}s or a higher learning rate."
SMALLER = "Use a smaller model: {}."

GENERAL = Means(
    against=(
        f"Add dropout or weight decay (L2); {TOGETHER}.",
        SMALLER.format("fewer layers or units"),
    ),
    weak=WEAK.format("more units or layers"),
    over=OVER.format("lower the weight decay (L1, L2) or the dropout rate"),
    short=SHORT.format("epoch"),
)
"""Of a model that nobody knows, such as that of a log."""

BOOSTED = Means(
    against=(
        "Use smaller trees (less depth, fewer leaves, more rows a leaf), or sample rows and "
        "columns.",
        "Lower the learning rate, with more rounds.",
    ),
    weak=WEAK.format("deeper trees or more leaves"),
    over=OVER.format("lower the penalties (L1, L2) or the fewest rows a leaf"),
    short=SHORT.format("round"),
    gradients=False,
)
"""Of boosted trees that nobody knows more of."""


def means_of_step(step: str) -> Means:
    """What can be tried on a model of which nobody knows more than what its curve counts.

    Args:
        step: `fitscope.history.History.step`.

    Example:
        >>> means_of_step("round").against[1], means_of_step("max_depth").tried
        ('Lower the learning rate, with more rounds.', 'max_depth')
    """
    if step == "round":
        return BOOSTED
    return GENERAL if step in TIMES else replace(GENERAL, gradients=False, tried=step)
