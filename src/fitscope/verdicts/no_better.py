"""What is said of a model that is no better than a constant predictor."""

from __future__ import annotations

from fitscope.verdicts.figures import figure

FAR = 0.1
"""Share of all that can be gained over the constant predictor by which a loss has to exceed its:
a model that has learnt nothing is near the constant, one that is too sure of itself far beyond."""


def no_better(
    said: str, value: float, constant: float, possible: float, *, sign: int, classes: bool
) -> str:
    """The sentence.

    Args:
        said: what was reached, up to its figure: "Validation cross-entropy is 0.7".
        value: it, as a loss.
        constant: what a constant predictor loses.
        possible: the most that can be gained over it.
        sign: -1 where higher is better.
        classes: the loss is one of probabilities.

    Example:
        >>> no_better("It is 0.7", 0.7, 0.69, 0.69, sign=1, classes=True)[-27:]
        'next to nothing was learnt.'
        >>> no_better("It is 2", 2.0, 0.69, 0.69, sign=1, classes=True)[:40]
        'It is 2, worse than a constant predictor'
    """
    figures = figure(sign * constant)
    if classes and value > constant + FAR * possible:
        return (
            f"{said}, worse than a constant predictor ({figures}): its probabilities are far too "
            "sure. If it labels most rows right all the same, calibrate it; if not, next to "
            "nothing was learnt."
        )
    return (
        f"{said}, no better than a constant predictor ({figures}) by a share that matters: next "
        "to nothing was learnt."
    )
